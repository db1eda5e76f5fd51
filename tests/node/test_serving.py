"""Ports are taken before anything else; one that is in use is one line."""

import socket

import pytest

from skyaccord.base.errors import InputError, PortTakenError
from skyaccord.node.runtime import take_ports
from skyaccord.node.serving import listen
from skyaccord.node.settings import Settings
from tests.node.scene import free_port


def test_a_port_in_use_is_named_with_the_setting_to_change() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} .* console_port in node.toml") as caught:
            listen("127.0.0.1", port, what="console", setting="console_port")
        assert caught.value.exit_code == 2


def test_both_ports_or_none() -> None:
    console = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        settings = Settings(party="A", name="A", console_port=console, link_port=taken)
        with pytest.raises(PortTakenError, match="link_port"):
            take_ports(settings)
    listeners = take_ports(settings)
    assert listeners.console.getsockname()[1] == console
    listeners.close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(InputError, match=host):
        listen(host, free_port(), what="link", setting="link_port")

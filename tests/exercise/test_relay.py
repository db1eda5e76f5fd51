"""The line that can be cut: bytes go through both ways, nothing while it is cut, everything again after."""

import socket
import threading
from collections.abc import Iterator

import pytest

from skyaccord.exercise.relay import Relay

WAIT_S = 20.0


@pytest.fixture
def relay() -> Iterator[Relay]:
    """In front of a listener that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                end, _ = listener.accept()
            except OSError:
                return
            with end:
                while data := end.recv(100):
                    end.sendall(data)

    threading.Thread(target=answer, daemon=True).start()
    made = Relay(listener.getsockname()[1])
    yield made
    made.close()
    listener.close()


def connected(relay: Relay) -> socket.socket:
    return socket.create_connection(("127.0.0.1", relay.port), timeout=WAIT_S)


def test_cut_and_back(relay: Relay) -> None:
    with connected(relay) as end:
        end.sendall(b"before")
        assert end.recv(100) == b"before"
        relay.cut()
        assert end.recv(100) == b"", "the connection that stood is broken"
    with connected(relay) as end:
        assert end.recv(100) == b"", "and nobody comes through"
    relay.restore()
    with connected(relay) as end:
        end.sendall(b"after")
        assert end.recv(100) == b"after"

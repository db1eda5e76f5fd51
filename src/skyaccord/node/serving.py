"""Listeners: ports are taken before anything else is started, and given back at the end."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import uvicorn

from skyaccord.base.errors import InputError, PortTakenError
from skyaccord.node.settings import bracketed

GRACE_S: Final = 2  # for requests under way when the node stops
BACKLOG: Final = 128


def listen(host: str, port: int, *, what: str, setting: str) -> socket.socket:
    """A listening socket. PortTakenError names port, listener and setting; InputError for no such address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise InputError(
            f"{host!r} is no address of this machine ({error.strerror})", where="node.toml"
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"port {port} on {host} is in use, so the {what} cannot listen there",
                do=f"stop the other program, or set another {setting} in node.toml",
            ) from None
        raise InputError(
            f"the {what} cannot listen on {bracketed(host)}:{port} ({error.strerror})", where="node.toml"
        ) from None
    listener.setblocking(False)
    return listener


class Server(uvicorn.Server):
    """A server whose process belongs to somebody else: signals are the node's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def server(app: Any, *, certificate: Path | None = None, key: Path | None = None) -> Server:
    """A quiet server of this application, without access log and without WebSocket compression.

    certificate, key: PEM files; with both it speaks HTTPS. InputError if they cannot be used.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ws_per_message_deflate=False,  # compressing each frame for each console costs more
        ws_max_size=64 * 1024,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    try:
        config.load()  # reads certificate and key: a wrong one is said before anything runs
    except OSError as error:
        raise InputError(
            f"certificate and key of the console cannot be used ({error.strerror or error})",
            where=str(certificate),
            do="see console_certificate and console_key in docs/node.md",
        ) from None
    return Server(config)

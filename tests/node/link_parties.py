"""Nodes' links with real sockets and real certificates, and strangers who try to come in."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_listener import LinkListener
from skyaccord.node.link_tls import LinkTls
from skyaccord.record.tls_identity import LinkKey


def tls_of(name: str, seed: int) -> LinkTls:
    key = LinkKey.generate(SeededRandomness(seed))
    return LinkTls(key, key.certificate(name))


A, B, C, STRANGER = (tls_of(name, number) for number, name in enumerate("ABCX"))


@dataclass
class Door:
    """A's listener, which knows B and C."""

    port: int
    listener: LinkListener
    context: ssl.SSLContext
    refused: list[str] = field(default_factory=list)

    def client(self, shown: LinkTls, pinned: LinkTls = A) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=shown.client_context(pinned.certificate),
            base_url=f"https://127.0.0.1:{self.port}",
            trust_env=False,
        )

    async def refusal(self) -> str:
        """The next line of who did not get through."""
        with anyio.fail_after(5):
            while not self.refused:
                await anyio.sleep(0.01)
        return self.refused.pop(0)


@contextlib.asynccontextmanager
async def open_door(app: Any) -> AsyncIterator[Door]:
    known = {B.certificate: "B", C.certificate: "C"}
    context = A.server_context(known)
    refused: list[str] = []
    listener = LinkListener(app, context, known.get, refused.append)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.setblocking(False)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, taken)
            yield Door(taken.getsockname()[1], listener, context, refused)
            listener.stop()

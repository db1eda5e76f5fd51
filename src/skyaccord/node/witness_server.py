"""A neutral witness's listener: cosigns what continues, refuses what forks, shows what it has cosigned.

    POST /add-checkpoint     C2SP tlog-witness
    GET  /witnessed          newest cosigned checkpoint of each journal it follows, JSON

Only holders of the cards it follows may connect; any of them may bring a checkpoint of any of the others, so
that a fork comes to light whoever was shown the other half. It has no feed, no console, and reads no entry.
"""

from __future__ import annotations

import signal
import socket
import ssl
from typing import Final

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from skyaccord.base.errors import LimitError
from skyaccord.node.link_listener import LinkListener
from skyaccord.node.link_server import BAD_REQUEST, TOO_LARGE, TOO_SLOW, one_line, read_body
from skyaccord.node.link_tls import trust
from skyaccord.record.witness import (
    ADD_CHECKPOINT_PATH,
    REQUEST_BYTES_MAX,
    Witness,
    WitnessError,
    read_request,
)
from skyaccord.record.witness_folder import followed_cards

WITNESSED_PATH: Final = "/witnessed"
CARDS_POLL_S: Final = 1.0  # how soon a party that `witness follow` has added may connect


def witness_app(witness: Witness) -> Starlette:
    """The ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            asked = read_request(await read_body(request, REQUEST_BYTES_MAX, "checkpoint"))
            line = await anyio.to_thread.run_sync(witness.add_checkpoint, asked.old, asked.proof, asked.note)
        except WitnessError as error:
            return Response(error.body, status_code=error.status, media_type=error.content_type)
        except LimitError as error:
            return one_line(TOO_LARGE, str(error))
        except TimeoutError:
            return one_line(TOO_SLOW, "too slow")
        except ClientDisconnect:
            return one_line(BAD_REQUEST, "cut off")
        return Response(line, media_type="text/plain; charset=utf-8")

    async def witnessed(_request: Request) -> Response:
        logs = await anyio.to_thread.run_sync(witness.logs)
        return JSONResponse([{"origin": log.origin, "size": log.size, "note": log.note} for log in logs])

    return Starlette(
        routes=[
            Route(ADD_CHECKPOINT_PATH, add_checkpoint, methods=["POST"]),
            Route(WITNESSED_PATH, witnessed, methods=["GET"]),
        ]
    )


class WitnessServer:
    """One witness on one socket, until `stop`. New cards are noticed while it runs."""

    def __init__(self, witness: Witness, context: ssl.SSLContext) -> None:
        self._witness = witness
        self._context = context
        self._origins: dict[bytes, str] = {}
        self.refused: str | None = None
        self._listener = LinkListener(witness_app(witness), context, self._origins.get, self._note)

    def stop(self) -> None:
        """End `serve`."""
        self._listener.stop()

    async def serve(self, listener: socket.socket, *, heed_signals: bool = True) -> None:
        """Run until `stop`, or a signal where asked to heed them."""
        await self.look()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._look_for_ever)
            if heed_signals:
                tasks.start_soon(self._heed_signals)
            await self._listener.serve(listener)
            tasks.cancel_scope.cancel()

    async def look(self) -> None:
        """Take note of the cards that may connect now."""
        cards = await anyio.to_thread.run_sync(followed_cards, self._witness.store)
        known = {card.certificate: origin for origin, card in cards.items() if card.certificate is not None}
        for certificate in known.keys() - self._origins.keys():
            trust(self._context, certificate)
        if known != self._origins:
            self._origins.clear()
            self._origins.update(known)

    def _note(self, why: str) -> None:
        self.refused = why

    async def _look_for_ever(self) -> None:
        while True:
            await anyio.sleep(CARDS_POLL_S)
            await self.look()

    async def _heed_signals(self) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                self.stop()

"""What peers can ask of this node on the link. Nothing else, and only what belongs to the asker.

    POST /link/v1/entries    here is a batch of mine                 → Answer
    GET  /link/v1/entries    what is next for me? (a long poll)      → Batch
    POST /link/v1/answers    I hold this of yours                    → nothing
    GET  …                   proofs and copies: `link_proofs.py`

Who asks is who showed the certificate: nothing in a request can say otherwise. Apart from the console's
listener, so that neither can be reached through the other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from skyaccord.base.errors import JournalError, LimitError, LinkError, RefusedError
from skyaccord.node.clock_skew import clock_of
from skyaccord.node.link_listener import CERTIFICATE
from skyaccord.node.link_proofs import CHECKPOINT_PATH, COPY_PATH, ROTATIONS_PATH, TILE_PATH, Proofs
from skyaccord.node.link_times import Asked, PeerTimes
from skyaccord.record.link import Incoming
from skyaccord.record.wire import (
    ANSWER_WIRE_BYTES_MAX,
    BATCH_WIRE_BYTES_MAX,
    Answer,
    Batch,
    read_answer,
    read_batch,
)

ENTRIES_PATH: Final = "/link/v1/entries"
ANSWERS_PATH: Final = "/link/v1/answers"
BODY_S: Final = 10.0  # a batch of a megabyte over a slow line
LONG_POLL_S: Final = 2.0  # an empty batch then; the link's silence limit is more than twice that
THREADS_MAX: Final = 4
"""Peers' batches being checked at once: the rest of the node's threads stay the node's."""
TOO_LARGE: Final = 413
TOO_SLOW: Final = 408
BAD_REQUEST: Final = 400
FORBIDDEN: Final = 403
CONFLICT: Final = 409
NO_CONTENT: Final = 204
STARTING: Final = 503


class Peers(Protocol):
    """What the application needs to know of the peers. ready: entries are taken."""

    ready: bool

    def party_of(self, certificate: bytes) -> str | None:
        """Whose certificate this is, among those in force now."""

    def times(self, party: str) -> PeerTimes:
        """Clocks and ticks towards this peer."""

    def heard(self, party: str, entries: int, refused: str | None, *, fresh: bool) -> None:
        """This peer sent a batch of so many entries; why it was refused, if it was."""

    async def next_batch(self, party: str, wait_s: float) -> Batch:
        """What is next for this peer, as soon as there is something, or after `wait_s`."""

    async def answered(self, party: str, answer: Answer, *, fresh: bool) -> None:
        """This peer says what it holds. JournalError: it cannot be; LinkError: it refuses our journal."""


Handler = Callable[[Request, str, Asked], Awaitable[Response]]


def link_app(incoming: Incoming, peers: Peers) -> Starlette:
    """The ASGI application."""
    threads = anyio.CapacityLimiter(THREADS_MAX)
    proofs = Proofs(incoming.journal)

    async def take(request: Request, party: str, asked: Asked) -> Response:
        batch = read_batch(await read_body(request, BATCH_WIRE_BYTES_MAX, "batch"))
        if batch.entries and not peers.ready:
            return one_line(STARTING, "starting: our own journal is compared with our peers' copies first")
        # One that was held up on its way, or while this machine slept, says nothing about now.
        accept = partial(
            incoming.accept, batch, party=party, live=asked.fresh, sent_at=clock_of(asked.at, asked.skew)
        )
        try:
            answer = await anyio.to_thread.run_sync(accept, limiter=threads)
        except JournalError as error:  # our own; people here must see it, not only the peer
            peers.heard(party, len(batch.entries), str(error), fresh=asked.fresh)
            raise
        peers.heard(party, len(batch.entries), answer.reason, fresh=asked.fresh)
        return Response(answer.dumps(), media_type="application/json")

    async def give(_request: Request, party: str, _asked: Asked) -> Response:
        batch = await peers.next_batch(party, LONG_POLL_S)
        return Response(batch.dumps(), media_type="application/json")

    async def note(request: Request, party: str, asked: Asked) -> Response:
        answer = read_answer(await read_body(request, ANSWER_WIRE_BYTES_MAX, "answer"))
        await peers.answered(party, answer, fresh=asked.fresh)
        return Response(status_code=NO_CONTENT)

    def of_a_peer(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            party = peers.party_of(request.scope.get(CERTIFICATE, b""))
            if party is None:
                return one_line(FORBIDDEN, "this certificate is of no party pinned here")
            times = peers.times(party)
            asked = times.asked(request.headers)
            response = await _refusals(handler, request, party, asked)
            response.headers.update(times.answering(asked.at))
            return response

        return endpoint

    return Starlette(
        routes=[
            Route(ENTRIES_PATH, of_a_peer(take), methods=["POST"]),
            Route(ENTRIES_PATH, of_a_peer(give), methods=["GET"]),
            Route(ANSWERS_PATH, of_a_peer(note), methods=["POST"]),
            Route(CHECKPOINT_PATH, of_a_peer(proofs.checkpoint), methods=["GET"]),
            Route(TILE_PATH, of_a_peer(proofs.tile), methods=["GET"]),
            Route(COPY_PATH, of_a_peer(proofs.copy), methods=["GET"]),
            Route(ROTATIONS_PATH, of_a_peer(proofs.rotations), methods=["GET"]),
        ]
    )


async def _refusals(handler: Handler, request: Request, party: str, asked: Asked) -> Response:
    """The handler's answer, or its refusal as one line."""
    try:
        return await handler(request, party, asked)
    except LimitError as error:
        return one_line(TOO_LARGE, str(error))
    except (JournalError, LinkError) as error:
        return one_line(CONFLICT, error.what)  # without where: our folders are nobody else's business
    except RefusedError as error:
        return one_line(BAD_REQUEST, str(error))
    except TimeoutError:
        return one_line(TOO_SLOW, f"the request did not come within {BODY_S:.0f} s")
    except ClientDisconnect:
        return one_line(BAD_REQUEST, "cut off")


async def read_body(request: Request, bytes_max: int, what: str) -> bytes:
    """A request's body. LimitError: too long; TimeoutError: too slow."""
    body = bytearray()
    with anyio.fail_after(BODY_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > bytes_max:
                raise LimitError(f"a {what} may have at most {bytes_max} bytes")
    return bytes(body)


def one_line(status: int, text: str) -> Response:
    """One line; the connection ends, because what is left of the request will not be read."""
    return Response(text, status_code=status, media_type="text/plain", headers={"connection": "close"})

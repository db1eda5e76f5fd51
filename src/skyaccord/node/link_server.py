"""The link's own listener: takes peers' batches, answers what is held. Nothing else can be asked of it.

Apart from the console's listener, so that neither can be reached through the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from skyaccord.base.errors import LimitError, RefusedError
from skyaccord.node.link_client import ENTRIES_PATH
from skyaccord.record.link import Incoming
from skyaccord.record.wire import BATCH_WIRE_BYTES_MAX, Answer, read_batch

TOO_LARGE: Final = 413
BAD_REQUEST: Final = 400


def link_app(incoming: Incoming, heard: Callable[[str, int, str | None], None]) -> Starlette:
    """The ASGI application.

    heard: called for every batch with the party it says it is of, its number of entries, and why it was
    refused (None: it was taken).
    """

    async def entries(request: Request) -> Response:
        try:
            body = await _bounded_body(request)
            batch = read_batch(body)
        except LimitError as error:
            return _line(TOO_LARGE, str(error))
        except RefusedError as error:
            return _line(BAD_REQUEST, str(error))
        except ClientDisconnect:
            return _line(BAD_REQUEST, "cut off")
        answer: Answer = await anyio.to_thread.run_sync(incoming.accept, batch)
        heard(batch.origin.split("/")[1], len(batch.entries), answer.reason)
        return Response(answer.dumps(), media_type="application/json")

    return Starlette(routes=[Route(ENTRIES_PATH, entries, methods=["POST"])])


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BATCH_WIRE_BYTES_MAX:
            raise LimitError(f"a batch may have at most {BATCH_WIRE_BYTES_MAX} bytes")
    return bytes(body)


def _line(status: int, text: str) -> Response:
    return Response(text, status_code=status, media_type="text/plain")

"""Proofs that a pinned peer may read: for tools that read transparency logs, and for a peer that has lost
entries of its own.

    GET /link/v1/checkpoint        our newest checkpoint, a C2SP signed note
    GET /link/v1/tile/…            our tree's hashes, C2SP tlog-tiles; every peer holds the leaves anyway
    GET /link/v1/copy?first=N      the asker's own journal, as we hold it from entry N on, under a checkpoint
    GET /link/v1/rotations         every change of our key, signed by our root key (`link_renewal.py`)

Entries are not served this way: who may read one is decided entry by entry, in batches.
"""

from __future__ import annotations

from typing import Final

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.node.link_times import Asked
from skyaccord.record.canonical import canonical_json
from skyaccord.record.copies import copy_of
from skyaccord.record.envelope import ROOT_KINDS
from skyaccord.record.fields import SEQUENCE_MAX
from skyaccord.record.journal import Journal
from skyaccord.record.tiles import TILE_TYPE, read_tile, read_tile_path

CHECKPOINT_PATH: Final = "/link/v1/checkpoint"
TILE_PATH: Final = "/link/v1/tile/{rest:path}"
COPY_PATH: Final = "/link/v1/copy"
ROTATIONS_PATH: Final = "/link/v1/rotations"
NOTE_TYPE: Final = "text/plain; charset=utf-8"
NOT_FOUND: Final = 404


class Proofs:
    """Handlers over one journal. Each is given the party that asks."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def checkpoint(self, _request: Request, _party: str, _asked: Asked) -> Response:
        """Our newest checkpoint."""
        note = await anyio.to_thread.run_sync(self._journal.checkpoint)
        return Response(note, media_type=NOTE_TYPE)

    async def tile(self, request: Request, _party: str, _asked: Asked) -> Response:
        """A tile of our tree."""
        try:
            tile = read_tile_path(f"tile/{request.path_params['rest']}")
        except InputError as error:
            raise RefusedError(error.what) from None
        data = await anyio.to_thread.run_sync(read_tile, self._journal, tile)
        if data is None:
            return _missing("the journal has not grown so far")
        return Response(data, media_type=TILE_TYPE)

    async def copy(self, request: Request, party: str, _asked: Asked) -> Response:
        """What we hold of the asker's own journal."""
        first = request.query_params.get("first", "")
        if not (first.isascii() and first.isdigit()) or len(first) > len(str(SEQUENCE_MAX)):
            raise RefusedError("`first` is the sequence from which a copy is wanted")
        batch = await anyio.to_thread.run_sync(copy_of, self._journal, party, int(first))
        if batch is None:
            return _missing(f"nothing of party {party}'s journal is held from entry {first} on")
        return Response(batch.dumps(), media_type="application/json")

    async def rotations(self, _request: Request, _party: str, _asked: Asked) -> Response:
        """Every change of our key: what a peer that pinned an older certificate of ours needs."""
        changes = await anyio.to_thread.run_sync(self._changes)
        return Response(canonical_json({"rotations": changes}), media_type="application/json")

    def _changes(self) -> list[str]:
        entries = self._journal.entries(kinds=tuple(sorted(ROOT_KINDS)))
        return [entry.data.decode() for entry in entries if entry.data is not None]


def _missing(text: str) -> Response:
    return Response(text, status_code=NOT_FOUND, media_type=NOTE_TYPE)

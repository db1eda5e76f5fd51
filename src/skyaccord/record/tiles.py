"""A journal's Merkle tree as tiles, which transparency-log tools read (https://c2sp.org/tlog-tiles).

A tile is 256 consecutive hashes of one level, 32 bytes each; level L of tiles is level 8·L of the tree. Tiles
never change; a partial one (`.p/<width>`) is the beginning of one that is still growing.

    tile/0/000            the first 256 leaves
    tile/0/x001/x234/067  the leaves 1234067·256 … + 255
    tile/1/000.p/17       the first 17 roots of 256 leaves each

Bundles of entries are not served: an entry is a salted envelope for its recipients' eyes, and often larger
than a bundle's 65,535 bytes. The tiles of level 0 are the leaves, which every peer holds anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from skyaccord.base.errors import InputError, JournalError
from skyaccord.record import schema
from skyaccord.record.hot import node_number
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
TILE_LEVEL_MAX: Final = 6  # a journal has at most 2^53 entries
TILE_TYPE: Final = "application/octet-stream"
_PATH = re.compile(r"tile/(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True)
class Tile:
    """Which tile: level, index within the level, how many hashes (256: a full one)."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its path under the log's prefix."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return f"tile/{self.level}/{name}{'' if self.width == TILE_WIDTH else f'.p/{self.width}'}"


def read_tile_path(path: str) -> Tile:
    """A path as a tile. InputError if it is none, or not written as it must be."""
    found = _PATH.fullmatch(path)
    if found is None or int(found[1]) > TILE_LEVEL_MAX:
        raise InputError(f"no path of a tile: {path[:80]!r}")
    index = int(found[2].replace("/", "").replace("x", ""))
    tile = Tile(int(found[1]), index, TILE_WIDTH if found[3] is None else int(found[3]))
    if tile.path != path or tile.width > TILE_WIDTH or (found[3] and tile.width == TILE_WIDTH):
        raise InputError(f"no path of a tile: {path[:80]!r}")
    return tile


def tiles_of(size: int) -> list[Tile]:
    """Every tile that a log of this many entries has: full ones, and the partial one of each level."""
    found = []
    level, count = 0, size
    while count:
        found += [Tile(level, index) for index in range(count // TILE_WIDTH)]
        if count % TILE_WIDTH:
            found.append(Tile(level, count // TILE_WIDTH, count % TILE_WIDTH))
        level, count = level + 1, count >> TILE_HEIGHT
    return found


_LEAVES = (
    select(schema.entries.c.leaf)
    .where(
        schema.entries.c.origin == bindparam("of"),
        schema.entries.c.sequence.between(bindparam("first"), bindparam("last")),
    )
    .order_by(schema.entries.c.sequence)
)
_NODES = (
    select(schema.nodes.c.hash)
    .where(
        schema.nodes.c.origin == bindparam("of"),
        schema.nodes.c.node.between(bindparam("first"), bindparam("last")),
    )
    .order_by(schema.nodes.c.node)
)


def read_tile(journal: Journal, tile: Tile, *, origin: str | None = None) -> bytes | None:
    """A tile's bytes, 32 for each hash; None if the journal has not grown so far. One query."""
    with journal.store.reading() as connection:
        info = journal_info(connection, origin or journal.origin)
        first, level = tile.index * TILE_WIDTH, tile.level * TILE_HEIGHT
        if not 0 < tile.width <= TILE_WIDTH or first + tile.width > info.size >> level:
            return None
        query, start = (_LEAVES, first) if level == 0 else (_NODES, node_number(level, first))
        values = {"of": info.origin, "first": start, "last": start + tile.width - 1}
        hashes = connection.execute(query, values).scalars().all()
    if len(hashes) != tile.width:
        raise JournalError(f"a node of {tile.path} is missing", where=info.origin)
    return b"".join(hashes)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import InputError, JournalError
from skyaccord.record.hot import Row, read_end, write_rows
from skyaccord.record.merkle import inner_hash, root
from skyaccord.record.tiles import TILE_WIDTH, Tile, read_tile, read_tile_path, tiles_of
from tests.record.worlds import Party, make_party

SIZE = 70_000  # the specification's example


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Party:
    found = make_party(tmp_path_factory.mktemp("tiles"), "A")
    with found.store.writing() as connection:
        end = read_end(connection, found.card.origin)
        rows = [Row(n.to_bytes(32, "big"), None, None, None, None) for n in range(end.size, SIZE)]
        write_rows(connection, found.card.origin, end.size, end.head, rows)
    return found


def test_a_log_of_70000_entries_has_the_tiles_of_the_specifications_example() -> None:
    found = tiles_of(SIZE)
    full = [tile for tile in found if tile.width == TILE_WIDTH]
    partial = {tile.path for tile in found if tile.width < TILE_WIDTH}
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    assert partial == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert [tile.path for tile in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert tiles_of(0) == []


def test_paths_are_those_of_the_specification() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert read_tile_path("tile/0/x001/x234/067") == Tile(0, 1234067)


@given(st.integers(0, 6), st.integers(0, 2**45), st.integers(1, 256))
def test_a_path_comes_back(level: int, index: int, width: int) -> None:
    assert read_tile_path(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    ["", "tile/0/0", "tile/00/000", "tile/7/000", "tile/0/x000/001", "tile/0/1000", "tile/0/000.p/0",
     "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/999", "tile/entries/000",
     "tile/0/000/", "tile/0/x00a/000"],
)  # fmt: skip
def test_other_paths_are_none(path: str) -> None:
    with pytest.raises(InputError, match="no path of a tile"):
        read_tile_path(path)


def test_the_root_can_be_computed_from_the_tiles_alone(party: Party) -> None:
    tiles = {(tile.level, tile.index): read_tile(party.journal, tile) or b"" for tile in tiles_of(SIZE)}

    def node(level: int, place: int) -> bytes:
        tile_level, above = level // 8, level % 8
        if above:
            return inner_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))
        data = tiles[tile_level, place // TILE_WIDTH]
        return data[place % TILE_WIDTH * 32 :][:32]

    assert root(node, SIZE) == party.journal.root()


def test_what_has_not_grown_yet_is_not_there(party: Party) -> None:
    for tile in (Tile(0, 273), Tile(0, 273, 113), Tile(1, 2, 1), Tile(3, 0, 1), Tile(0, 10**9)):
        assert read_tile(party.journal, tile) is None
    early = read_tile(party.journal, Tile(0, 273, 5))
    assert early is not None
    assert (read_tile(party.journal, Tile(0, 273, 112)) or b"").startswith(early)


def test_a_hole_is_said_so(tmp_path: Path) -> None:
    party = make_party(tmp_path, "A")
    with party.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM entries")
    with pytest.raises(JournalError, match="is missing"):
        read_tile(party.journal, Tile(0, 0, 1))

"""Named places: read from a party's own file, with the line of every slip, and served to the map."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, LimitError, SkyAccordError, UnreadableError
from skyaccord.node.places import PLACES_MAX, Place, read_places
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Table, play


def written(folder: Path, text: str) -> Path:
    path = folder / "towns.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_places_are_read_in_order_in_any_script(tmp_path: Path) -> None:
    text = (
        "\ufeff# towns\nName, Latitude,longitude\nHama,35.13,36.76\n\n"
        '"Mar\'a, north",36.48,-37.2\nحلب,36.2,37\n'
    )
    assert read_places(written(tmp_path, text)) == (
        Place("Hama", 35.13, 36.76),
        Place("Mar'a, north", 36.48, -37.2),
        Place("حلب", 36.2, 37.0),
    )


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "towns.csv", "no header"),
        ("town,lat,lon\n", "line 1", "no header"),
        ("# x\nname,latitude,longitude\nHama,35.13\n", "line 3", "2 fields"),
        ("name,latitude,longitude\n,35.13,36.76\n", "line 2", "no name"),
        ("name,latitude,longitude\nHama,north,36.76\n", "line 2", "'north' is no latitude"),
        ("name,latitude,longitude\nHama,35.13,181\n", "line 2", "'181' is no longitude"),
        ("name,latitude,longitude\nHama,nan,36\n", "line 2", "'nan' is no latitude"),
        ('name,latitude,longitude\n"Hama,35,36\n', "line 2", "1 fields"),
    ],
)
def test_a_slip_is_named_with_file_and_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_places(written(tmp_path, text))
    assert where in str(caught.value)
    assert what in str(caught.value)


def test_what_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        read_places(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"name,latitude,longitude\nM\xe9,1,1\n")
    with pytest.raises(UnreadableError):
        read_places(tmp_path / "latin.csv")
    many = "name,latitude,longitude\n" + "x,1,1\n" * (PLACES_MAX + 1)
    with pytest.raises(LimitError):
        read_places(written(tmp_path, many))
    assert issubclass(LimitError, SkyAccordError)


def test_the_map_gets_the_places_of_the_present_feed(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path)
        written(tmp_path, "name,latitude,longitude\nHama,35.13,36.76\n")
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        assert await a.get("places") == []
        a.set_feed(feed_table(more='places = "../towns.csv"\n'))
        while not await a.get("places"):
            await table.second()
        assert await a.get("places") == [{"name": "Hama", "latitude": 35.13, "longitude": 36.76}]

        written(tmp_path, "name,latitude,longitude\nHama,95.13,36.76\n")
        a.set_feed(feed_table(more='places = "../towns.csv"\nattribution = "again"\n'))
        while not (trouble := (await a.get("status"))["trouble"]):
            await table.second()
        assert "towns.csv, line 2" in trouble
        assert await a.get("places") == [{"name": "Hama", "latitude": 35.13, "longitude": 36.76}]

    play(tmp_path, story, "A")

"""A line of an accord, from two feeds to two consoles: each side sees it, and both see both."""

from pathlib import Path

from skyaccord.base.times import parse_utc
from tests.node.sky import SKY, feed_table, write_pass
from tests.node.tabletop import Seat, Table, play

LINE = """
[[line]]
id = "meridian"
points = [[34, 36.05], [36, 36.05]]
parties = ["A"]
direction = "to-right"
[[zone]]
id = "east"
party = "A"
circle = { latitude = 35, longitude = 36.2, radius_nm = 3 }
"""


def test_a_crossing_is_on_both_records_and_both_consoles(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path, miss_nm=0.5, gap_nm=1.0)
        table.introduce()
        text = table.accord_text() + LINE
        for seat in (a, b):
            seat.sign(text)
            seat.set_feed(feed_table(speed=30.0))
            seat.open()
        await table.prepare()
        await table.exchange()
        for _ in range(10):
            if len(await rows(a)) == 4 == len(await rows(b)):
                break
            await table.second()
        found = await rows(a)
        assert found == await rows(b)
        said = sorted(
            (row["seen_by"], row["thing"], row["place"], row["way"], row["icao24"]) for row in found
        )
        assert said == [
            ("A", "line", "meridian", "to-right", "a00001"),
            ("A", "zone", "east", "entered", "b00001"),
            ("B", "line", "meridian", "to-right", "a00001"),
            ("B", "zone", "east", "entered", "b00001"),
        ], "neither B over A's line nor A in its own zone"
        line = next(row for row in found if row["thing"] == "line")
        assert abs(line["longitude"] - 36.05) < 1e-4
        assert 15 < (parse_utc(line["time"]) - SKY).total_seconds() < 30
        assert line["exercise"]
        assert line["confident"]
        assert "crossing" in b.kinds("A")

    async def rows(seat: Seat) -> list[dict]:
        found = await seat.get("crossings")
        return [row for row in found if row["way"] != "left"]

    play(tmp_path, story)

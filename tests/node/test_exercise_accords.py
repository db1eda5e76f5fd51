"""An exercise's accord on a feed that is none: its rules are not watched there, and the node says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Table, play

NOT_HERE = "EXERCISE accord test-sky: not watched here"


@pytest.mark.parametrize("exercise", [True, False], ids=["exercise", "real"])
def test_an_exercise_accord_runs_on_an_exercise_only(tmp_path: Path, exercise: bool) -> None:
    async def story(table: Table) -> None:
        write_pass(tmp_path, miss_nm=0.5, gap_nm=1.0)
        table.introduce()
        seat = table.seats["a"]
        for one in table.seats.values():
            one.sign(table.accord_text())
        feed = feed_table(speed=20.0)
        seat.set_feed(feed if exercise else feed.replace("exercise = true", "exercise = false"))
        seat.open()
        await table.prepare()
        await table.exchange()
        for _ in range(20):
            await table.second()
            if await seat.get("alerts"):
                break
        status = await seat.get("status")
        (accord,) = status["accords"]
        assert accord["state"] == "in force", "the paper is what it is"
        assert accord["watched"] is exercise
        assert (NOT_HERE in (status["trouble"] or "")) is not exercise
        alerts = await seat.get("alerts")
        assert alerts, "nothing is missed: the party's own rule watches where the accord does not"
        assert {row["accord"] is not None for row in alerts} == {exercise}
        assert {row["exercise"] for row in alerts} == {exercise}

    play(tmp_path, story)

"""What the consoles see is the journals and nothing else: replayed, the same rows come back."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from skyaccord.hotline.asking import RoleTerms
from skyaccord.incidents.bodies import EncounterBody
from skyaccord.node.live_log import LiveLog
from skyaccord.node.projections import Projections, Touched
from skyaccord.node.view import View
from skyaccord.record.cards import Card
from skyaccord.record.keys import PartyKey
from tests.incidents.said import DIGEST, Teller, encounter, sky
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import WALL, Seat, Table, play

KINDS = ("alert", "approach", "encounter", "incident", "message", "person")


def a_card() -> Card:
    """Of party A, which sees nothing itself."""
    key = PartyKey.generate()
    origin = f"skyaccord.journal/A/{0:016x}"
    return Card.make(party="A", name="A", origin=origin, link_address="https://127.0.0.1:1", key=key)


def rows_again(seat: Seat) -> dict[str, Any]:
    """The rows of a fresh projection of this seat's journals, built in one go."""
    projections = Projections(seat.card, RoleTerms(60.0, None))
    log = LiveLog(0)
    touched = [projections.apply(entry) for entry in seat.journal.since(0, limit=10_000)]
    view = View(projections, log)
    view.show(touched, seat.table.clock.now(), seat.node.desk.watching.sky_now())
    view.show_approaches(seat.node.desk.watching.approaches())  # what is open is newer than its entry
    return {kind: log.rows(kind) for kind in KINDS}


def test_journals_replayed_give_the_same_rows(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path)
        table.introduce()
        text = table.accord_text(within_s=5)
        for seat in (a, b):
            seat.sign(text)
            seat.set_feed(feed_table(speed=20.0))
            seat.open()
        await table.prepare()
        await table.exchange()
        await table.second(7)
        (alert,) = await b.get("alerts")
        await b.act({"act": "acknowledge", "of": alert["alerts"][0]["ref"], "accord": alert["accord"]})
        await a.act({"act": "message", "to_role": "duty-officer", "text": "EXERCISE", "language": "en"})
        await table.second(16)
        for seat in (a, b):
            shown = {kind: seat.node.desk.broadcast.log.rows(kind) for kind in KINDS}
            assert [len(rows) for rows in shown.values()] == [1, 1, 2, 1, 1, 2]
            assert all(row["state"] == "cleared" for row in shown["alert"].values())
            assert shown == rows_again(seat)

    play(tmp_path, story)


def test_an_incident_that_is_due_is_opened_after_a_crash_and_only_once(tmp_path: Path) -> None:
    """Killed between the encounter's entry and the incident's: the journal still says that one is due."""

    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        body = EncounterBody.model_validate(
            {"state": "breached", "observation": encounter(0, None, "breach")}
        )
        a.journal.append("encounter", body, recipients=["B"], sky_time=sky(70), exercise=True)
        for _ in range(3):
            a.open()
            await a.node.prepare()
            await a.node.tick()
            assert a.kinds().count("incident.opened") == 1
            await a.close()
        a.open()
        await a.node.prepare()
        (row,) = await a.get("incidents")
        assert (row["reason"], row["opened_by"]) == ("breach", ["A"])

        # it gets graver: said once more, still one incident
        worse = EncounterBody.model_validate({"state": "breached", "observation": encounter(0, None, "nmac")})
        a.journal.append("encounter", worse, recipients=["B"], sky_time=sky(80), exercise=True)
        await a.node.desk.keeper.catch_up()
        await a.node.tick()
        (row,) = await a.get("incidents")
        assert (row["reason"], len(row["openings"])) == ("nmac", 2)

    play(tmp_path, story, "A")


def test_two_events_that_turn_out_to_be_one_take_the_second_row_away(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        projections = Projections(table.seats["a"].card, RoleTerms(60.0, None))
        log = LiveLog(0)
        view = View(projections, log)
        a, b = Teller("A"), Teller("B")

        def show(*said: Any) -> None:
            from skyaccord.node.projections import Touched

            keys = {projections.sightings.add(*one) for one in said}
            view.show([Touched(sightings={key for key in keys if key})], WALL, sky(0))

        show(a.alert("raised", 0), a.alert("cleared", 20, raised_s=0))
        show(b.alert("raised", 100), b.alert("cleared", 120, raised_s=100))
        assert sorted(log.rows("alert")) == ["a00001.b00001.abababab.1", "a00001.b00001.abababab.2"]
        show(b.encounter("closed", 105, start_s=15, end_s=105))
        rows = log.rows("alert")
        assert rows["a00001.b00001.abababab.1"]["observed_by"] == ["A", "B"]
        assert rows["a00001.b00001.abababab.2"]["withdrawn"]
        assert rows["a00001.b00001.abababab.1"]["accord"] == DIGEST

    play(tmp_path, story, "A")


def test_an_open_approach_shows_how_near_they_are_and_journals_only_its_ends(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path, gap_nm=30.0, miss_nm=12.0, seconds=1800)
        a.set_feed(feed_table(speed=60.0))
        a.open()
        await table.prepare()
        while not await a.get("approaches"):
            await table.second()
        said, seen = a.kinds().count("approach"), []
        for _ in range(4):
            (row,) = await a.get("approaches")
            assert row["state"] == "opened"
            assert row["horizontal_nm"] == pytest.approx(row["min_horizontal_nm"], abs=0.3)
            seen.append(row["horizontal_nm"])
            await table.second()
        assert seen == sorted(set(seen), reverse=True), "nearer each second"
        assert a.kinds().count("approach") == said, "nothing of it is journalled"
        while (row := (await a.get("approaches"))[0])["state"] == "opened":
            await table.second()
        assert row["horizontal_nm"] is None
        assert row["min_horizontal_nm"] == pytest.approx(12.0, abs=0.1)
        assert a.kinds().count("approach") == 2

    play(tmp_path, story, "A")


def test_one_more_event_of_a_pair_shows_itself_alone() -> None:
    """Of hundreds of a pair's events only those are shown again that are not as they were."""
    projections = Projections(a_card(), RoleTerms(60.0, None))
    view = View(projections, LiveLog(0))
    b = Teller("B")
    for number in range(5):
        b.alert("raised", number * 3600, cpa_s=number * 3600 + 60, name=f"k{number}")
    shown: list[str] = []

    def show(ref: Any, header: Any, body: Any) -> None:
        key = projections.sightings.add(ref, header, body)
        assert key is not None
        with patch.object(view, "_show_alert", side_effect=lambda event, _: shown.append(event.id)):
            view.show([Touched(sightings={key})], WALL, WALL)

    for entry in b.entries:
        shown.clear()
        show(*entry)
        assert len(shown) == 1
    shown.clear()
    show(
        *b.alert("raised", 1800, cpa_s=1860, name="late")
    )  # between the first and the second: the later ones shift
    assert [name.rsplit(".")[-1] for name in shown] == ["2", "3", "4", "5", "6"]


def test_a_peers_sky_does_not_move_what_runs_here(tmp_path: Path) -> None:
    """Annexes run by our own entries' sky; a peer's that says it is the year 2999 starts nothing."""

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        await table.prepare()
        far = WALL.replace(year=2999)
        b.journal.append("note", {}, recipients=["*"], sky_time=far, exercise=True)
        await table.exchange()
        projections = a.node.desk.keeper.projections
        assert any(one.header.sky_time == far for one in a.journal.entries(b.card.origin) if not one.sealed)
        assert projections.sky_time is not None
        assert projections.sky_time.year == WALL.year

    play(tmp_path, story)

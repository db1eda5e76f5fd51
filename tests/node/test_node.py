"""A node from feed to console, second by second: what the whole does that no part shows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.times import format_utc, parse_utc
from skyaccord.node.leaving import RESTARTED, RESUME_S_MAX, STOPPED
from skyaccord.node.link_calls import TroubleError
from skyaccord.record.wire import Answer
from tests.node.sky import PAIR, SKY, feed_table, write_pass
from tests.node.tabletop import Seat, Table, play


async def until(table: Table, what: str, look: Callable[[], Awaitable[object]], seconds: int = 60):
    """Let seconds pass until `look` finds something."""
    for _ in range(seconds):
        found = await look()
        if found:
            return found
        await table.second()
    raise AssertionError(f"{seconds} s passed without {what}")


async def active_alert(seat: Seat):
    return next((row for row in await seat.get("alerts") if row["state"] == "active"), None)


def test_without_an_accord_nothing_is_shared_and_an_officer_can_open_an_incident(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path, miss_nm=15.0, gap_nm=16.0, seconds=1000)
        table.introduce()
        for seat in (a, b):
            seat.set_feed(feed_table(speed=30.0))
            seat.open()
        await table.prepare()
        for seat in (a, b):
            await until(table, "an approach over", lambda s=seat: closed_approach(s), 40)
        assert await a.get("alerts") == await b.get("alerts") == []
        (approach,) = await a.get("approaches")
        assert approach["pair"] == PAIR
        assert 14.5 < approach["min_horizontal_nm"] < 15.5
        assert approach["exercise"]
        assert "approach" not in b.kinds("A"), "sealed: B holds its leaf alone"
        assert None in b.kinds("A")

        statement = {"act": "open-incident", "pair": PAIR, "about": approach["ref"], "note": "EXERCISE 15 NM"}
        answer = await a.act(statement)
        assert answer.status_code == 201, answer.text
        await table.exchange()
        (at_a,), (at_b,) = await a.get("incidents"), await b.get("incidents")
        assert at_a["incident"] == at_b["incident"] == "a00001.b00001.approach.1"
        assert (at_a["opened_by"], at_a["reason"]) == (["A"], "officer")
        assert at_a["openings"][0]["note"] == "EXERCISE 15 NM"
        assert sorted(at_b["observations"]) == ["A", "B"], "B sees its own beside A's"
        assert sorted(at_a["observations"]) == ["A"], "B has shared nothing yet"
        assert (await a.get("approaches"))[0]["incident"] == at_a["incident"]

        (own,) = await b.get("approaches")
        answer = await b.act({**statement, "about": own["ref"], "note": "EXERCISE we too"})
        assert answer.status_code == 201, answer.text
        await table.exchange()
        for seat in (a, b):
            (one,) = await seat.get("incidents")
            assert one["opened_by"] == ["A", "B"]
            assert sorted(one["observations"]) == ["A", "B"]

    async def closed_approach(seat: Seat):
        return [row for row in await seat.get("approaches") if row["state"] == "closed"]

    play(tmp_path, story)


def test_the_own_rule_alerts_only_its_own_side(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path)
        table.introduce()
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        row = await until(table, "an alert", lambda: active_alert(a))
        assert (row["accord"], row["asked"]) == (None, {"A": "duty-officer"})
        assert await b.get("alerts") == []
        assert (await b.get("status"))["feed"]["state"] == "none"
        answer = await a.act({"act": "acknowledge", "of": row["alerts"][0]["ref"]})
        assert answer.status_code == 201, answer.text
        (row,) = await a.get("alerts")
        assert row["acknowledged_by"] == ["A"]
        await table.exchange()
        assert "acknowledgement" not in b.kinds("A"), "an answer to what is sealed is sealed as well"

    play(tmp_path, story)


def test_a_peers_alert_shows_though_ones_own_picture_is_blind(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path)
        table.introduce()
        text = table.accord_text(within_s=5)
        for seat in (a, b):
            seat.sign(text)
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        await table.exchange()
        row = await until(table, "A's alert at B", lambda: active_alert(b))
        assert (row["observed_by"], row["confident"]) == (["A"], True)
        assert row["callsigns"] == ["ALFA01", "BRAVO1"]

        # nobody answers: first the duty officer's time runs out, then the deputy's, each said once
        await table.second(6)
        for seat in (a, b):
            (row,) = await seat.get("alerts")
            assert row["overdue"] == ["A", "B"]
            assert set(row["asked"].values()) == {"deputy"}
        assert a.kinds().count("silence") == 2
        await table.second(6)
        assert a.kinds().count("silence") == 4
        await table.second(8)
        assert a.kinds().count("silence") == 4
        assert b.kinds().count("silence") == 0, "who asked says that nobody answered"

    play(tmp_path, story)


def test_a_changed_feed_is_noticed_and_closes_what_was_open(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path)
        later = SKY + timedelta(days=30)
        write_pass(tmp_path, name="second.jsonl", start=later, callsign="BRAVO2")
        a.enrol()
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        await until(table, "an alert", lambda: active_alert(a))
        first = a.node.desk.broadcast.roster["version"]
        number = a.node.desk.watching.feed_number
        a.set_feed(feed_table("second.jsonl", start=later))
        while a.node.desk.watching.feed_number == number:  # it opens beside the present one
            await table.second()
        rows = await a.get("alerts")
        assert [row["state"] for row in rows] == ["cleared"]
        assert "feed has changed" in rows[0]["reason"]
        status = await a.get("status")
        assert parse_utc(status["sky_time"]) - later < timedelta(seconds=30)
        row = await until(table, "the second sky's alert", lambda: active_alert(a))
        assert row["callsigns"][1] == "BRAVO2"
        assert row["event"].endswith(".2")
        assert a.node.desk.broadcast.roster["version"] > first

        # a slip of the pen changes nothing but says so
        a.set_feed('files = ["../gone.jsonl"]\n')
        while (status := await a.get("status"))["trouble"] is None:
            await table.second()
        assert "gone.jsonl" in status["trouble"]
        assert status["feed"]["state"] == "live"
        a.set_feed("speed = fast\n")
        await table.second()
        assert "node.toml" in (await a.get("status"))["trouble"]
        a.set_feed(feed_table("second.jsonl", start=later))
        await table.second()
        assert (await a.get("status"))["trouble"] is None

    play(tmp_path, story, "A")


def test_a_killed_node_goes_on_where_the_sky_is_now(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path)
        a.enrol()
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        await until(table, "an alert", lambda: active_alert(a))
        before = parse_utc((await a.get("status"))["sky_time"])
        entries = len(a.kinds())
        await a.close()

        table.clock.advance(2.0)
        a.open()
        await table.prepare()
        rows = await a.get("alerts")
        assert rows == [] or rows[0]["state"] == "cleared"
        since = list(a.journal.entries())[entries:]
        assert [entry.body["reason"] for entry in since if entry.kind == "alert"] == [RESTARTED]
        await table.second()
        now = parse_utc((await a.get("status"))["sky_time"])
        assert now - before == timedelta(seconds=30), "three wall seconds at ten times"
        row = await until(table, "the alert again", lambda: active_alert(a))
        assert row["event"].endswith(".1"), "the same event, not another"
        assert len(row["alerts"]) == 2

    play(tmp_path, story, "A")


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "stopped"])
def test_a_restart_in_mid_encounter_does_not_lose_the_dwell(tmp_path: Path, killed: bool) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path)
        table.introduce()
        for seat in (a, b):
            seat.sign(table.accord_text())
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        await table.exchange()
        (opened,) = await until(table, "an encounter", lambda: a.get("encounters"))
        await table.second(2)
        if not killed:
            await a.node.desk.watching.stop()
            (ended,) = await a.get("encounters")
            assert ended["state"] == "closed"
            assert ended["reason"].startswith(STOPPED)
            assert ended["dwell_s"] > 15, "it was watched until the end"
        await a.close()

        table.clock.advance(2.0)
        a.open()
        await a.node.prepare()
        (going_on,) = await a.get("encounters")
        assert (going_on["state"], going_on["start_time"]) == ("opened", opened["start_time"])
        assert (going_on["confident"], going_on["reason"]) == (False, RESTARTED)
        (breach,) = await until(table, "the breach", lambda: breached(a), 15)
        assert (breach["ref"], breach["verdict"]) == (opened["ref"], "breach")
        assert 60 < breach["dwell_s"] <= 62, "inside since before the restart"
        assert "nobody watched for" in breach["reason"]
        await table.exchange()
        assert [row["reason"] for row in await b.get("incidents")] == ["breach"]
        await until(table, "the end", lambda: closed(a), 30)
        assert len(await a.get("encounters")) == 1
        assert a.kinds().count("incident.opened") == 1, (
            "once an event and gravity, however often it is spoken of"
        )

    async def breached(seat: Seat):
        return [row for row in await seat.get("encounters") if row["verdict"] == "breach"]

    async def closed(seat: Seat):
        return [row for row in await seat.get("encounters") if row["state"] == "closed"]

    play(tmp_path, story)


def test_after_a_long_outage_an_encounter_is_closed_and_begins_anew(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path, seconds=1000)
        a.enrol()
        a.set_feed(feed_table(speed=5.0))
        a.open()
        await table.prepare()
        await until(table, "an encounter", lambda: a.get("encounters"), 90)
        await a.close()
        table.clock.advance((RESUME_S_MAX + 60.0) / 5.0)
        a.open()
        await table.prepare()
        (ended,) = await a.get("encounters")
        assert (ended["state"], ended["reason"]) == ("closed", RESTARTED)

    play(tmp_path, story, "A")


def test_two_nodes_start_one_sky_together_and_a_late_one_joins_it(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path)
        start = format_utc(table.clock.now() + timedelta(seconds=3))
        a.set_feed(feed_table(more=f"wall_start = {start}\n"))
        a.open()
        await a.node.prepare()
        for _ in range(4):
            table.clock.advance(1.0)
            await a.node.tick()
        assert parse_utc((await a.get("status"))["sky_time"]) == SKY + timedelta(seconds=10)
        table.clock.advance(9.0)
        b.set_feed(feed_table(more=f"wall_start = {start}\n"))
        b.open()
        await b.node.prepare()
        for seat in (a, b):
            await seat.node.tick()
        one, other = await a.get("status"), await b.get("status")
        assert one["sky_time"] == other["sky_time"]
        assert other["feed"]["seconds_skipped"] == 0
        assert other["feed"]["aircraft"] == 2

    play(tmp_path, story)


def test_an_accord_that_comes_into_force_is_watched_from_then_on(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path, gap_nm=14.0)
        table.introduce()
        for seat in (a, b):
            seat.set_feed(feed_table(speed=5.0))
            seat.open()
        await table.prepare()
        await table.second(2)
        assert [rule.key for rule in a.node.desk.watching.watch.monitor.policy.rules] == [("", "own")]
        text = table.accord_text()
        a.sign(text)
        await table.second(2)
        (accord,) = (await b.get("status"))["accords"]
        assert (accord["state"], accord["signed_by"], accord["missing"]) == ("proposed", ["A"], ["B"])
        b.sign(text)
        await table.second(3)
        for seat in (a, b):
            (accord,) = (await seat.get("status"))["accords"]
            assert (accord["state"], accord["missing"]) == ("in force", [])
            assert "3 NM" in accord["rules"][0]["reading"]
            rules = seat.node.desk.watching.watch.monitor.policy.rules
            assert [rule.key[1] for rule in rules] == ["three", "own"]
            assert [rule.yields for rule in rules] == [False, True]
        row = await until(table, "an alert under it", lambda: active_alert(b))
        assert row["accord"] == accord["digest"]

    play(tmp_path, story)


def test_a_link_that_is_cut_is_down_on_both_sides_and_catches_up(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        await table.prepare()
        await table.second(2)
        for seat in (a, b):
            (peer,) = (await seat.get("status"))["peers"]
            assert (peer["link"], peer["outbox"], peer["reason"]) == ("up", 0, None)
        table.cut = True
        await a.act({"act": "message", "to_role": "duty-officer", "text": "EXERCISE", "language": "en"})
        await table.second(7)
        (peer,) = (await a.get("status"))["peers"]
        assert (peer["link"], peer["outbox"] > 0) == ("down", True)
        assert "cannot be reached" in peer["reason"]
        assert (await a.get("messages"))[0]["held_by"] == []
        table.cut = False
        await table.exchange()
        await table.second()
        (peer,) = (await a.get("status"))["peers"]
        assert (peer["link"], peer["outbox"]) == ("up", 0)
        assert (await a.get("messages"))[0]["held_by"] == ["B"]
        assert (await b.get("messages"))[0]["text"] == "EXERCISE"

    play(tmp_path, story)


def test_a_peer_that_claims_to_hold_more_than_there_is_cannot_stop_the_node(tmp_path: Path) -> None:
    """It shows no checkpoint of ours: its word alone stops nothing. (With one: test_first_contact.py.)"""

    async def story(table: Table) -> None:
        a = table.seats["a"]
        table.introduce()
        await table.prepare()
        await table.second(2)
        with pytest.raises(TroubleError, match="restored from an older copy"):
            await a.node.desk.links.client("B").answered(Answer(held=999))
        a.node.desk.links.client("B").standing.failed("refused", "as the listener notes it")
        table.cut = True
        await table.second(6)
        (peer,) = (await a.get("status"))["peers"]
        assert peer["link"] == "down"
        a.enrol(role="deputy")
        table.cut = False
        await table.second(3)
        (peer,) = (await a.get("status"))["peers"]
        assert (peer["link"], peer["outbox"]) == ("up", 0)
        assert (await a.get("health"))["status"] == "ok"

    play(tmp_path, story)


def test_what_is_never_acted_on_can_still_be_seen(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        b.journal.append("x.future", {"any": "thing"}, recipients=["*"])
        b.journal.append("x.secret", {"any": "thing"}, recipients=[])
        await table.prepare()
        await table.exchange()
        status = await a.get("status")
        assert status["unused_entries"] == 1, "what is sealed is not ours to count"
        (one,) = status["unused"]
        assert (one["kind"], one["ref"]["origin"]) == ("x.future", b.card.origin)
        assert "does not know" in one["reason"]

    play(tmp_path, story)

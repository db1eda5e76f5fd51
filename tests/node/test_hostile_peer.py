"""A peer that signs whatever it likes: the node takes it, refuses it or shows it, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.times import format_utc
from skyaccord.record.canonical import canonical_json
from skyaccord.record.chain import leaf_hash
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.entries import Entry
from skyaccord.record.evidence import forks
from skyaccord.record.journals import journal_info, write_entry
from skyaccord.record.tree import tree_root
from skyaccord.record.wire import read_batch
from tests.node.sky import PAIR, ROLE
from tests.node.tabletop import Seat, Table, play

FIRST, LAST = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"


def write(seat: Seat, kind: str, body: dict[str, Any], **header: Any) -> Entry:
    """An entry as a node without any checks of its own writes it."""
    journal = seat.journal
    now = format_utc(journal.clock.now())
    with journal.store.writing() as connection:
        info = journal_info(connection, journal.origin)
        payload = {
            "origin": info.origin,
            "sequence": info.size,
            "previous": info.head.hex(),
            "kind": kind,
            "accord": None,
            "recipients": ["*"],
            "sky_time": now,
            "recorded_at": now,
            "exercise": True,
            "body": body,
            **header,
        }
        data = canonical_json(sign_dsse(kind, canonical_json(payload), seat.key))
        salt = bytes(16)
        return write_entry(connection, info, leaf=leaf_hash(salt, data), salt=salt, data=data, kind=kind)


def alert(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "pair": PAIR,
        "callsigns": [None, None],
        "parties": ["A", "B"],
        "confident": True,
        "reason": "",
        "alert": "k1",
        "state": "raised",
        "rule": "own",
        "tier": "warning",
        "raised_at": format_utc(now),
        "inside": False,
        "time_to_cpa_s": 1.0,
        "cpa_time": format_utc(now),
        "predicted_horizontal_nm": 1.0,
        "predicted_vertical_ft": None,
        "horizontal_nm": 1.0,
        "vertical_ft": None,
        "closing_kt": 1.0,
        "asks": {"A": ROLE},
        **changes,
    }


def encounter(now: datetime, **changes: Any) -> dict[str, Any]:
    seen = {
        "pair": PAIR,
        "callsigns": [None, None],
        "parties": ["A", "B"],
        "confident": True,
        "reason": "",
        "rule": "own",
        "start_time": format_utc(now),
        "end_time": None,
        "dwell_s": 1.0,
        "cpa_time": format_utc(now),
        "cpa_horizontal_nm": 1.0,
        "cpa_vertical_ft": None,
        "min_horizontal_nm": 1.0,
        "min_horizontal_time": format_utc(now),
        "min_vertical_ft": None,
        "verdict": "infringement",
    }
    return {"state": "closed", "observation": {**seen, **changes}}


async def taken(table: Table, *entries: Entry) -> tuple[str | None, Entry]:
    """Entries of B, offered to A, which then lives a second: A's refusal, and the last it holds of B."""
    a, b = table.seats["a"], table.seats["b"]
    with b.journal.store.reading() as connection:
        size = entries[-1].sequence + 1
        checkpoint = Checkpoint(b.journal.origin, size, tree_root(connection, b.journal.origin, size))
    wire = [
        {
            "sequence": entry.sequence,
            "leaf": entry.leaf.hex(),
            "salt": (entry.salt or b"").hex(),
            "envelope": (entry.data or b"").decode(),
        }
        for entry in entries
    ]
    batch = {"from": b.journal.origin, "checkpoint": sign_checkpoint(checkpoint, b.key), "entries": wire}
    answer = a.node.incoming.accept(read_batch(canonical_json(batch)))
    await a.node.desk.keeper.catch_up()
    await a.node.tick()
    for path in ("alerts", "encounters", "incidents", "messages", "status"):
        await a.get(path)
    return answer.reason, list(a.journal.entries(b.journal.origin))[-1]


def hostile(root: Path, story: Callable[[Table], Any]) -> None:
    async def introduced(table: Table) -> None:
        table.introduce()
        await table.prepare()
        await table.exchange()
        await story(table)

    play(root, introduced)


@pytest.mark.parametrize(
    "header", [{"recorded_at": LAST}, {"sky_time": LAST}, {"recorded_at": FIRST}, {"sky_time": FIRST}]
)
def test_times_that_cannot_be_computed_with_are_not_taken(tmp_path: Path, header: dict[str, Any]) -> None:
    async def story(table: Table) -> None:
        said = write(table.seats["b"], "alert", alert(table.clock.now()), **header)
        reason, _ = await taken(table, said)
        assert "outside the years" in (reason or "")

    hostile(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        ("alert", {"cpa_time": LAST}, "outside the years"),
        ("alert", {"raised_at": FIRST}, "outside the years"),
        ("alert", {"time_to_cpa_s": 10**4000}, "time_to_cpa_s"),
        ("alert", {"pair": PAIR[::-1]}, "pair"),
        ("alert", {"target": "x"}, "target"),
        ("encounter", {"end_time": LAST}, "outside the years"),
        ("encounter", {"dwell_s": -1.0}, "dwell_s"),
    ],
)
def test_bodies_that_cannot_be_are_kept_and_never_acted_on(
    tmp_path: Path, kind: str, change: dict[str, Any], says: str
) -> None:
    async def story(table: Table) -> None:
        body = {"alert": alert, "encounter": encounter}[kind](table.clock.now(), **change)
        reason, entry = await taken(table, write(table.seats["b"], kind, body))
        assert reason is None
        assert says in (entry.refused or "")
        a = table.seats["a"]
        assert await a.get("alerts") == await a.get("encounters") == []
        assert [one["kind"] for one in (await a.get("status"))["unused"]] == [kind]

    hostile(tmp_path, story)


def test_an_alert_that_claims_to_span_the_years_does_not_spread_an_old_answer(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        now = table.clock.now()
        forever = alert(now, raised_at="1990-01-01T00:00:00Z", cpa_time="2900-01-01T00:00:00Z")
        said = write(b, "alert", forever)
        ref = said.ref.model_dump(mode="json")
        await taken(table, said)
        assert (await a.act({"act": "acknowledge", "of": ref})).status_code == 201
        (row,) = await a.get("alerts")
        assert row["acknowledged_by"] == ["A"]

        table.clock.advance(3600.0)
        later = table.clock.now()
        own = alert(
            later,
            alert="own",
            raised_at=format_utc(later),
            cpa_time=format_utc(later + timedelta(seconds=60)),
        )
        a.journal.append("alert", own, recipients=[], sky_time=later)
        await a.node.desk.keeper.catch_up()
        (row,) = await a.get("alerts")
        assert row["observed_by"] == ["A", "B"], "they do join"
        assert row["acknowledged_by"] == [], "and yet this one is not answered"
        assert (await a.act({"act": "acknowledge", "of": ref})).status_code == 201
        assert (await a.get("alerts"))[0]["acknowledged_by"] == ["A"]

    hostile(tmp_path, story)


def test_a_statement_that_is_quoted_twice_counts_once(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        said = b.statement({"act": "message", "to_role": ROLE, "text": "EXERCISE turn", "language": "en"})
        opened = b.statement({"act": "open-incident", "pair": PAIR, "about": None, "note": "EXERCISE"})
        incident = {
            "pair": PAIR,
            "reason": "officer",
            "about": None,
            "observation": None,
            "statement": opened,
        }
        twice = [("message", {"statement": said}), ("incident.opened", incident)] * 2
        await taken(table, *[write(b, kind, body) for kind, body in twice])
        assert len(await a.get("messages")) == 1
        assert [len(one["openings"]) for one in await a.get("incidents")] == [1]
        unused = (await a.get("status"))["unused"]
        assert [one["kind"] for one in unused] == ["message", "incident.opened"]
        assert all("already" in one["reason"] for one in unused)

    hostile(tmp_path, story)


def test_a_forked_journal_is_an_alarm(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        await a.node.tick()
        assert (await a.get("status"))["trouble"] is None
        before = b.folder.database.read_bytes()
        for text in ("one", "other"):
            b.journal.store.close()
            for file in b.folder.path.glob("node.db*"):
                file.unlink()
            b.folder.database.write_bytes(before)
            b.open()
            await taken(table, write(b, "note", {"text": text}))
        assert forks(a.journal)
        assert "PARTY B HAS SIGNED TWO HISTORIES" in (await a.get("status"))["trouble"]
        assert a.node.desk.broadcast.status["trouble"], "and the consoles are told"

    hostile(tmp_path, story)


def test_only_who_can_read_a_message_is_asked_to_acknowledge_it(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        table.introduce()
        await table.prepare()
        said = a.statement({"act": "message", "to_role": ROLE, "text": "EXERCISE", "language": "en"})
        a.journal.append_statement("message", said, recipients=["B"])
        await a.node.desk.keeper.catch_up()
        (message,) = await a.get("messages")
        assert message["asked"] == {"B": ROLE}

    play(tmp_path, story, "ABC")


def test_an_answer_to_the_peers_alert_of_the_event_leaves_no_silence_about_ours(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        now = table.clock.now()
        theirs = write(b, "alert", alert(now))
        await taken(table, theirs)
        a.journal.append("alert", alert(now, alert="own"), recipients=[], sky_time=now)
        a.journal.append(
            "alert", alert(now, alert="alone", pair=["a00001", "b00002"]), recipients=[], sky_time=now
        )
        await a.node.desk.keeper.catch_up()
        answer = await a.act({"act": "acknowledge", "of": theirs.ref.model_dump(mode="json")})
        assert answer.status_code == 201
        table.clock.advance(61.0)
        await a.node.tick()
        silences = [entry.body["of"]["sequence"] for entry in a.journal.entries() if entry.kind == "silence"]
        alone = [entry.sequence for entry in a.journal.entries() if entry.kind == "alert"][1]
        assert silences == [alone], "only the alert that nobody answered"

    hostile(tmp_path, story)

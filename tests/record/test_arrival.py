"""A notice that is dated back or forward: held, receipted as refused, never acted on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import skyaccord.talks.course
from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import RefusedError
from skyaccord.record.arrival import arrival_fault
from skyaccord.record.dating import DATE_SKEW_MAX_S, sky_date_fault
from skyaccord.record.envelope import Envelope, Header
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.record.worlds import Party, enrol, exchange_all, make_pair

COURSE = skyaccord.talks.course.COURSE
ACCORD = "sha256:" + "ab" * 32
PERSON = PersonKey.generate()


def suspension(party: Party, at: datetime) -> dict[str, Any]:
    return sign_statement(
        {
            "act": "accord-course", "party": party.journal.party, "role": "representative", "at": at,
            "accord": ACCORD, "exercise": False, "automatic": False, "step": "suspend", "because": "x",
        },
        PERSON,
    )  # fmt: skip


def header(at: datetime, sky: datetime, *, exercise: bool = False, **more: Any) -> Header:
    fields: dict[str, Any] = {
        "origin": "skyaccord.journal/A/0123456789abcdef", "sequence": 9, "previous": "0" * 64, "kind": COURSE,
        "accord": ACCORD, "recipients": ["*"], "sky_time": sky, "recorded_at": at, "exercise": exercise,
    }  # fmt: skip
    return Header.model_validate({**fields, **more})


def test_the_sky_of_a_dated_act_is_that_of_the_clock_but_in_an_exercise() -> None:
    now = datetime.fromisoformat("2026-04-07T12:00:00Z")
    day = timedelta(days=1)
    assert sky_date_fault(header(now, now - timedelta(seconds=DATE_SKEW_MAX_S))) is None
    assert "86400 s behind" in str(sky_date_fault(header(now, now - day)))
    assert "86400 s ahead of" in str(sky_date_fault(header(now, now + day)))
    assert sky_date_fault(header(now, now - day, exercise=True)) is None


def test_a_node_does_not_write_a_suspension_dated_back(tmp_path: Path) -> None:
    a, _ = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    now = a.journal.clock.now()
    said = {"statement": suspension(a, now)}
    with pytest.raises(RefusedError, match="86400 s behind the clock"):
        a.journal.append(
            COURSE, said, recipients=["*"], accord=ACCORD, sky_time=now - timedelta(days=1), exercise=False
        )
    assert (
        a.journal.append(COURSE, said, recipients=["*"], accord=ACCORD, sky_time=now, exercise=False).kind
        == COURSE
    )


def test_one_dated_ahead_of_our_clock_is_receipted_as_refused(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    exchange_all(a, b)
    b.journal.clock = ManualClock(b.journal.clock.now())  # a clock of its own, that stands
    a.clock.advance(3600.0)
    at = a.journal.clock.now()
    entry = a.journal.append(
        COURSE, {"statement": suspension(a, at)}, recipients=["*"], accord=ACCORD, sky_time=at, exercise=False
    )
    exchange_all(a, b)
    held = b.journal.find(entry.ref)
    assert held is not None
    assert held.refused == "dated 3600 s ahead of our clock"
    receipts = [one for one in a.journal.entries(b.card.origin) if one.kind == "receipt"]
    refused = [line for one in receipts for line in one.body["refused"]]
    assert refused == [{"sequence": entry.sequence, "reason": "dated 3600 s ahead of our clock"}]


def test_one_dated_before_what_it_follows_is_not_believed(tmp_path: Path) -> None:
    """Before the last entry of its own journal, and before what its party had receipted of ours."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    a.clock.advance(7200.0)  # one clock for both
    b.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)  # A receipts it: whatever A writes from here on is later
    now, size = b.journal.clock.now(), b.journal.size(a.card.origin)
    early = now - timedelta(hours=1)

    def fault(at: datetime, sequence: int = size) -> str | None:
        made = header(at, at, origin=a.card.origin, sequence=sequence)
        with b.store.reading() as connection:
            return arrival_fault(connection, b.journal.origin, Envelope(made, {}, b""), now)

    assert fault(now) is None
    assert "of its own journal, which it follows" in str(fault(early))
    far = size + 100  # nothing readable just before it: its receipt of our entry speaks
    assert "of our journal, which its party had receipted by then" in str(fault(early, far))
    assert fault(now, far) is None

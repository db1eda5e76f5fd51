"""Two clocks that are days apart: what a person says is neither believed nor refused for good; it waits."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import RefusedError
from skyaccord.record.arrival import AHEAD_MAX, future_fault
from skyaccord.record.canonical import canonical_json
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.parcel import pack, take_parcel
from skyaccord.record.peers import pin_peer
from skyaccord.record.wire import NOT_YET
from tests.record.test_arrival import header, refusal
from tests.record.worlds import START, Party, enrol, exchange, exchange_all, make_pair, make_party, said

PERSON = PersonKey.generate()


@pytest.fixture
def quiet(tmp_path: Path) -> tuple[Party, Party]:
    """A and B, who have met."""
    a, b = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    exchange_all(a, b)
    return a, b


def spoken(party: Party) -> EntryRef:
    """What a person of this party says now, by its own clock."""
    body = {"statement": said(party, PERSON, role="representative", at=party.journal.clock.now())}
    return party.journal.append("message", body, recipients=["*"], exercise=True).ref


def bring(a: Party, b: Party, sent_at: datetime | None) -> str | None:
    """One batch of A's, as its clock is known to be; why it was refused."""
    outgoing = Outgoing(a.journal, "B")
    answer = Incoming(b.journal).accept(outgoing.batch(), party="A", sent_at=sent_at)
    outgoing.answered(answer)
    return answer.reason


def test_what_an_honest_person_says_waits_for_our_clock_to_be_set(quiet: tuple[Party, Party]) -> None:
    """Our battery was dead: by our clock all of it lies 400 days ahead. None of it is refused for good."""
    a, b = quiet
    right = a.journal.clock.now()
    b.journal.clock = ManualClock(right - timedelta(days=400))
    ref, held, size = spoken(a), b.journal.size(a.card.origin), b.journal.size()
    assert "400 days ahead of our clock, and the clocks were not compared" in str(bring(a, b, None))
    reason = str(bring(a, b, right))
    assert reason.startswith(f"{NOT_YET}the clocks are 400 days apart")
    assert "set the clock that is wrong" in reason
    assert (b.journal.size(a.card.origin), b.journal.size()) == (held, size), "nothing is held, nor receipted"
    assert Outgoing(a.journal, "B").outbox() > 0, "it stays in the outbox"
    b.journal.clock = ManualClock(right)
    assert bring(a, b, right) is None
    assert refusal(b, ref) is None
    exchange_all(a, b)


def test_what_a_clock_that_was_ahead_has_dated_is_refused_once_the_clocks_agree(
    quiet: tuple[Party, Party],
) -> None:
    a, b = quiet
    right = a.journal.clock.now()
    a.journal.clock = ManualClock(right + timedelta(days=400))
    ref = spoken(a)
    assert str(bring(a, b, a.journal.clock.now())).startswith(NOT_YET), "which of the two is wrong?"
    assert str(bring(a, b, right + AHEAD_MAX + timedelta(seconds=1))).startswith(NOT_YET)
    assert str(bring(a, b, right - AHEAD_MAX - timedelta(seconds=1))).startswith(NOT_YET)
    a.journal.clock = ManualClock(right)
    assert bring(a, b, right + AHEAD_MAX) is None
    assert "s ahead of our clock" in str(refusal(b, ref))


def test_whatever_a_peer_says_of_its_clock_no_date_is_accepted_and_nobody_else_waits(tmp_path: Path) -> None:
    clock = ManualClock(START)
    a, b, c = parties = [make_party(tmp_path, name, clock=clock) for name in "ABC"]
    for one in parties:
        for other in parties:
            if other is not one:
                pin_peer(one.journal, other.card)
    for one in (a, c):
        enrol(one, PERSON, role="representative")
    exchange_all(*parties)
    a.journal.clock = ManualClock(START + timedelta(days=3))
    ref, honest = spoken(a), spoken(c)
    for days in (-4000, -3, -1, 0, 1, 2, 3, 4, 4000):
        with b.store.reading() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM entries").scalar()
        reason = bring(a, b, START + timedelta(days=days))
        if reason is None:
            assert "s ahead of our clock" in str(refusal(b, ref))
            break
        with b.store.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM entries").scalar() == before
    exchange(c, b)
    assert refusal(b, honest) is None


@given(ours=st.floats(-1000, 1000), theirs=st.floats(-1000, 1000), dated=st.floats(-1000, 1000))
def test_nothing_is_refused_for_good_that_is_not_ahead_of_its_own_partys_clock(
    ours: float, theirs: float, dated: float
) -> None:
    """All in days from some moment. And nothing is accepted that is more than a day ahead of ours."""
    now, sent_at, at = (START + timedelta(days=one) for one in (ours, theirs, dated))
    if abs(sent_at - now) > AHEAD_MAX and at > now + AHEAD_MAX:
        with pytest.raises(RefusedError, match=NOT_YET):
            future_fault(header(at, at), now, sent_at)
        return
    refused = future_fault(header(at, at), now, sent_at)
    assert (refused is None) == (at <= now + AHEAD_MAX)
    assert refused is None or at > sent_at


@pytest.mark.parametrize("days", [400, 3])
def test_a_parcel_waits_for_our_clock_too(quiet: tuple[Party, Party], tmp_path: Path, days: int) -> None:
    a, b = quiet
    right = a.journal.clock.now()
    ref = spoken(a)
    parcel = tmp_path / "parcel"
    with parcel.open("wb") as file:
        pack(a.journal, "B", file)
    b.journal.clock = ManualClock(right - timedelta(days=days))
    held = b.journal.size(a.card.origin)
    (fault,) = take_parcel(b.journal, parcel).faults
    assert f"the clocks are {days} days apart" in fault
    assert "set the clock that is wrong; nothing is refused for good: import it again" in fault
    assert b.journal.size(a.card.origin) == held
    b.journal.clock = ManualClock(right)
    assert take_parcel(b.journal, parcel).faults == []
    assert refusal(b, ref) is None


def test_whoever_carries_a_parcel_cannot_have_it_refused_for_good(
    quiet: tuple[Party, Party], tmp_path: Path
) -> None:
    """With a cover of his own, that says when it was made as he likes it."""
    a, b = quiet
    right = a.journal.clock.now()
    spoken(a)
    parcel = tmp_path / "parcel"
    b.journal.clock = a.journal.clock = ManualClock(right - timedelta(days=400))
    thief, a.journal._key = a.journal.key, PartyKey.generate()  # the batches are A's own, the cover is not
    with parcel.open("wb") as file:
        pack(a.journal, "B", file)
    lines = parcel.read_bytes().splitlines(keepends=True)
    a.journal._key = thief
    batch = Outgoing(a.journal, "B").batch().dumps() + b"\n"
    body = lines[0] + batch
    end = canonical_json({"end": 1, "sha256": hashlib.sha256(body).hexdigest()}) + b"\n"
    parcel.write_bytes(body + end)
    held = b.journal.size(a.card.origin)
    faults = take_parcel(b.journal, parcel).faults
    assert "the clocks were not compared yet" in faults[0]
    assert b.journal.size(a.card.origin) == held


@pytest.mark.parametrize("days", [400, 2])
def test_an_old_cover_over_newer_entries_has_nothing_refused_for_good(
    quiet: tuple[Party, Party], tmp_path: Path, days: int
) -> None:
    """Its party did sign it, when it was the time that our wrong clock shows now; its carrier kept it."""
    a, b = quiet
    right = a.journal.clock.now()
    old, new = tmp_path / "old", tmp_path / "new"
    b.journal.clock = a.journal.clock = ManualClock(right - timedelta(days=days))
    with old.open("wb") as file:
        pack(a.journal, "B", file)
    a.journal.clock = ManualClock(right)
    ref = spoken(a)
    with new.open("wb") as file:
        pack(a.journal, "B", file)
    whole, lines = new.read_bytes(), new.read_bytes().splitlines(keepends=True)
    body = old.read_bytes().splitlines(keepends=True)[0] + b"".join(lines[1:-1])
    end = canonical_json({"end": len(lines) - 2, "sha256": hashlib.sha256(body).hexdigest()}) + b"\n"
    new.write_bytes(body + end)
    (fault,) = take_parcel(b.journal, new).faults
    assert "the clocks were not compared yet" in fault
    b.journal.clock = ManualClock(right)
    new.write_bytes(whole)
    assert take_parcel(b.journal, new).faults == []
    assert refusal(b, ref) is None

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
from skyaccord.record.checkpoint import split_note
from skyaccord.record.cosign import verify_cosigned
from skyaccord.record.dating import DATE_SKEW_MAX_S, sky_date_fault
from skyaccord.record.envelope import Envelope, Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.joined import Joined
from skyaccord.record.keys import PersonKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.statement import sign_statement
from tests.record.worlds import START, Party, enrol, exchange, exchange_all, make_pair, make_party, said

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


def suspend(party: Party, at: datetime) -> EntryRef:
    """Announce a suspension with the party's clock at `at`."""
    party.journal.clock = ManualClock(at)
    body = {"statement": suspension(party, at)}
    return party.journal.append(
        COURSE, body, recipients=["*"], accord=ACCORD, sky_time=at, exercise=False
    ).ref


def receipt(about: str, first: int, last: int, head: bytes = bytes(32)) -> dict[str, Any]:
    return {
        "origin": about, "first": first, "last": last, "head": head.hex(), "refused": [], "sealed": [],
    }  # fmt: skip


def refusal(party: Party, ref: EntryRef) -> str | None:
    held = party.journal.find(ref)
    assert held is not None
    return held.refused


@pytest.fixture
def quiet(tmp_path: Path) -> tuple[Party, Party]:
    """A and B, two hours after their last entries; their link was up all the time."""
    a, b = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    exchange_all(a, b)
    a.clock.advance(7200.0)  # one clock for both
    exchange_all(a, b)  # heartbeats alone
    return a, b


def test_one_dated_before_what_it_follows_is_not_believed(tmp_path: Path) -> None:
    """Before the last entry of its own journal, and before what its party had receipted of ours."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    a.clock.advance(7200.0)
    b.journal.append("note", {}, recipients=["*"])
    for sender, receiver in ((b, a), (a, b)):  # no heartbeat: that would say so too
        Incoming(receiver.journal).accept(Outgoing(sender.journal, receiver.card.party).batch())
    now, size = b.journal.clock.now(), b.journal.size(a.card.origin)
    early = now - timedelta(hours=1)

    def fault(at: datetime, sequence: int = size) -> str | None:
        made = header(at, at, origin=a.card.origin, sequence=sequence)
        with b.store.reading() as connection:
            end = Joined(connection, a.card.origin).end(b.journal.origin)
            return arrival_fault(connection, b.journal.origin, Envelope(made, {}, b""), now, receipted=end)

    assert fault(now) is None
    assert "of its own journal, which it follows" in str(fault(early))
    far = size + 100  # nothing readable just before it: its receipt of our entry speaks
    assert "of our journal, which its party had receipted by then" in str(fault(early, far))
    assert fault(now, far) is None


def test_what_a_party_prepares_does_not_carry_a_date_back(quiet: tuple[Party, Party]) -> None:
    """Any number of receipts, dated back with the notice: our own clock at its last heartbeat speaks."""
    a, b = quiet
    back = a.journal.clock.now() - timedelta(hours=1, minutes=30)
    a.journal.clock = ManualClock(back)
    third = "skyaccord.journal/C/0123456789abcdef"
    for place in range(70):
        a.journal.append("receipt", receipt(third, place, place), recipients=["*"])
    ref = suspend(a, back)
    exchange(a, b)
    assert "when its party said that its journal ended before it" in str(refusal(b, ref))


def test_a_date_within_an_outage_is_believed(quiet: tuple[Party, Party]) -> None:
    a, b = quiet
    last_heard = a.journal.clock.now()
    b.clock.advance(6 * 3600.0)
    ref = suspend(a, last_heard + timedelta(hours=1))
    exchange(a, b)
    assert refusal(b, ref) is None


def test_a_checkpoint_that_somebody_carries_says_nothing_about_now(quiet: tuple[Party, Party]) -> None:
    """A genuine empty batch of A, brought by hand hours later, is not A's word that it has no more."""
    a, b = quiet
    heartbeat = Outgoing(a.journal, "B").batch()
    assert not heartbeat.entries
    said_at = a.journal.clock.now()
    b.clock.advance(6 * 3600.0)
    assert Incoming(b.journal).accept(heartbeat, live=False).reason is None
    ref = suspend(a, said_at + timedelta(hours=1))
    exchange(a, b)
    assert refusal(b, ref) is None


def test_a_heartbeat_under_a_clock_that_was_ahead_refuses_nothing(quiet: tuple[Party, Party]) -> None:
    a, b = quiet
    right = a.journal.clock.now()
    b.journal.clock = ManualClock(right + timedelta(days=3))
    exchange(a, b)
    b.journal.clock = ManualClock(right)
    ref = suspend(a, right)
    exchange(a, b)
    assert refusal(b, ref) is None


def test_our_own_entry_under_a_clock_that_was_ahead_refuses_nothing(tmp_path: Path) -> None:
    """Its party had receipted what we dated into its future: nobody can act after that."""
    a, b = make_pair(tmp_path)
    enrol(a, PERSON, role="representative")
    exchange_all(a, b)
    right = a.journal.clock.now()
    b.journal.clock = ManualClock(right + timedelta(days=3))
    b.journal.append("note", {}, recipients=["*"])
    exchange(b, a)
    b.journal.clock = ManualClock(right)
    ref = suspend(a, right)
    exchange(a, b)
    assert refusal(b, ref) is None


def test_a_heartbeat_is_kept_and_cosigned_anew_once_a_minute(quiet: tuple[Party, Party]) -> None:
    a, b = quiet

    def cosigned_at() -> datetime:
        answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch())
        assert answer.cosigned is not None
        return verify_cosigned(*split_note(answer.cosigned), b.card.origin, [b.card.public_key])

    first = cosigned_at()
    b.clock.advance(59.0)
    assert cosigned_at() == first
    b.clock.advance(1.0)
    assert cosigned_at() == first + timedelta(seconds=60)


def test_receipts_that_do_not_join_are_refused(tmp_path: Path) -> None:
    """One that goes back, one that leaves a gap, one that ends before it begins; those that join go on."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    with b.store.reading() as connection:
        end = Joined(connection, a.card.origin).end(b.card.origin)
    assert end >= 1
    heads = {entry.sequence: entry.head for entry in b.journal.entries()}
    made = {
        "back": receipt(b.card.origin, 0, end - 1, heads[end - 1]),
        "gap": receipt("skyaccord.journal/C/0123456789abcdef", 5, 6),
        "turned": receipt("skyaccord.journal/D/0123456789abcdef", 0, 0) | {"first": 3, "last": 1},
        "first": receipt("skyaccord.journal/C/0123456789abcdef", 0, 6),
        "next": receipt("skyaccord.journal/C/0123456789abcdef", 7, 9),
    }
    refs = {name: a.journal.append("receipt", body, recipients=["*"]).ref for name, body in made.items()}
    exchange(a, b)
    assert refusal(b, refs["back"]) == f"the receipt begins at entry 0, expected {end}"
    assert refusal(b, refs["gap"]) == "the receipt begins at entry 5, expected 0"
    assert "ends at entry 1, before it begins" in str(refusal(b, refs["turned"]))
    assert refusal(b, refs["first"]) is None
    assert refusal(b, refs["next"]) is None
    b.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)  # and what A really receipts goes on
    last = [one for one in b.journal.entries(a.card.origin) if one.kind == "receipt"][-1]
    assert last.body["origin"] == b.card.origin
    assert last.refused is None


def test_a_store_that_did_not_keep_where_receipts_ended_reads_them(quiet: tuple[Party, Party]) -> None:
    a, b = quiet
    with b.store.reading() as connection:
        kept = Joined(connection, a.card.origin).end(b.card.origin)
    with b.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM settings WHERE name LIKE 'joined/%'")
        assert Joined(connection, a.card.origin).end(b.card.origin) == kept > 0


def test_receipts_are_about_a_bounded_number_of_journals(
    quiet: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = quiet
    monkeypatch.setattr("skyaccord.record.joined.ABOUT_MAX", 2)
    refs = [
        a.journal.append("receipt", receipt(f"skyaccord.journal/C/{place:016x}", 0, 0), recipients=["*"]).ref
        for place in range(3)
    ]
    exchange(a, b)
    found = [refusal(b, ref) for ref in refs]
    assert found == [None, "receipts about more than 2 journals", "receipts about more than 2 journals"]


def test_a_persons_word_from_a_clock_that_is_days_ahead_does_not_count(quiet: tuple[Party, Party]) -> None:
    """Hours ahead still count: a wrong clock must not silence a hotline."""
    a, b = quiet
    now = a.journal.clock.now()
    found = []
    for ahead in (timedelta(hours=20), timedelta(days=36_000)):
        a.journal.clock = ManualClock(now + ahead)
        said_at = a.journal.clock.now()
        body = {"statement": said(a, PERSON, role="representative", at=said_at)}
        found.append(a.journal.append("message", body, recipients=["*"], exercise=True).ref)
    a.journal.clock = ManualClock(now)
    exchange(a, b)
    assert refusal(b, found[0]) is None
    assert "s ahead of our clock" in str(refusal(b, found[1]))


def test_the_receipts_of_three_honest_parties_join(tmp_path: Path) -> None:
    """Also at one who came late, and after batches that crossed."""
    clock = ManualClock(START)
    a, b, c = parties = [make_party(tmp_path, name, clock=clock) for name in "ABC"]
    pin_peer(a.journal, b.card)
    pin_peer(b.journal, a.card)
    for number in range(5):
        a.journal.append("note", {"n": number}, recipients=["B"])
        b.journal.append("note", {"n": number}, recipients=["*"])
        exchange_all(a, b, rounds=1)
    for one, other in ((a, c), (b, c), (c, a), (c, b)):
        pin_peer(one.journal, other.card)
    for number in range(3):
        c.journal.append("note", {"n": number}, recipients=["A"])
        exchange_all(*parties)
    for party in parties:
        for info in party.journal.journals():
            receipts = [one for one in party.journal.entries(info.origin) if one.kind == "receipt"]
            assert receipts
            assert all(one.refused is None for one in receipts)

"""Deadlines, silences, escalation; and above all: nothing shows acknowledged but what was acknowledged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.hotline.asking import ANSWER_REACH_S, DATED_MAX, Acknowledgement, Asking, RoleTerms, Silence
from skyaccord.record.fields import EntryRef

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, B = ("skyaccord.journal/A/" + "0" * 16, "skyaccord.journal/B/" + "1" * 16)
ROLES = {
    "duty-officer": RoleTerms(30.0, "deputy"),
    "deputy": RoleTerms(60.0, "representative"),
    "representative": RoleTerms(600.0, None),
}


def ref(sequence: int, origin: str = A) -> EntryRef:
    return EntryRef(origin=origin, sequence=sequence, leaf=f"{sequence:064x}")


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def asking() -> Asking:
    return Asking(lambda _accord, role: ROLES[role])


def answer(of: EntryRef, party: str, sequence: int = 50, seconds: float = 5) -> Acknowledgement:
    origin = A if party == "A" else B
    return Acknowledgement(of, ref(sequence, origin), party, "duty-officer", "N.", at(seconds), False, False)


def silent(of: EntryRef, party: str, role: str, seconds: float) -> Silence:
    return Silence(of, party, role, ROLES[role].acknowledge_within_s, at(seconds))


def test_asked_then_overdue_on_the_second_and_never_without_an_answer_acknowledged() -> None:
    book = asking()
    book.ask(ref(1), "accord", {"A": "duty-officer", "B": "duty-officer"}, T0)
    standing = book.standing(ref(1), "B")
    assert standing is not None
    assert (standing.deadline_at, standing.role) == (at(30), "duty-officer")
    assert not standing.overdue(at(29.999))
    assert standing.overdue(at(30))
    assert not standing.acknowledged
    assert book.standing(ref(1), "C") is None
    assert book.standing(ref(2), "B") is None


def test_an_answer_of_the_right_party_ends_it_whatever_its_role() -> None:
    book = asking()
    book.ask(ref(1), None, {"A": "duty-officer", "B": "duty-officer"}, T0)
    book.acknowledge(answer(ref(1), "B"))
    b, a = book.standing(ref(1), "B"), book.standing(ref(1), "A")
    assert b is not None and a is not None  # noqa: PT018 (for the type checker)
    assert b.acknowledged
    assert not b.overdue(at(1000))
    assert not a.acknowledged
    assert [one.party for one in book.due(at(31), origin=A)] == ["A"]


def test_an_answer_that_comes_before_the_ask_counts() -> None:
    """Journals arrive in any order: B's answer can be here before A's alert."""
    book = asking()
    book.acknowledge(answer(ref(1), "B"))
    book.ask(ref(1), None, {"B": "duty-officer"}, T0)
    standing = book.standing(ref(1), "B")
    assert standing is not None
    assert standing.acknowledged


def test_an_answer_to_another_leaf_is_no_answer() -> None:
    book = asking()
    book.ask(ref(1), None, {"B": "duty-officer"}, T0)
    other = EntryRef(origin=A, sequence=1, leaf="f" * 64)
    book.acknowledge(answer(other, "B"))
    standing = book.standing(ref(1), "B")
    assert standing is not None
    assert not standing.acknowledged


def test_related_entries_answer_for_each_other() -> None:
    book = asking()
    book.ask(ref(1, A), None, {"B": "duty-officer"}, T0)
    book.ask(ref(9, B), None, {"B": "duty-officer"}, T0)
    book.acknowledge(answer(ref(9, B), "B"))
    alone, joined = book.standing(ref(1, A), "B"), book.standing(ref(1, A), "B", [ref(9, B)])
    assert alone is not None and joined is not None  # noqa: PT018
    assert (alone.acknowledged, joined.acknowledged) == (False, True)
    assert book.due(at(40), origin=A, related=lambda _: [ref(9, B)]) == []
    assert len(book.due(at(40), origin=A)) == 1


def test_silence_is_said_once_and_the_next_role_is_asked() -> None:
    book = asking()
    book.ask(ref(1), None, {"B": "duty-officer"}, T0)
    (missed,) = book.due(at(30), origin=A)
    assert (missed.role, missed.deadline_s) == ("duty-officer", 30.0)
    book.silence(silent(ref(1), "B", "duty-officer", 31))
    assert book.due(at(32), origin=A) == []
    standing = book.standing(ref(1), "B")
    assert standing is not None
    assert (standing.role, standing.deadline_at) == ("deputy", at(91))
    assert standing.overdue(at(32)), "the first deadline stays missed while the deputy is asked"
    (missed,) = book.due(at(91), origin=A)
    assert missed.role == "deputy"
    book.silence(silent(ref(1), "B", "deputy", 92))
    book.silence(silent(ref(1), "B", "representative", 700))
    assert book.due(at(10_000), origin=A) == []
    standing = book.standing(ref(1), "B")
    assert standing is not None
    assert standing.overdue(at(10_000))


def test_roles_that_escalate_in_a_circle_end() -> None:
    book = Asking(lambda _accord, role: RoleTerms(10.0, "b" if role == "a" else "a"))
    book.ask(ref(1), None, {"B": "a"}, T0)
    for role, seconds in (("a", 11), ("b", 22)):
        book.silence(Silence(ref(1), "B", role, 10.0, at(seconds)))
    assert book.due(at(1000), origin=A) == []


def test_only_the_journal_that_asked_is_due() -> None:
    book = asking()
    book.ask(ref(1, B), None, {"A": "duty-officer"}, T0)
    assert book.due(at(100), origin=A) == []
    assert len(book.due(at(100), origin=B)) == 1


def test_what_a_peer_asks_costs_a_tick_of_ours_nothing() -> None:
    book = asking()
    for place in range(300):
        book.ask(ref(place, B), "sha256:" + "e" * 64, {"A": "duty-officer"}, T0)
    book.ask(ref(1), None, {"B": "duty-officer"}, T0)
    with patch.object(book, "standing", wraps=book.standing) as looked:
        assert len(book.due(at(31), origin=A)) == 1
        book.received(B, 100, 120, at(5))
        assert looked.call_count == 1


def test_a_deadline_runs_between_two_receipts_of_ours() -> None:
    """Not from a date set ahead, and not from one set back beyond what its asker had shown us by then."""
    book = asking()
    book.ask(ref(1, B), None, {"A": "duty-officer"}, at(0))
    book.received(B, 0, 1, at(1))
    for place, dated in ((2, at(90_000)), (3, at(-90_000)), (4, at(600))):
        book.ask(ref(place, B), None, {"A": "duty-officer"}, dated)
    book.silence(Silence(ref(3, B), "A", "duty-officer", 30.0, at(-80_000), ref(5, B)))
    book.received(B, 2, 5, at(1000))
    found = {place: book.standing(ref(place, B), "A") for place in (1, 2, 3, 4)}
    due = {place: standing.deadline_at for place, standing in found.items() if standing is not None}
    # entry 3 has come to the deputy, whose minute runs from the silence
    assert due == {1: at(30), 2: at(1030), 3: at(61), 4: at(630)}
    book.received(B, 6, 9, at(5000))
    assert book.standing(ref(2, B), "A") == found[2], "each date is held once"


def test_silences_about_nothing_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skyaccord.hotline.asking.EARLY_SILENCES_MAX", 2)
    book = asking()
    for place in (1, 2, 3):
        book.silence(silent(ref(place), "B", "duty-officer", 31))
    for place in (1, 2, 3):
        book.ask(ref(place), None, {"B": "duty-officer"}, T0)
    assert [len(book.silences(ref(place))) for place in (1, 2, 3)] == [1, 1, 0]
    book.silence(silent(ref(9), "B", "duty-officer", 31))
    book.ask(ref(9), None, {"B": "duty-officer"}, T0)
    assert len(book.silences(ref(9))) == 1, "those that found their ask make room"


events = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 4), st.sampled_from("AB")),
        st.tuples(st.just("answer"), st.integers(0, 4), st.sampled_from("AB")),
        st.tuples(st.just("silence"), st.integers(0, 4), st.sampled_from("AB")),
    ),
    max_size=30,
)


@given(events, st.randoms(use_true_random=False))
def test_acknowledged_means_answered_in_any_order_of_arrival(plan: list, random) -> None:
    """The invariant: acknowledged if and only if there is an answer of that party to that very entry."""

    def told(steps: list) -> Asking:
        book = asking()
        for what, number, party in steps:
            if what == "ask":
                book.ask(ref(number), None, {"A": "duty-officer", "B": "duty-officer"}, T0)
            elif what == "answer":
                book.acknowledge(answer(ref(number), party, 50 + number))
            else:
                book.silence(silent(ref(number), party, "duty-officer", 31))
        return book

    shuffled = plan.copy()
    random.shuffle(shuffled)
    one, other = told(plan), told(shuffled)
    asked = {number for what, number, _ in plan if what == "ask"}
    for number in asked:
        for party in "AB":
            standing = one.standing(ref(number), party)
            assert standing is not None
            assert standing == other.standing(ref(number), party)
            assert standing.acknowledged == (("answer", number, party) in plan)
    assert one.due(at(1000), origin=A) == other.due(at(1000), origin=A)


def test_an_old_answer_to_something_related_does_not_silence_what_is_asked_now() -> None:
    """However the two came to be one event: events join by what the other side says as well."""
    book = asking()
    book.ask(ref(1), None, {"A": "duty-officer"}, T0)
    book.acknowledge(answer(ref(1), "A", seconds=5))
    for sequence, seconds, counts in ((2, 5 + ANSWER_REACH_S, True), (3, 6 + ANSWER_REACH_S, False)):
        book.ask(ref(sequence), None, {"A": "duty-officer"}, at(seconds))
        standing = book.standing(ref(sequence), "A", [ref(1)])
        assert standing is not None
        assert standing.acknowledged is counts
    first = book.standing(ref(1), "A", [ref(2), ref(3)])
    assert first is not None
    assert first.acknowledged, "its own answer counts for ever"
    assert [one.subject for one in book.due(at(10_000), origin=A, related=lambda _: [ref(1)])] == [ref(3)]


def test_a_clock_that_is_far_ahead_delays_no_deadline() -> None:
    """The asker's clock says next week; our own receipt says when it was here."""
    book = asking()
    book.ask(ref(1, B), None, {"A": "duty-officer"}, at(7 * 86_400))
    assert not book.standing(ref(1, B), "A").overdue(at(3600))  # type: ignore[union-attr]
    book.received(B, 0, 3, at(10))
    standing = book.standing(ref(1, B), "A")
    assert standing is not None
    assert (standing.deadline_at, standing.overdue(at(40))) == (at(40), True)
    book.silence(Silence(ref(1, B), "A", "duty-officer", 30.0, at(7 * 86_400), ref(5, B)))
    book.received(B, 4, 6, at(50))
    after = book.standing(ref(1, B), "A")
    assert after is not None
    assert (after.role, after.deadline_at) == ("deputy", at(110))


def test_our_receipt_makes_nothing_later_and_touches_nothing_else() -> None:
    book = asking()
    book.ask(ref(1, B), None, {"A": "duty-officer"}, T0)
    book.ask(ref(9, B), None, {"A": "duty-officer"}, at(7 * 86_400))
    book.received(B, 0, 3, at(10))
    book.received(A, 0, 20, at(10))
    found = [book.standing(ref(place, B), "A") for place in (1, 9)]
    assert [one.deadline_at for one in found if one] == [at(30), at(7 * 86_400 + 30)]


def test_what_waits_for_a_receipt_is_bounded_and_our_own_journal_waits_for_none() -> None:
    """No receipt of ours is about our own entries: kept, they would stay for as long as the node runs."""
    book = Asking(lambda _accord, role: ROLES[role], own=A)
    for number in range(1, DATED_MAX + 3):
        book.ask(ref(number), None, {"B": "duty-officer"}, T0)
        book.ask(ref(number, B), None, {"A": "duty-officer"}, at(-3600))
    book.silence(replace(silent(ref(1), "B", "duty-officer", 30), ref=ref(DATED_MAX + 5)))
    assert (book.undated(A), book.undated(B)) == (0, DATED_MAX)
    book.received(B, 1, DATED_MAX + 2, at(0))
    book.received(B, DATED_MAX + 3, DATED_MAX + 3, at(60))
    assert book.undated(B) == 0


def test_the_date_of_an_entry_that_waits_is_still_held_by_our_receipt() -> None:
    book = Asking(lambda _accord, role: ROLES[role], own=A)
    book.received(B, 1, 1, at(0))
    book.ask(ref(2, B), None, {"A": "duty-officer"}, at(-3600))
    book.received(B, 2, 2, at(10))
    standing = book.standing(ref(2, B), "A")
    assert standing is not None
    assert standing.deadline_at == at(30), "not before the receipt that came before it"

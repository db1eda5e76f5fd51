"""The book of accords: every state, who is missing, what supersedes what, what is refused and why."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.accord.drafting import Changes
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.talks.book import AccordBook
from skyaccord.talks.signing import sign_accord
from tests.accord.samples import SMALL
from tests.talks.world import KEYS, PINS, START, accord, accord_text, header

END = datetime(2021, 1, 1, tzinfo=UTC)
BEFORE = datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def book_of(*signed: tuple[str, LoadedAccord]) -> AccordBook:
    book = AccordBook(PINS)
    for sequence, (party, loaded) in enumerate(signed):
        book.add(header(party, sequence), sign_accord(loaded, party, KEYS[party]))
    return book


def test_proposed_until_every_party_has_signed_the_same_digest() -> None:
    one = accord()
    book = book_of(("A", one))
    standing = book.standing(one.digest, START)
    assert standing is not None
    assert (standing.state, standing.signed_by, standing.missing) == ("proposed", ("A",), ("B",))
    assert "party B has not signed" in standing.reason
    assert book.in_force(START) == ()
    other = accord(Changes(title="Other words"))
    book.add(header("B"), sign_accord(other, "B", KEYS["B"]))
    assert book.in_force(START) == ()
    for digest, party, signed in ((one.digest, "B", other.digest), (other.digest, "A", one.digest)):
        apart = book.standing(digest, START)
        assert apart is not None
        assert f"; {party} signed another text of it, {signed[:19]}" in apart.reason
    book.add(header("B", 1), sign_accord(one, "B", KEYS["B"]))
    assert [loaded.digest for loaded in book.in_force(START)] == [one.digest]
    assert book.get(one.digest) is not None
    assert book.get("sha256:none") is None
    assert book.has_signed("A", one.digest)
    assert not book.has_signed("A", other.digest)


@pytest.mark.parametrize(
    ("sky_time", "state"),
    [
        (BEFORE, "not yet valid"),
        (BEGIN, "in force"),
        (END - timedelta(microseconds=1), "in force"),
        (END, "expired"),
    ],
)
def test_validity_runs_on_sky_time_its_end_excluded(sky_time: datetime, state: str) -> None:
    one = accord(Changes(end=END))
    book = book_of(("A", one), ("B", one))
    standing = book.standing(one.digest, sky_time)
    assert standing is not None
    assert standing.state == state
    assert bool(book.in_force(sky_time)) == (state == "in force")


def test_a_higher_version_in_force_supersedes_a_lower_one() -> None:
    first = accord()
    second = accord(Changes(version=2, start=datetime(2020, 7, 1, tzinfo=UTC)))
    book = book_of(("A", first), ("B", first), ("A", second))
    july = datetime(2020, 7, 2, tzinfo=UTC)
    assert [entry.digest for entry in book.in_force(july)] == [first.digest]  # B has not signed the second
    book.add(header("B", 9), sign_accord(second, "B", KEYS["B"]))
    assert [entry.digest for entry in book.in_force(START)] == [first.digest]  # the second begins later
    assert [entry.digest for entry in book.in_force(july)] == [second.digest]
    standing = book.standing(first.digest, july)
    assert standing is not None
    assert (standing.state, standing.superseded_by) == ("superseded", second.digest)
    assert "version 2" in standing.reason


def test_only_the_same_name_between_the_same_parties_is_superseded() -> None:
    first = accord()
    renamed = accord(Changes(version=2, name="another"))
    three = parse_accord(
        accord_text(Changes(version=3)) + f'\n[[party]]\nid = "C"\nname = "C"\npublic_key = "{PINS["C"]}"\n',
        "x",
    )
    signed = [(party, renamed) for party in "AB"] + [(party, three) for party in "ABC"]
    book = book_of(("A", first), ("B", first), *signed)
    assert {entry.digest for entry in book.in_force(START)} == {first.digest, renamed.digest, three.digest}


def test_two_accords_of_one_version_are_both_watched_and_said_to_be() -> None:
    one, twin = accord(), accord(Changes(title="Twin"))
    book = book_of(*((party, loaded) for loaded in (one, twin) for party in "AB"))
    assert {entry.digest for entry in book.in_force(START)} == {one.digest, twin.digest}
    standing = book.standing(one.digest, START)
    assert standing is not None
    assert "both are watched" in standing.reason


def test_what_is_refused_is_kept_with_its_reason_and_counts_for_nothing() -> None:
    one = accord()
    book = AccordBook({"A": PINS["A"]})
    for number in range(2):  # the same entry twice is one refusal
        with pytest.raises(RefusedError, match="no key is pinned for B"):
            book.add(header("B", 4), sign_accord(one, "B", KEYS["B"]))
        assert len(book.refusals) == 1, number
    assert (book.refusals[0].party, book.refusals[0].sequence) == ("B", 4)
    assert book.standings(START) == ()
    book.pin("B", PINS["B"])
    assert book.add(header("B", 5), sign_accord(one, "B", KEYS["B"])) is not None
    with pytest.raises(RefusedError, match="another accord"):
        book.add(header("A", accord="sha256:" + "0" * 64), sign_accord(one, "A", KEYS["A"]))
    assert book.add(header("A", kind="message"), {"anything": 1}) is None


def test_an_exercise_needs_the_mark_on_its_envelope() -> None:
    drill = accord(Changes(exercise=True))
    book = AccordBook(PINS)
    with pytest.raises(RefusedError, match="not marked exercise"):
        book.add(header("A"), sign_accord(drill, "A", KEYS["A"]))
    assert book.add(header("A", exercise=True), sign_accord(drill, "A", KEYS["A"])) is not None


def test_why_a_file_is_not_in_force_is_one_clear_line() -> None:
    one = accord(Changes(end=END))
    book = book_of(("A", one))
    for loaded, sky_time, words in (
        (one, START, "not in force: party B has not signed"),
        (accord(Changes(end=END, title="Changed")), START, "changed after signing: its digest is sha256:"),
        (accord(Changes(end=END, version=2)), START, "nobody has signed version 2"),
        (accord(Changes(end=END, name="other")), START, "nobody has signed it"),
    ):
        with pytest.raises(AccordError, match=words) as caught:
            book.require_in_force(loaded, sky_time)
        assert "\n" not in str(caught.value)
    book.add(header("B"), sign_accord(one, "B", KEYS["B"]))
    assert book.require_in_force(one, START).state == "in force"
    with pytest.raises(AccordError, match=r"not in force: valid until 2021-01-01"):
        book.require_in_force(one, END)
    with pytest.raises(AccordError, match=r"not in force: valid from 2020-01-01"):
        book.require_in_force(one, BEFORE)
    assert book.require_in_force(parse_accord("# ours\n" + one.text, "x"), START).digest == one.digest


ONE, TWO = accord(), accord(Changes(version=2))
SIGNED = [(party, loaded) for loaded in (ONE, TWO) for party in "AB"]
BODIES = [
    (header(party, n), sign_accord(loaded, party, KEYS[party])) for n, (party, loaded) in enumerate(SIGNED)
]


@given(st.permutations(range(len(BODIES))), st.integers(0, len(BODIES)))
def test_the_order_of_arrival_does_not_matter(order: list[int], twice: int) -> None:
    """Whatever the order, and whatever comes twice: the same standings."""
    book = AccordBook(PINS)
    for index in itertools.chain(order, order[:twice]):
        book.add(*BODIES[index])
    plain = book_of(*SIGNED)
    assert book.standings(START) == plain.standings(START)
    assert [entry.digest for entry in book.in_force(START)] == [TWO.digest]


def test_a_small_accord_is_what_the_tests_think() -> None:
    assert parse_accord(SMALL, "x").accord.validity.start == BEGIN


def test_proposals_that_wait_are_bounded_and_what_the_other_side_signed_is_still_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("skyaccord.talks.book.PROPOSALS_MAX", 2)
    monkeypatch.setattr("skyaccord.talks.book.REFUSALS_SHOWN_MAX", 3)
    book = AccordBook(PINS)
    versions = [accord(Changes(version=number)) for number in range(1, 8)]
    for number, one in enumerate(versions[:2]):
        book.add(header("B", number), sign_accord(one, "B", KEYS["B"]))
    for number, one in enumerate(versions[2:], start=2):
        with pytest.raises(RefusedError, match="2 accords waiting"):
            book.add(header("B", number), sign_accord(one, "B", KEYS["B"]))
    assert len(book.standings(START)) == 2
    assert [refusal.sequence for refusal in book.refusals] == [4, 5, 6]
    book.add(header("A", 0), sign_accord(versions[6], "A", KEYS["A"]))
    book.add(header("B", 7), sign_accord(versions[6], "B", KEYS["B"]))
    assert [one.digest for one in book.in_force(START)] == [versions[6].digest]
    book.add(header("A", 1), sign_accord(versions[0], "A", KEYS["A"]))
    book.add(header("B", 8), sign_accord(versions[3], "B", KEYS["B"]))


def test_who_signs_twice_has_signed_when_it_signed_first() -> None:
    one = accord()
    book = AccordBook(PINS)
    for sequence in (3, 9):
        book.add(header("A", sequence), sign_accord(one, "A", KEYS["A"]))
    standing = book.standing(one.digest, START)
    assert standing is not None
    assert [signature.sequence for signature in standing.signatures] == [3]
    assert (standing.state, standing.missing) == ("proposed", ("B",))

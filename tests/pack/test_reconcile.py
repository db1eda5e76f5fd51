"""Two seeded views of one sky whose differences are known: each is explained rightly, and none is invented.

What a cause rests on is taken away in turn: the explanation must go with it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.times import parse_utc
from skyaccord.pack.coverage import Coverage
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.making import Pack, make_pack
from skyaccord.pack.side_by_side import Line
from tests.pack.views import SKY, Meeting, Two, View, two_views

WINDOW = Window(SKY, SKY + timedelta(days=1))
SAME = (Meeting(1, 200), Meeting(2, 230))
UNHEARD, AT_THE_LIMIT, ELSEWHERE = Meeting(3, 200), Meeting(4, 230, 2.95), Meeting(5, 200)
IN_THE_GAP, OTHER_RULE = Meeting(6, 560), Meeting(7, 860)
GAP = (470.0, 650.0)
NEW_RULE_S = 650


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """B does not hear one aircraft, loses its feed for three minutes, puts two aircraft elsewhere, and holds
    version 2 of the accord to be in force before A does."""

    def hears(icao24: str, at_s: float) -> bool:
        return icao24 != UNHEARD.pair[0] and not GAP[0] <= at_s < GAP[1]

    meetings = [*SAME, UNHEARD, AT_THE_LIMIT, ELSEWHERE, IN_THE_GAP, OTHER_RULE]
    nudge_nm = {AT_THE_LIMIT.pair[1]: 0.1, ELSEWHERE.pair[1]: 12.0}
    b = View("B", hears, nudge_nm=nudge_nm, version=lambda at_s: 2 if at_s >= NEW_RULE_S else 1)
    made = two_views(tmp_path_factory.mktemp("two"), meetings, View("A"), b, late_s=30)
    yield made
    made.close()


@pytest.fixture(scope="module")
def ledger(two: Two) -> Ledger:
    return two.ledger(two.a)


@pytest.fixture(scope="module")
def pack(ledger: Ledger) -> Pack:
    return make_pack(ledger, WINDOW)


def line(pack: Pack, meeting: Meeting, thing: str = "encounter") -> Line:
    (between,) = pack.reconciliations
    (found,) = [one for one in between.lines if one.row.thing == thing and one.row.aircraft == meeting.pair]
    return found


def causes(pack: Pack, meeting: Meeting, thing: str = "encounter") -> dict[str, tuple[str, ...]]:
    return {one.what: one.names for one in line(pack, meeting, thing).differences}


def test_what_both_saw_alike_is_no_difference(pack: Pack) -> None:
    for meeting in SAME:
        assert line(pack, meeting).differences == ()
        assert line(pack, meeting, "alert").differences == ()
        assert set(line(pack, meeting).row.sides) == {"A", "B"}


def test_an_aircraft_that_one_feed_did_not_hear(pack: Pack) -> None:
    assert causes(pack, UNHEARD) == {"observed": ("one-sensor",)}
    (difference,) = line(pack, UNHEARD).differences
    (cause,) = difference.causes
    assert (cause.party, cause.evidence["icao24"]) == ("B", UNHEARD.pair[0])
    seen = line(pack, UNHEARD).row.of("A")[0]
    assert parse_utc(cause.evidence["silent_from"]) <= seen.start
    assert parse_utc(cause.evidence["silent_to"]) >= seen.end
    assert causes(pack, UNHEARD, "alert") == {"observed": ("one-sensor", "follows")}


def test_a_feed_that_was_down(pack: Pack) -> None:
    assert causes(pack, IN_THE_GAP) == {"observed": ("feed-gap",)}
    (difference,) = line(pack, IN_THE_GAP).differences
    (cause,) = difference.causes
    # the feed counts as down once nothing came for DATA_STALE_S (30 s)
    assert abs((parse_utc(cause.evidence["silent_to"]) - SKY).total_seconds() - GAP[1]) < 35
    assert cause.evidence["coverage"].startswith("B:")


def test_at_the_limit(pack: Pack) -> None:
    assert causes(pack, AT_THE_LIMIT) == {"observed": ("tolerance",)}
    (difference,) = line(pack, AT_THE_LIMIT).differences
    assert difference.causes[0].evidence["horizontal_nm"].endswith("of 3")


def test_another_rule(pack: Pack) -> None:
    assert causes(pack, OTHER_RULE) == {"rule": ("other-rule",)}
    (difference,) = line(pack, OTHER_RULE).differences
    assert difference.values == {"A": "test-sky/1 three", "B": "test-sky/2 four"}
    assert line(pack, OTHER_RULE, "alert").differences[0].names == ("other-rule",)


def test_what_nothing_explains_stays_unexplained(pack: Pack) -> None:
    """B heard both aircraft all the time, and saw no encounter: nobody may make up why."""
    assert causes(pack, ELSEWHERE) == {"observed": ("unexplained",)}
    assert line(pack, ELSEWHERE).differences[0].note == "coverage-whole"


def test_every_event_is_in_exactly_one_line(pack: Pack) -> None:
    (between,) = pack.reconciliations
    laid = [one.ref for line in between.lines for told in line.row.sides.values() for one in told]
    assert len(laid) == len(set(laid)) == len(pack.figures.events)
    counted = sum(one.both + sum(one.alone.values()) for one in between.tallies)
    assert counted == len(between.lines)


def test_without_coverage_on_the_record_nothing_is_said_of_it(ledger: Ledger) -> None:
    """Takes the evidence away: the two causes that rest on it go, and what is left says what is missing."""
    bare = make_pack(replace(ledger, coverage=Coverage()), WINDOW)
    for meeting in (UNHEARD, IN_THE_GAP):
        assert causes(bare, meeting) == {"observed": ("unexplained",)}
        assert line(bare, meeting).differences[0].note == "coverage-not-told"


def test_both_nodes_come_to_the_same_reconciliation_of_what_both_hold(two: Two, pack: Pack) -> None:
    other = make_pack(two.ledger(two.b), WINDOW)
    for thing in ("encounter", "alert"):
        here, there = (
            [
                (one.row.aircraft, [(d.what, d.names, dict(d.values)) for d in one.differences])
                for one in made.reconciliations[0].lines
                if one.row.thing == thing
            ]
            for made in (pack, other)
        )
        assert here == there
    sealed = [one for one in other.reconciliations[0].lines if one.row.thing == "approach"]
    assert sealed
    assert {name for one in sealed for d in one.differences for name in d.names} == {"sealed"}


def test_a_journal_that_has_not_come_yet(ledger: Ledger) -> None:
    held = {**ledger.held, "B": replace(ledger.held["B"], newest=SKY)}
    late = make_pack(replace(ledger, held=held), WINDOW)
    assert causes(late, ELSEWHERE) == {"observed": ("not-held",)}


def test_another_clock(tmp_path: Path) -> None:
    """B's clock is 20 s ahead: the offset is found, and explains every time that differs."""
    meetings = [Meeting(1, 160), Meeting(2, 180), Meeting(3, 200), Meeting(4, 220)]
    two = two_views(tmp_path, meetings, View("A"), View("B", late_s=20.0))
    try:
        pack = make_pack(two.ledger(two.a), WINDOW)
    finally:
        two.close()
    (between,) = pack.reconciliations
    clock = between.clock
    assert clock is not None
    assert (clock.earlier, clock.later, clock.meetings) == ("A", "B", 4)
    assert clock.seconds == pytest.approx(20, abs=1.0)
    for meeting in meetings:
        assert causes(pack, meeting) == {"start": ("other-clock",), "end": ("other-clock",)}
    assert set(between.causes) == {"other-clock"}


def test_a_gap_explains_another_distance_only_where_they_were_closest(tmp_path: Path) -> None:
    """B puts one aircraft of each pair 0.3 NM aside, and did not hear it for 24 s: at one meeting when they
    were closest, at the other half a minute before."""
    then, before = Meeting(1, 160), Meeting(2, 200)

    def hears(icao24: str, at_s: float) -> bool:
        silent = {then.pair[1]: then.at_s, before.pair[1]: before.at_s - 40}
        return icao24 not in silent or abs(at_s - silent[icao24]) > 12

    nudge_nm = {then.pair[1]: 0.3, before.pair[1]: 0.3}
    two = two_views(tmp_path, [then, before], View("A"), View("B", hears, nudge_nm=nudge_nm))
    try:
        pack = make_pack(two.ledger(two.a), WINDOW)
    finally:
        two.close()
    assert causes(pack, then)["distance"] == ("one-sensor",)
    assert causes(pack, before)["distance"] == ("unexplained",)
    assert "distance" not in {d.what for one in pack.reconciliations[0].lines for d in one.differences
                              if one.row.aircraft not in (then.pair, before.pair)}  # fmt: skip


def test_an_alert_follows_from_the_encounter_of_its_own_pair(pack: Pack) -> None:
    """Several encounters that one side alone saw overlap in time: each alert names its own."""
    for meeting in (UNHEARD, ELSEWHERE):
        follows = [
            cause
            for difference in line(pack, meeting, "alert").differences
            for cause in difference.causes
            if cause.name == "follows"
        ]
        (seen,) = line(pack, meeting).row.of("A")
        assert [cause.evidence["encounter"] for cause in follows] == [f"A:{seen.ref.sequence}"]

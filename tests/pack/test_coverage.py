"""What a feed heard: spans and gaps as they were, over the borders of periods, and nothing of positions."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from skyaccord.pack.coverage import AIRCRAFT_MAX, PERIOD_S, SILENT_S, Coverage, CoverageBody, CoverageTaker
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGIN = "skyaccord.journal/B/0000000000000042"


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def told(taker: CoverageTaker) -> Coverage:
    coverage = Coverage()
    for sequence, body in enumerate(taker.made()):
        header = Header(
            origin=ORIGIN, sequence=sequence, previous="0" * 64, kind="coverage", accord=None, recipients=[],
            sky_time=body.end, recorded_at=body.end, exercise=False,
        )  # fmt: skip
        ref = EntryRef(origin=ORIGIN, sequence=sequence, leaf=f"{sequence:064x}")
        assert coverage.add(ref, header, body.model_dump(mode="json"))
    return coverage


def play(seconds: int, *, silent: range = range(0), down: range = range(0)) -> Coverage:
    """a00001 is heard each second but in `silent`; b00001 always; nothing at all in `down`."""
    taker = CoverageTaker()
    for second in range(seconds + 1):
        heard = [] if second in down else [("b00001", at(second).timestamp())]
        if second not in silent and second not in down:
            heard.append(("a00001", at(second).timestamp()))
        taker.take(at(second), heard, live=second not in down)
    taker.end()
    return told(taker)


def test_what_was_heard_all_the_time_has_no_gap_and_all_of_it_is_told() -> None:
    coverage = play(int(2.5 * PERIOD_S))
    assert coverage.gaps("B", "a00001", at(0), at(700)) == []
    assert coverage.told("B", at(0), at(700))
    assert not coverage.told("B", at(0), at(800))
    assert not coverage.told("A", at(0), at(10))


@pytest.mark.parametrize("silent", [range(100, 160), range(280, 340), range(0, 50), range(590, 660)])
def test_a_gap_is_where_it_was_also_over_the_border_of_a_period(silent: range) -> None:
    coverage = play(700, silent=silent)
    (gap,) = coverage.gaps("B", "a00001", at(0), at(700))
    assert gap.icao24 == "a00001"
    assert abs((gap.start - at(silent.start)).total_seconds()) <= 1.1
    assert abs((gap.end - at(silent.stop)).total_seconds()) <= 1.1
    assert coverage.gaps("B", "b00001", at(0), at(700)) == []


def test_a_short_silence_is_no_gap() -> None:
    assert play(300, silent=range(100, 100 + int(SILENT_S) - 1)).gaps("B", "a00001", at(0), at(300)) == []


def test_a_feed_that_is_down_is_said_apart_from_the_aircraft() -> None:
    coverage = play(300, down=range(100, 200))
    kinds = {gap.icao24 for gap in coverage.gaps("B", "a00001", at(0), at(300))}
    assert kinds == {None, "a00001"}
    assert {gap.icao24 for gap in coverage.gaps("B", "a00001", at(0), at(90))} == set()


def test_many_aircraft_make_more_entries_of_the_same_period() -> None:
    taker = CoverageTaker()
    for second in range(4):
        taker.take(
            at(second), [(f"{n:06x}", at(second).timestamp()) for n in range(AIRCRAFT_MAX + 5)], live=True
        )
    taker.end()
    bodies = taker.made()
    assert [len(one.aircraft) for one in bodies] == [AIRCRAFT_MAX, 5]
    assert taker.made() == []


@pytest.mark.parametrize("change", [{"latitude": 1.0}, {"end": "2026-03-02T08:00:00Z"}, {"down": [[5, 1]]}])
def test_a_body_is_strict(change: dict[str, object]) -> None:
    body = {
        "start": "2026-03-02T09:00:00Z",
        "end": "2026-03-02T09:05:00Z",
        "silent_s": 10,
        "down": [],
        "aircraft": [],
    }
    CoverageBody.model_validate(body)
    with pytest.raises(ValidationError):
        CoverageBody.model_validate({**body, **change})

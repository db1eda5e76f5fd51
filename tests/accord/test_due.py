"""What an accord asks for at a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from skyaccord.accord.due import (
    circuit_check_due,
    frequency_fault,
    notice_fault,
    radio_checks_due,
    spoken,
)
from skyaccord.accord.source import load_accord, parse_accord
from skyaccord.base.errors import InputError
from tests.accord.samples import SMALL, WHOLE

ACCORD = load_accord(WHOLE).accord
PLAIN = parse_accord(SMALL, "x").accord
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERYTHING = ("window", "volume", "levels", "count", "class", "contact-role", "frequency")


def test_frequencies_against_the_plan() -> None:
    assert frequency_fault(ACCORD, 121.5) is None
    assert frequency_fault(ACCORD, 130.125, 4) is None
    assert frequency_fault(ACCORD, 130.12504) is None
    assert frequency_fault(ACCORD, 130.135) == (
        "130.135 MHz is not in the frequency plan: guard 121.5, working 130.125"
    )
    assert frequency_fault(ACCORD, 121.5, 3) == "by frequency plan 3, but 4 is in force"
    assert frequency_fault(PLAIN, 1.0) is None


def test_when_the_hotline_must_be_tried() -> None:
    assert circuit_check_due(ACCORD, NOW) == NOW + timedelta(hours=1)
    assert circuit_check_due(PLAIN, NOW) is None


def test_on_which_frequencies_a_radio_check_is_due() -> None:
    assert radio_checks_due(ACCORD, {}, NOW) == ["working"]
    assert radio_checks_due(ACCORD, {"working": NOW - timedelta(seconds=14_399)}, NOW) == []
    assert radio_checks_due(ACCORD, {"working": NOW - timedelta(seconds=14_400)}, NOW) == ["working"]


def test_notices() -> None:
    start = NOW + timedelta(seconds=172_800)
    day = timedelta(days=1)
    assert notice_fault(ACCORD, given=NOW, start=start, end=start + day, holds=EVERYTHING) is None
    late = notice_fault(
        ACCORD, given=NOW + timedelta(seconds=1), start=start, end=start + day, holds=EVERYTHING
    )
    assert late is not None
    assert (late.late, late.too_long, late.missing, late.lead_s) == (True, False, (), 172_799)
    hurry = {"start": NOW + timedelta(seconds=5_400), "end": NOW + day, "holds": EVERYTHING}
    assert notice_fault(ACCORD, given=NOW, emergency=True, **hurry) is None  # type: ignore[arg-type]
    assert notice_fault(ACCORD, given=NOW, **hurry) is not None  # type: ignore[arg-type]
    much = notice_fault(ACCORD, given=NOW, start=start, end=start + 2 * day, holds=EVERYTHING[1:])
    assert much is not None
    assert (much.late, much.too_long, much.missing) == (False, True, ("window",))
    assert notice_fault(PLAIN, given=NOW, start=NOW, end=NOW, holds=()) is None


def test_phrases_in_words() -> None:
    stop = ACCORD.phrase("SAFETY_STOP")
    assert stop is not None
    said = spoken(stop, "en", {"place": "35.1°N 38.2°E", "callsign": "ALFA01"})
    assert said == "Stop near 35.1°N 38.2°E, ALFA01."
    assert spoken(stop, "ru", {"place": "{callsign}"}) == "Стоп у {callsign}, ."
    with pytest.raises(InputError, match=r"needs place \(position\)"):
        spoken(stop, "ar", {})
    with pytest.raises(InputError, match="its parameters: callsign, place"):
        spoken(stop, "en", {"place": "x", "target": "y"})
    bare = stop.model_copy(update={"text": stop.text.model_copy(update={"ar": None})})
    with pytest.raises(InputError, match="no words in 'ar'"):
        spoken(bare, "ar", {"place": "x"})

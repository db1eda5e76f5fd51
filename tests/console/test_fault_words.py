"""Every fault of a phrase is worded in every language of the page, and each of its values has its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from skyaccord.hotline.checking import faults
from skyaccord.hotline.faults import Fault, FaultCode
from skyaccord.hotline.lead import Lead
from skyaccord.hotline.parsing import parse_position
from skyaccord.hotline.phrasebook import built_in, unfit
from skyaccord.hotline.values import FrequencyValue, PositionValue, WordValue
from tests.hotline.test_parsing import ACCORD

CATALOGUES = Path(__file__).resolve().parents[2] / "console" / "src" / "i18n"


def every_fault() -> dict[str, Fault]:
    """One of each kind, by code."""
    far = PositionValue(kind="position", name="place", position=parse_position("35,42"), place="Square")
    nowhere = WordValue(kind="place", name="place", words="over the north")
    other = FrequencyValue(kind="frequency", name="frequency", frequency="other", mhz=123.0)
    earlier = FrequencyValue(kind="frequency", name="frequency", frequency="working", mhz=131.25, plan=None)
    wrong_kind = WordValue(kind="text", name="callsign", words="x")
    found = [
        *faults(ACCORD, "SAFETY_STOP", []),
        *faults(ACCORD, "HOLD", [far, other]),
        *faults(ACCORD, "HOLD", [wrong_kind, earlier]),
        *faults(ACCORD, "NOTICE", [nowhere]),
        *unfit(built_in().phrase("SAFETY_STOP"), [wrong_kind]),
        Lead(50.4, 3600, late=True).fault(),
        Lead(-1, 3600, late=True).fault(),
    ]
    return {one.code: one for one in found}


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_page_words_every_fault_and_leaves_no_place_empty(language: str) -> None:
    catalogue = json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"))
    found = every_fault()
    assert set(found) == set(get_args(FaultCode)), "each code that the node can give is here"
    for code, fault in found.items():
        wanted = set(re.findall(r"\{(\w+)\}", catalogue[f"hotline.fault.{code}"]))
        assert wanted <= set(fault.values), f"{language} {code}"
        assert wanted, f"{language} {code} says of what it speaks"


def test_a_version_that_is_none_is_no_none() -> None:
    fault = every_fault()["plan"]
    assert fault.values == {"named": "–", "in_force": "7"}
    assert fault.text == ("the message names version – of the frequency plan; version 7 is in force")

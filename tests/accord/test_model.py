"""The accord in memory: frozen, strict, in step with the record's own names."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from skyaccord.accord.fields import ShortId
from skyaccord.accord.model import Accord, Area, Circle, Party, Role, Rule, Validity
from skyaccord.accord.source import load_accord
from skyaccord.record.fields import PARTY_PATTERN
from tests.accord.samples import FIRST_EDITION, KEY_A, RICH


def test_nothing_can_be_changed_in_place() -> None:
    accord = load_accord("rule-of-threes").accord
    with pytest.raises(ValidationError):
        accord.version = 2
    with pytest.raises(ValidationError):
        accord.rules[0].horizontal_nm = 1.0
    assert isinstance(accord.rules, tuple)
    assert hash(accord.rules[0]) == hash(accord.rules[0].model_copy())


def test_python_names_and_file_names() -> None:
    """Python makes accords by attribute names, files by their keys; both are one accord."""
    parts = load_accord(FIRST_EDITION).accord
    again = Accord(
        format="skyaccord.accord/1",
        name=parts.name,
        title=parts.title,
        version=parts.version,
        validity=parts.validity,
        parties=parts.parties,
        rules=parts.rules,
        tiers=parts.tiers,
        watch=parts.watch,
        roles=parts.roles,
        conduct=parts.conduct,
        frequencies=parts.frequencies,
        clauses=parts.clauses,
    )
    assert again == parts


def test_times_are_utc_and_half_open() -> None:
    east = timezone(timedelta(hours=3))
    validity = Validity(start=datetime(2020, 1, 1, 3, tzinfo=east), end=datetime(2020, 1, 2, tzinfo=UTC))
    assert validity.start == datetime(2020, 1, 1, tzinfo=UTC)
    assert validity.start.tzinfo == UTC
    assert validity.covers(validity.start)
    assert validity.end is not None
    assert not validity.covers(validity.end)
    assert not validity.covers(validity.start - timedelta(microseconds=1))
    with pytest.raises(ValidationError, match="without a zone"):
        Validity(start=datetime(2020, 1, 1))  # noqa: DTZ001 (what is refused)


def test_finding_parties_and_roles() -> None:
    accord = load_accord(RICH).accord
    assert accord.party("A") is accord.parties[0]
    assert accord.party("Z") is None
    assert accord.role("chief") is accord.roles[1]
    assert accord.role("nobody") is None
    assert accord.first_role.id == "duty-officer"
    assert accord.keyless == ("C-3",)


def test_areas_become_geometry() -> None:
    accord = load_accord(RICH).accord
    seam, around = accord.shapes()
    assert seam.contains([0, 0], [180, 0]).tolist() == [True, False]
    assert around.contains([1, 2], [180, 180]).tolist() == [True, False]
    with pytest.raises(ValidationError, match="exactly one"):
        Area(name="x", polygon=((0, 0), (0, 1), (1, 0)), circle=Circle(latitude=0, longitude=0, radius_nm=1))


def test_ids_are_those_that_the_record_can_carry() -> None:
    pattern = ShortId.__metadata__[0].metadata[0].pattern  # type: ignore[attr-defined]
    assert pattern == PARTY_PATTERN
    for text in ("A", "north-sector_2", "x" * 32):
        assert re.match(pattern, text)
        assert Role(id=text, title="t", acknowledge_within_s=1).id == text
    for text in ("", "-a", "а", "A B", "x" * 33, "*", "A\n"):
        with pytest.raises(ValidationError):
            Party(id=text, name="n")


def test_keys_are_raw_ed25519_in_one_spelling() -> None:
    assert Party(id="A", name="n", public_key=KEY_A).public_key == KEY_A
    assert Party(id="A", name="n", public_key="").public_key is None
    # the last letter before the padding holds two bits that say nothing; only zeros are accepted there
    for text in (
        KEY_A.rstrip("="),
        KEY_A + "=",
        KEY_A[:-2] + "p=",
        " " + KEY_A,
        "é" * 44,
        KEY_A.replace("/", "_"),
    ):
        with pytest.raises(ValidationError, match="Ed25519"):
            Party(id="A", name="n", public_key=text)


def test_limits_hold_both_ways() -> None:
    for changes in (
        {"horizontal_nm": 0.0},
        {"vertical_ft": -1.0},
        {"max_dwell_s": 0.0},
        {"horizontal_nm": 1e9},
    ):
        with pytest.raises(ValidationError):
            Rule.model_validate({"id": "r", "horizontal_nm": 3.0, "vertical_ft": 3000.0, **changes})

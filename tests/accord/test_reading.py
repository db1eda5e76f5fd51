"""Every number with its reading; the remarks before signing; the summary that people read."""

import doctest

import pytest

from skyaccord.accord import reading
from skyaccord.accord.model import Area, Circle, Rule, Validity
from skyaccord.accord.reading import (
    area_reading,
    areas_reading,
    exact,
    limit_reading,
    rule_reading,
    validity_reading,
    watch_readings,
    whole_metres,
)
from skyaccord.accord.sense import remarks
from skyaccord.accord.source import load_accord, parse_accord
from skyaccord.accord.summary import accord_data, accord_lines
from skyaccord.airspace.classes import NAMES
from skyaccord.airspace.units import M_PER_NM
from tests.accord.samples import CLASSES, RICH, SMALL, WHOLE, keyed


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(reading).failed == 0
    assert doctest.testmod(reading).attempted == 2


@pytest.mark.parametrize(
    ("combinator", "max_dwell_s", "expected"),
    [
        (
            "both", 60.5,
            "Both 3 NM horizontally and 3,000 ft vertically must be kept: infringement = either limit "
            "broken; breach = still inside after 60.5 s.",
        ),
        (
            "either", None,
            "Keeping 3 NM horizontally or 3,000 ft vertically is enough: infringement = both limits broken; "
            "its duration alone makes no breach.",
        ),
    ],
)  # fmt: skip
def test_a_rule_says_what_breaks_it(combinator: str, max_dwell_s: float | None, expected: str) -> None:
    rule = Rule.model_validate(
        {
            "id": "r",
            "horizontal_nm": 3,
            "vertical_ft": 3000,
            "combinator": combinator,
            "max_dwell_s": max_dwell_s,
        }
    )
    assert rule_reading(rule) == expected


def test_classes_are_part_of_the_reading() -> None:
    accord = load_accord(CLASSES).accord
    assert rule_reading(accord.rules[1]) == (
        "Between unmanned and any aircraft (an aircraft whose class is not known counts as of every class): "
        "keeping 2 NM horizontally or 500 ft vertically is enough: infringement = both limits broken; "
        "its duration alone makes no breach."
    )
    assert rule_reading(accord.rules[2]).startswith("Between fixed-wing and rotorcraft aircraft (")
    assert accord.watch is not None
    assert watch_readings(accord.watch)[:3] == [
        "20 NM horizontally; recorded, never alarmed",
        "between unmanned and any aircraft: 5 NM",
        "between unmanned and heavy aircraft: 30 NM",
    ]
    assert "    between unmanned and heavy aircraft: 30 NM" in "\n".join(accord_lines(load_accord(CLASSES)))


def test_areas_and_validity() -> None:
    accord = load_accord(RICH).accord
    assert areas_reading(accord) == (
        "Over the antimeridian: polygon of 4 vertices; Round: within 100 NM of 0.000001°S 180°E"
    )
    west = Area(name="w", circle=Circle(latitude=1.5, longitude=-2.0, radius_nm=3.0))
    assert area_reading(west) == "w: within 3 NM of 1.5°N 2°W"
    assert validity_reading(accord.validity) == (
        "from 2024-02-29T20:59:59.250Z until 2025-01-01T00:00:00.000Z"
    )
    assert validity_reading(Validity(start=accord.validity.start)).endswith("with no end")


def test_remarks_before_signing() -> None:
    assert remarks(parse_accord(keyed(), "x").accord) == ()
    draft = parse_accord(SMALL.replace("vertical_ft = 3000", 'vertical_ft = 3000\ncombinator = "both"'), "x")
    found = remarks(draft.accord)
    assert found[:2] == ("draft: party A has no key yet", "draft: party B has no key yet")
    assert "at any horizontal distance" in found[2]
    alone = parse_accord(SMALL.replace('[[party]]\nid = "B"\nname = "Party B"\n', ""), "x")
    assert "at least two" in " ".join(remarks(alone.accord))
    second = '[[role]]\nid = "b"\ntitle = "B"\nacknowledge_within_s = 5\n'
    assert remarks(parse_accord(keyed() + second, "x").accord) == (
        "role duty-officer is asked first and escalates to nobody (ends of chains: duty-officer, b)",
    )


def test_a_remark_where_some_aircraft_are_held_to_no_rule() -> None:
    def told(*pairs: str) -> str:
        first, *others = (f"classes = {pair}" for pair in pairs)
        text = keyed().replace("vertical_ft = 3000", f"vertical_ft = 3000\n{first}")
        for number, other in enumerate(others):
            text += f'[[rule]]\nid = "r{number}"\nhorizontal_nm = 1\nvertical_ft = 500\n{other}\n'
        return " ".join(remarks(parse_accord(text, "x").accord))

    assert "other pairs (light and light, for one) are held to none" in told('["unmanned", "*"]')
    assert "(light and rotorcraft, for one)" in told('["fixed-wing", "fixed-wing"]', '["unmanned", "*"]')
    everything_named = [f'["{name}", "*"]' for name in NAMES if name not in ("*", "fixed-wing")]
    assert "of no class and of no class" in told(*everything_named)
    assert remarks(parse_accord(keyed(CLASSES.read_text(encoding="utf-8")), "x").accord) == ()


def test_the_summary_holds_what_was_agreed() -> None:
    loaded = load_accord(RICH)
    text = "\n".join(accord_lines(loaded))
    assert text.startswith("EXERCISE Every field")
    for words in ("with Member one, Второй участник", "in the parties' words: Fifty metres and",
                  "12.5 NM horizontally", loaded.digest, "frequencies 1, phrases 0, clauses 1"):  # fmt: skip
        assert words in text
    data = accord_data(loaded)
    assert data["keyless"] == ["C-3"]
    assert data["accord"]["validity"]["end"] == "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (3000, "3,000"), (0.5, "0.5"), (12345.678, "12,345.678"), (60000.0, "60,000"),
     (0.026997840172786176, "0.026997840172786176"), (1e-9, "1e-9")],
)  # fmt: skip
def test_numbers_are_read_in_all_their_digits(value: float, text: str) -> None:
    assert reading.exact(value) == text
    assert reading.exact(value, "\u00a0", ",").replace("\u00a0", "").replace(",", ".") == text.replace(
        ",", ""
    )


def test_a_rule_by_area_says_where() -> None:
    said = rule_reading(load_accord(WHOLE).accord.rules[1])
    assert said.startswith("Where either aircraft is in Near: keeping 1 NM horizontally or 500 ft")


def test_limits_agreed_in_metres_are_read_in_metres() -> None:
    rule = Rule(id="r", horizontal_nm=50 / 1852, vertical_ft=49.2125984251968, max_dwell_s=10)
    assert rule_reading(rule).startswith("Keeping 50 m horizontally or 15 m vertically is enough")


@pytest.mark.parametrize("value", [0.5, 0.0625, 3.0, 0.3, 49.21259842, 0.123456789])
def test_other_limits_stay_in_their_own_unit(value: float) -> None:
    assert whole_metres(value, M_PER_NM) is None
    assert limit_reading(value, "NM", M_PER_NM) == f"{exact(value)} NM"

"""docs/accord.md and the format cannot drift apart."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from skyaccord.accord import limits, model
from skyaccord.accord.fields import Term
from skyaccord.accord.reading import rule_reading
from skyaccord.accord.source import load_accord
from skyaccord.airspace.classes import CATEGORIES, NAMES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accord.md").read_text(encoding="utf-8")

SECTIONS = {
    model.Accord: "### At the top",
    model.Validity: "### `[validity]`",
    model.Party: "### `[[party]]`",
    model.Area: "### `[[area]]`",
    model.Circle: "### `[[area]]`",
    model.Rule: "### `[[rule]]`",
    model.Tier: "### `[[tier]]`",
    model.Watch: "### `[watch]`",
    model.WatchClass: "### `[watch]`",
    model.Role: "### `[[role]]`",
    model.Conduct: "### `[[conduct]]`",
    model.Frequency: "### `[[conduct]]`",
    model.Clause: "### `[[conduct]]`",
}


def section(heading: str) -> str:
    start = PAGE.index(heading)
    following = re.search(r"^##", PAGE[start + 4 :], re.MULTILINE)
    return PAGE[start : start + 4 + following.start()] if following else PAGE[start:]


def test_every_model_has_its_section() -> None:
    assert set(SECTIONS) == set(Term.__subclasses__())


@pytest.mark.parametrize("part", SECTIONS, ids=lambda part: part.__name__)
def test_every_field_is_described(part: type[BaseModel]) -> None:
    text = section(SECTIONS[part])
    prefix = f"{part.__name__.lower()}." if part in (model.Conduct, model.Frequency, model.Clause) else ""
    for name, field in part.model_fields.items():
        key = field.alias or name
        if part is model.Accord and key not in ("format", "name", "title", "version", "exercise"):
            assert re.search(rf"^###.*`\[\[?{key}\]\]?`", PAGE, re.MULTILINE), key
        else:
            assert f"`{prefix}{key}`" in text, key


@pytest.mark.parametrize("part", SECTIONS, ids=lambda part: part.__name__)
def test_nothing_is_described_that_is_not_there(part: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in part.model_fields.items()}
    keys |= {f"{part.__name__.lower()}.{key}" for key in keys}
    others = [other for other in SECTIONS if SECTIONS[other] == SECTIONS[part] and other is not part]
    for other in others:
        names = {field.alias or name for name, field in other.model_fields.items()}
        keys |= names | {f"{other.__name__.lower()}.{key}" for key in names}
    described = re.findall(r"^\| `([a-z_.]+)` \|", section(SECTIONS[part]), re.MULTILINE)
    assert described
    assert set(described) <= keys


def test_limits_in_the_text_are_those_of_the_code() -> None:
    for heading, value in (
        ("### `[[rule]]`", limits.HORIZONTAL_NM_MAX),
        ("### `[[rule]]`", limits.VERTICAL_FT_MAX),
        ("### `[[rule]]`", limits.DWELL_S_MAX),
        ("### `[[rule]]`", limits.RULES_MAX),
        ("### `[[tier]]`", limits.LOOKAHEAD_S_MAX),
        ("### `[watch]`", limits.WATCH_NM_MAX),
        ("### `[watch]`", limits.WATCH_CLASSES_MAX),
        ("### `[[role]]`", limits.ACKNOWLEDGE_S_MAX),
        ("### `[[role]]`", limits.ROLES_MAX),
        ("### `[[party]]`", limits.PARTIES_MAX),
        ("### `[[party]]`", limits.MEMBERS_MAX),
        ("### `[[area]]`", limits.AREAS_MAX),
        ("### `[[area]]`", limits.VERTICES_MAX),
        ("### `[[conduct]]`", limits.MHZ_MAX),
        ("## The file", limits.FILE_BYTES_MAX),
        ("## The file", limits.NAME_LENGTH_MAX),
        ("## The file", limits.PROSE_LENGTH_MAX),
    ):
        assert f"{value:,.0f}" in section(heading), (heading, value)


def test_the_quoted_reading_is_the_machines() -> None:
    quoted = " ".join(rule_reading(load_accord("rule-of-threes").accord.rules[0]).split())
    assert quoted in " ".join(PAGE.split())


def test_the_classes_in_the_text_are_those_of_the_code() -> None:
    cells = re.findall(r"\| `([a-z*-]+)`[^|]* \| ([^|]+) (?=\|)", section("#### Classes of aircraft"))
    described = dict(cells)
    assert set(described) == set(NAMES)
    for name, codes in CATEGORIES.items():
        assert described[name] == ", ".join(codes)

"""docs/accord.md and the format cannot drift apart."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from skyaccord.accord import annexes, limits, model, places, procedures, spoken
from skyaccord.accord.fields import Term
from skyaccord.accord.reading import rule_reading
from skyaccord.accord.source import load_accord
from skyaccord.airspace.classes import CATEGORIES, NAMES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accord.md").read_text(encoding="utf-8")

PEOPLE, ENDING, ZONES = "### `[[conduct]]`", "### `[review]`", "### `[[zone]]`"
SECTIONS: dict[type[BaseModel], str] = {
    model.Accord: "### At the top",
    procedures.Languages: "### `[languages]`",
    model.Validity: "### `[validity]`",
    model.Party: "### `[[party]]`",
    model.Area: "### `[[area]]`",
    model.Circle: "### `[[area]]`",
    model.Line: "### `[[line]]`",
    model.Zone: ZONES,
    model.Caution: ZONES,
    model.Rule: "### `[[rule]]`",
    model.Tier: "### `[[tier]]`",
    model.Watch: "### `[watch]`",
    model.WatchClass: "### `[watch]`",
    model.Role: "### `[[role]]`",
    procedures.CircuitChecks: "### `[circuit_checks]`",
    procedures.Drills: "### `[drills]`",
    procedures.Notices: "### `[notices]`",
    procedures.IncidentProcedure: "### `[incident]`",
    procedures.Disclosure: "### `[disclosure]`",
    procedures.Retention: "### `[retention]`",
    procedures.RetentionOf: "### `[retention]`",
    procedures.Review: ENDING,
    procedures.Suspension: ENDING,
    procedures.Withdrawal: ENDING,
    model.Conduct: PEOPLE,
    spoken.FrequencyPlan: PEOPLE,
    model.Frequency: PEOPLE,
    model.Clause: PEOPLE,
    model.Phrase: "### `[[phrase]]`",
    spoken.Parameter: "### `[[phrase]]`",
    spoken.Wording: "### `[[phrase]]`",
    procedures.Annex: "### `[[annex]]`",
    annexes.Amendment: "#### The file of an amendment",
}
PREFIXED = {
    model.Conduct: "conduct.",
    model.Frequency: "frequency.",
    model.Clause: "clause.",
    spoken.FrequencyPlan: "frequency_plan.",
    procedures.Review: "review.",
    procedures.Suspension: "suspension.",
    procedures.Withdrawal: "withdrawal.",
    procedures.RetentionOf: "kind.",
}
AT_THE_TOP = ("format", "name", "title", "title_en", "title_ru", "title_ar", "version", "exercise")
BASES = {places.Place, places.Levels}


def every_term(base: type[BaseModel] = Term) -> set[type[BaseModel]]:
    found = set(base.__subclasses__())
    return found | {deeper for child in found for deeper in every_term(child)}


def section(heading: str) -> str:
    start = PAGE.index(heading)
    following = re.search(r"^##", PAGE[start + 4 :], re.MULTILINE)
    return PAGE[start : start + 4 + following.start()] if following else PAGE[start:]


def keys_of(part: type[BaseModel]) -> list[str]:
    return [f"{PREFIXED.get(part, '')}{field.alias or name}" for name, field in part.model_fields.items()]


def test_every_model_has_its_section() -> None:
    own = {term for term in every_term() if term.__module__.startswith("skyaccord.accord.")}
    assert set(SECTIONS) == own - BASES


@pytest.mark.parametrize("part", SECTIONS, ids=lambda part: part.__name__)
def test_every_field_is_described(part: type[BaseModel]) -> None:
    text = section(SECTIONS[part])
    for key in keys_of(part):
        if part is model.Accord and key not in AT_THE_TOP:
            assert re.search(rf"^###.*`\[\[?{key}\]\]?`", PAGE, re.MULTILINE), key
        elif part is annexes.Amendment:
            assert re.search(rf"^{key} = ", text, re.MULTILINE) or key in annexes.PARTS, key
        else:
            assert f"`{key}`" in text, key


@pytest.mark.parametrize("heading", sorted(set(SECTIONS.values())))
def test_nothing_is_described_that_is_not_there(heading: str) -> None:
    keys = {key for part in SECTIONS if SECTIONS[part] == heading for key in keys_of(part)}
    rows = re.findall(r"^\| ((?:`[a-z_.]+`(?:, | or )?)+) \|", section(heading), re.MULTILINE)
    described = {key for row in rows for key in re.findall(r"`([a-z_.]+)`", row)}
    assert described or heading == SECTIONS[annexes.Amendment]
    assert described <= keys


def test_the_amendment_in_the_text_is_one() -> None:
    found = re.search(r"```toml\n(.*?)```", section(SECTIONS[annexes.Amendment]), re.DOTALL)
    assert found is not None
    text = found.group(1).replace("sha256:…", "sha256:" + "0" * 64)
    amendment = annexes.parse_amendment(text, "x").amendment
    after = annexes.amended(load_accord("rule-of-threes").accord, amendment)
    assert annexes.annex_digests(after)["frequencies"][0] == 2


@pytest.mark.parametrize(
    "choices",
    [
        spoken.ParameterKind,
        procedures.NoticePart,
        procedures.Reported,
        procedures.KeptKind,
        procedures.AnnexPart,
    ],
)
def test_every_choice_is_in_the_text(choices: object) -> None:
    for choice in get_args(choices):
        assert f"`{choice}`" in PAGE, choice


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
        ("### `[[line]]`", limits.LINES_MAX),
        ("### `[[line]]`", limits.VERTICES_MAX),
        ("### `[[line]]`", limits.ALTITUDE_FT_MAX),
        ("### `[circuit_checks]`", limits.CHECK_S_MAX),
        ("### `[circuit_checks]`", limits.MISSED_MAX),
        ("### `[drills]`", limits.DAYS_MAX),
        ("### `[notices]`", limits.LEAD_S_MAX),
        ("### `[[phrase]]`", limits.PHRASES_MAX),
        ("### `[[phrase]]`", limits.PARAMETERS_MAX),
        ("### `[[annex]]`", limits.ANNEXES_MAX),
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

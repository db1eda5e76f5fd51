"""Annexes: amended alone, each with its own version and digest; the accord stays what it was."""

import pytest

from skyaccord.accord.annexes import (
    PARTS,
    Amendment,
    amended,
    amended_by_all,
    annex_digest,
    annex_digests,
    load_amendment,
    parse_amendment,
)
from skyaccord.accord.canonical import digest
from skyaccord.accord.model import Accord
from skyaccord.accord.source import AccordFileError, parse_accord
from skyaccord.base.errors import AccordError, UnreadableError
from tests.accord.samples import SMALL

ANNEXED = (
    SMALL
    + """
[[frequency]]
name = "guard"
mhz = 121.5
use = "Guard."

[frequency_plan]
version = 1

[[annex]]
id = "frequencies"
title = "Frequencies"
version = 1
parts = ["frequency", "frequency_plan"]

[[annex]]
id = "rules"
title = "Rules"
version = 3
parts = ["rule"]
"""
)
ACCORD = parse_accord(ANNEXED, "x").accord
HEAD = f"""\
format = "skyaccord.annex/1"
accord = "{digest(ACCORD)}"
annex = "frequencies"
version = 2
"""
PAIR = HEAD + '[frequency_plan]\nversion = 2\n[[frequency]]\nname = "working"\nmhz = 130.5\nuse = "x"\n'


def amendment(text: str = PAIR) -> Amendment:
    return parse_amendment(text, "amendment.toml").amendment


def test_an_annex_is_replaced_whole_and_nothing_else_changes() -> None:
    after = amended(ACCORD, amendment())
    assert [entry.name for entry in after.frequencies] == ["working"]
    assert after.frequency_plan is not None
    assert after.frequency_plan.version == 2
    assert after.annex("frequencies").version == 2  # type: ignore[union-attr]
    same = {"frequencies", "frequency_plan", "annexes"}
    assert after.model_dump(exclude=same) == ACCORD.model_dump(exclude=same)
    assert ACCORD.frequencies[0].name == "guard"


def test_each_annex_has_a_digest_of_its_own() -> None:
    before, after = annex_digests(ACCORD), annex_digests(amended(ACCORD, amendment()))
    assert before["rules"] == after["rules"]
    assert before["frequencies"][0] == 1
    assert after["frequencies"][0] == 2
    assert before["frequencies"][1] != after["frequencies"][1]
    other = parse_accord(ANNEXED.replace("121.5", "121.6"), "x").accord
    assert annex_digest(other, "frequencies") != before["frequencies"][1]
    assert annex_digest(other, "rules") == before["rules"][1]
    named = parse_accord(ANNEXED.replace('name = "small"', 'name = "another"'), "x").accord
    assert annex_digest(named, "rules") != before["rules"][1]


def test_amendments_in_the_order_of_their_versions() -> None:
    third = PAIR.replace("version = 2\n[freq", "version = 3\n[freq").replace("130.5", "131.5")
    assert amended_by_all(ACCORD, [amendment(third), amendment()]).frequencies[0].mhz == 131.5
    assert amended_by_all(ACCORD, []) == ACCORD


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PAIR.replace('annex = "frequencies"', 'annex = "other"'), "no annex 'other'"),
        (PAIR.replace('annex = "frequencies"', 'annex = "rules"'), "is not above version 3"),
        (PAIR + '[[clause]]\ntitle = "t"\ntext = "x"\n', "clause does not stand in this annex"),
        (HEAD + "[frequency_plan]\nversion = 2\n", "makes no sense: a frequency plan without"),
        (PAIR.replace('"frequencies"\nversion = 2', '"rules"\nversion = 4'), "does not stand in this annex"),
        (HEAD.replace('"frequencies"\nversion = 2', '"rules"\nversion = 4'), "makes no sense"),
    ],
)
def test_what_cannot_be_amended(text: str, reason: str) -> None:
    with pytest.raises(AccordError, match=reason):
        amended(ACCORD, amendment(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PAIR.replace("version = 2\n[", "version = 1\n["), "line 4, version"),
        (PAIR.replace("sha256:", "md5:"), "line 2, accord"),
        (PAIR.replace("mhz", "mhs"), "did you mean 'mhz'"),
        (PAIR + "[validity]\n", "unknown key"),
        ("", "the file is empty"),
    ],
)
def test_faults_are_named_by_line(text: str, reason: str) -> None:
    with pytest.raises(AccordFileError, match=reason):
        parse_amendment(text, "amendment.toml")


def test_a_file_that_is_not_there(tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(UnreadableError):
        load_amendment(Path(str(tmp_path)) / "none.toml")


def test_an_amendment_is_no_accord() -> None:
    with pytest.raises(AccordFileError, match="an amendment of an annex, and no accord; sign it with"):
        parse_accord(PAIR, "amendment.toml")


def test_an_unknown_annex_has_no_digest() -> None:
    with pytest.raises(AccordError, match="its annexes: frequencies, rules"):
        annex_digest(ACCORD, "x")


def test_the_parts_are_keys_of_both_files() -> None:
    """Whatever can stand in an annex is a key of the accord, and of an amendment in the same form."""
    of_accord = {info.alias or name: info.annotation for name, info in Accord.model_fields.items()}
    of_amendment = {info.alias or name: info.annotation for name, info in Amendment.model_fields.items()}
    assert set(PARTS) == set(of_amendment) - {"format", "accord", "annex", "version", "start"}
    for part in PARTS:
        assert of_accord[part] == of_amendment[part], part
    never = {"format", "name", "title", "version", "exercise", "languages", "validity", "party", "annex"}
    assert set(PARTS).isdisjoint(never | {"suspension", "withdrawal"})

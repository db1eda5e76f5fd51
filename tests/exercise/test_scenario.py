"""Scenario files: the shipped ones are whole and every step is a command that there is; a wrong one is
refused in one line.
"""

from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import InputError
from skyaccord.cli.app import app
from skyaccord.cli.running import check_act
from skyaccord.exercise.judges import JUDGES
from skyaccord.exercise.running import load_checked
from skyaccord.exercise.scenario import (
    FILE_BYTES_MAX,
    Cut,
    Equipment,
    Expected,
    NamedPlace,
    Scenario,
    shipped,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/skyaccord/exercise/data"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_exercise_is_whole(name: str) -> None:
    scenario, traffic = load_checked(name, check_act)
    assert scenario.name == name
    assert scenario.title.startswith("EXERCISE")
    assert all(scenario.party_of(sign) for sign in traffic.callsigns)
    played = {(one.party, one.role) for one in scenario.officer}
    played |= {(one.party, one.role) for one in scenario.step}
    for one in scenario.expect:
        assert (
            one.what in ("silence", "vacant")
            or one.role is None
            or (one.party, one.role) in played | {(one.party, "duty-officer")}
        )


CALL = 'do = ["hotline", "send", "--text", "EXERCISE. Stop, stop, stop.", "--to", "duty-officer"]'


def doing(*words: str) -> tuple[str, str]:
    return CALL, f"do = {list(words)!r}".replace("'", '"')


WRONG = [
    (('title = "EXERCISE: ', 'title = "'), "title begins with EXERCISE"),
    (("skyaccord.exercise/1", "skyaccord.exercise/9"), "format: "),
    (('name = "contact-away"', 'name = "Contact away"'), "name: "),
    (("speed = 10.0", "speed = 1000.0"), "speed"),
    (("speed = 10.0", "speed = nan"), "speed"),
    (("speed = 10.0", "speed = 10.0\ntarget = 1"), "target: there is no such field"),
    (("lasts_s = 320", "lasts_s = 100"), "a step at 170 s comes after the end, 100 s"),
    (("at_s = 30\n", "at_s = 30\nafter_end = true\n"), "at_s, or after_end"),
    (("09:00:00Z", "09:00:00"), "no time zone"),
    (("quiet.scn", "none.scn"), "traffic: cannot be read (No such file or directory)"),
    (("quiet.scn", "../quiet.scn"), "traffic: "),
    (("[parties]", "[parties"), "no TOML"),
    (('BRAVO = "B"', ""), "BRAVO35 belongs to no party"),
    (('BRAVO = "B"', 'BRAVO = "C"'), "parties.BRAVO"),
    (('role = "deputy"', 'role = "gunner"'), "officer.0.role"),
    (("delay_s = 7", "delay_s = -1"), "officer.0.delay_s"),
    (('what = "escalated"', 'what = "victory"'), "expect.0.what"),
    (('what = "escalated"', 'what = "escalated"\naircraft = "ALFA99"'), "ALFA99 does not fly in quiet.scn"),
    (("[[step]]", "[[cut]]\nat_s = 9\nuntil_s = 3\n\n[[step]]"), "until_s is after at_s"),
    (("[[step]]", "[[cut]]\nat_s = 9\nuntil_s = 400\n\n[[step]]"), "the line stays cut at the end"),
    (("[[officer]]", '[[officer]]\nparty = "B"\nrole = "deputy"\n\n[[officer]]'), "two automatic officers"),
    (("sign = true", "sign = false"), "a step signs the accord (sign = true), or does a command"),
    (doing("hotline", "radio", "BRAVO36"), "step.2: there is no command `skyaccord hotline radio BRAVO36`"),
    (doing("hotline", "send", "--txt", "x"), "step.2: `skyaccord hotline send`: No such option: --txt"),
    (doing("hotline", "ack"), "step.2: `skyaccord hotline ack`: Missing argument"),
    (doing("hotline", "ack", "{last}"), "step.2.do: {last} stands for nothing"),
    (doing("hotline", "ack", "A:1", "--node", "x"), "step.2.do: --node is given by the exercise itself"),
    (doing("journal", "erase"), "`skyaccord journal erase` is nothing that a person signs"),
    (doing("node", "serve", "x"), "`skyaccord node serve` is nothing that a person signs"),
    (("about = ", "about = 3 # "), "about: "),
]


@pytest.mark.parametrize(("change", "what"), WRONG)
def test_a_wrong_one_is_refused_in_one_line(change: tuple[str, str], what: str, tmp_path: Path) -> None:
    text = (DATA / "contact-away.toml").read_text("utf-8")
    assert change[0] in text
    own = tmp_path / "own.toml"
    own.write_text(text.replace(*change, 1), encoding="utf-8")
    (tmp_path / "quiet.scn").write_text((DATA / "quiet.scn").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_checked(str(own), check_act)
    assert what in str(refused.value)
    assert str(refused.value).startswith(str(own))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"", "own.toml: format: "),
        (b"\x00", "no TOML"),
        (b"x = " + b"[" * 5000, "own.toml"),
        (b"lasts_s = " + b"9" * 5000, "own.toml"),
        (b"#" * (FILE_BYTES_MAX + 1), "is larger than"),
        (b"start = 2015-99-10T09:00:00Z", "own.toml"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused_in_one_line(content: bytes, what: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes(content)
    with pytest.raises(InputError) as refused:
        load_checked(str(own), check_act)
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


def test_nothing_is_made_of_a_wrong_one(tmp_path: Path) -> None:
    """Told before the nodes are made, as any wrong input: one line, exit status 2."""
    own = tmp_path / "own.toml"
    own.write_text("title = 1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["exercise", "run", str(own), "--dir", str(tmp_path / "day")])
    assert isinstance(done.exception, InputError)
    assert done.exception.exit_code == 2
    assert not (tmp_path / "day").exists()


def test_an_unknown_name() -> None:
    with pytest.raises(InputError, match="contact-away"):
        load_checked("nothing-like-it", check_act)


def test_every_expectation_has_its_judge() -> None:
    assert set(JUDGES) == set(get_args(Expected))


def test_the_page_names_every_field_expectation_and_exercise() -> None:
    page = (ROOT / "docs/exercise.md").read_text("utf-8")
    parts = (Scenario, Cut, NamedPlace, Equipment)
    fields = {name for part in parts for name in part.model_fields}
    for name in (*shipped(), *sorted(fields), *get_args(Expected)):
        assert f"`{name}`" in page, name

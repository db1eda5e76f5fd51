"""Scenario files: the shipped ones are whole; a wrong one is refused in one line."""

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.exercise.scenario import Scenario, load_scenario, shipped

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/skyaccord/exercise/data"


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_exercise_is_whole(name: str) -> None:
    scenario, traffic = load_scenario(name)
    assert scenario.name == name
    assert scenario.title.startswith("EXERCISE")
    assert scenario.expect
    assert all(scenario.party_of(sign) for sign in traffic.callsigns)
    for step in scenario.step:
        assert step.sign or step.do[0] in ("hotline", "incident", "accord", "talks")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (('title = "EXERCISE: ', 'title = "'), "title begins with EXERCISE"),
        (("speed = 10.0", "speed = 1000.0"), "speed"),
        (("speed = 10.0", "speed = 10.0\ntarget = 1"), "target"),
        (("at_s = 30", "at_s = 30\nafter_end = true"), "at_s, or after_end"),
        (("09:00:00Z", "09:00:00"), "no time zone"),
        (("drill.scn", "none.scn"), "traffic cannot be read"),
        (("[parties]", "[parties"), "no TOML"),
    ],
)
def test_a_wrong_one_is_refused(change: tuple[str, str], what: str, tmp_path: Path) -> None:
    text = (DATA / "contact-away.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "own.toml").write_text(text.replace(*change, 1), encoding="utf-8")
    (tmp_path / "drill.scn").write_text((DATA / "drill.scn").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_scenario(str(tmp_path / "own.toml"))
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_name() -> None:
    with pytest.raises(InputError, match="contact-away"):
        load_scenario("nothing-like-it")


def test_the_page_names_every_field_and_exercise() -> None:
    page = (ROOT / "docs/exercise.md").read_text("utf-8")
    for name in (*shipped(), *Scenario.model_fields):
        assert f"`{name}`" in page, name

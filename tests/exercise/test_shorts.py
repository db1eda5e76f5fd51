"""Each failure as a short scenario, rehearsed: it passes, and not once its requirement is taken away."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from skyaccord.exercise.scenario import Scenario, shipped
from skyaccord.exercise.terms import write_terms
from skyaccord.record.cards import Card
from tests.exercise.rehearsal import rehearse

FULL = "october-2015"  # played for real, in test_story.py


@pytest.mark.parametrize("name", [one for one in shipped() if one != FULL])
def test_a_short_exercise_passes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    score = rehearse(name, tmp_path, monkeypatch)
    assert [one for one in score.judged if not one.met] == []
    assert score.failed == ()


def silence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.node.runtime.missed", lambda *_: [])


def no_roster(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.duty.Roster.vacant", lambda *_: False)


def any_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.places.PLACE_MAX_NM", 6.0)


def any_read_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.places.READ_BACK_MAX_NM", 6.0)


def any_lead(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.lead.notice_fault", lambda *_, **__: None)


def any_volume(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.checking._of_volume", lambda *_: [])


def any_frequency(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.parsing.SAME_MHZ", 300.0)


def no_plan(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.checking.SAME_MHZ", 300.0)


def uncounted_calls(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.line.Line.attempts", lambda _: [])


def two_languages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.phrasebook.LANGUAGES", ("en", "ru"))


def zoneless(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.hotline.parsing.parse_utc", lambda *_, **__: datetime(2016, 7, 17, tzinfo=UTC))


def trusting(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("skyaccord.tracks.marks.low_integrity", lambda nic, _: np.zeros(len(nic), np.bool_))


def only_fixed_wing(patch: pytest.MonkeyPatch) -> None:
    def narrow(scenario: Scenario, cards: Sequence[Card], folder: Path) -> Path:
        path = write_terms(scenario, cards, folder)
        text = path.read_text("utf-8")
        classes = 'id = "threes"\nclasses = ["fixed-wing", "fixed-wing"]'
        path.write_text(text.replace('id = "threes"', classes, 1), encoding="utf-8")
        return path

    patch.setattr("tests.exercise.rehearsal.write_terms", narrow)


def first_come(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "skyaccord.node.hotline_desk.in_order",
        lambda waiting, _: sorted(waiting, key=lambda message: message.ref.sequence),
    )


@pytest.mark.parametrize(
    ("name", "take_away", "missed"),
    [
        ("contact-away", silence, "escalated"),
        ("contact-away", no_roster, "vacant"),
        ("position-wrong", any_place, "refused"),
        ("position-wrong", any_read_back, "read-back-wrong"),
        ("late-notice", any_lead, "late-notice"),
        ("late-notice", any_volume, "refused"),
        ("no-agreed-frequency", any_frequency, "refused"),
        ("no-agreed-frequency", no_plan, "off-plan-radio"),
        ("nobody-answers", silence, "silence"),
        ("nobody-answers", uncounted_calls, "unanswered-radio"),
        ("night-call", two_languages, "three-languages"),
        ("eastern-standard-time", zoneless, "refused"),
        ("spoofed", trusting, "unsure"),
        ("in-no-picture", only_fixed_wing, "alert"),
        ("line-down", first_come, "by-priority"),
    ],
)
def test_without_its_requirement_it_does_not_pass(
    name: str,
    take_away: Callable[[pytest.MonkeyPatch], None],
    missed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_away(monkeypatch)
    score = rehearse(name, tmp_path, monkeypatch)
    assert not score.passed
    assert missed in {one.what for one in score.judged if not one.met}

"""A trial at the node ends as done or failed, whatever happens in its thread."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import InputError
from skyaccord.node import trials
from skyaccord.node.settings_text import settings_text
from skyaccord.node.trials import Asked, Trials
from tests.talks.world import accord_text

SETTINGS = settings_text("A", "Party A") + '\n[trial]\nrecordings = ["day.jsonl"]\n'


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (InputError("no such line", where="day.jsonl"), "day.jsonl: no such line"),
        (OSError("disk"), "the trial came to no end (disk)"),
        (ZeroDivisionError("by\nzero"), "the trial came to no end (ZeroDivisionError: by zero)"),
        (RecursionError(), "the trial came to no end (RecursionError: no reason given)"),
    ],
)
def test_a_trial_that_breaks_off_has_failed_and_another_can_begin(
    fault: Exception, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(trials, "try_on", broken)
    (tmp_path / "node.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "day.jsonl").write_text("", "utf-8")
    trial = Trials(tmp_path)
    for _ in range(2):
        trial.start(Asked("small", "rule.r", "horizontal_nm", ()), accord_text(), None)
        for _ in range(500):
            if trial.row()["state"] != "running":
                break
            time.sleep(0.01)
        assert (trial.row()["state"], trial.row()["error"]) == ("failed", told)

"""A trial at the node ends as done or failed, whatever happens in its thread."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import InputError, LimitError
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


def asked(*values: float) -> Asked:
    return Asked("small", "rule.r", "horizontal_nm", values)


def folder_of(tmp_path: Path, names: str = '"day.jsonl"', size: int = 0) -> Path:
    """A node's folder whose settings name these recordings; the day's has so many bytes."""
    text = settings_text("A", "Party A") + f"\n[trial]\nrecordings = [{names}]\n"
    (tmp_path / "node.toml").write_text(text, "utf-8")
    (tmp_path / "day.jsonl").write_bytes(b"x" * size)
    return tmp_path


def test_recordings_larger_than_the_limit_are_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "RECORDINGS_MIB_MAX", 1)
    monkeypatch.setattr(trials, "try_on", lambda *_, **__: pytest.fail("it was read"))
    trial = Trials(folder_of(tmp_path, size=2 * trials.MIB))
    with pytest.raises(LimitError, match="have 2 MiB; the limit RECORDINGS_MIB_MAX is 1") as caught:
        trial.start(asked(), accord_text(), None)
    assert "name fewer under [trial]" in str(caught.value)
    assert trial.row()["state"] == "none"


def test_all_recordings_of_a_trial_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "RECORDINGS_MIB_MAX", 1)
    folder = folder_of(tmp_path, '"day.jsonl", "night.jsonl"', size=trials.MIB * 3 // 4)
    (folder / "night.jsonl").write_bytes(b"x" * (trials.MIB // 2))
    with pytest.raises(LimitError, match="RECORDINGS_MIB_MAX"):
        Trials(folder).start(asked(), accord_text(), None)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", "no recordings to try a clause on; name them under"),
        ('"none.jsonl"', "none.jsonl: no such recording"),
    ],
)
def test_a_trial_without_its_recordings_says_what_to_do(names: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Trials(folder_of(tmp_path, names)).start(asked(), accord_text(), None)
    assert told in str(caught.value)


def test_one_trial_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on, began = threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> None:
        began.set()
        goes_on.wait(30)
        raise InputError("enough")

    monkeypatch.setattr(trials, "try_on", slow)
    trial = Trials(folder_of(tmp_path))
    trial.start(asked(), accord_text(), None)
    assert began.wait(30)
    with pytest.raises(LimitError, match="a trial is running at this node; wait until it is done"):
        trial.start(asked(2.0, 3.0), accord_text(), None)
    assert trial.row()["state"] == "running"
    goes_on.set()
    for _ in range(500):
        if trial.row()["state"] != "running":
            break
        time.sleep(0.01)
    assert trial.row()["state"] == "failed"


def test_a_field_that_cannot_be_swept_is_refused_before_a_thread_begins(tmp_path: Path) -> None:
    trial = Trials(folder_of(tmp_path))
    with pytest.raises(InputError, match=r"-1\.0 is out of range"):
        trial.start(asked(-1.0), accord_text(), None)
    assert trial.row()["state"] == "none"

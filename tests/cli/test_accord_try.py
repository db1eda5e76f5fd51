"""`skyaccord accord try`: the table, JSON and the report, for a made-up pass of two aircraft."""

import json
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from tests.node.scene import must
from tests.trial.test_counting import draft, passing


def test_a_draft_is_tried_beside_another_and_over_a_sweep(tmp_path: Path) -> None:
    recording = passing(tmp_path, bbbbbb=0.5)
    present, ours = tmp_path / "present.toml", tmp_path / "ours.toml"
    present.write_text(draft(2).text, encoding="utf-8")
    ours.write_text(draft(1).text, encoding="utf-8")
    command = ["accord", "try", ours, "--on", recording, "--beside", present]
    sweep = ["--sweep", "rule.r.horizontal_nm=0.2,1", "--report", tmp_path / "trial.html"]
    shown = must(*command, *sweep)
    assert "the present accord" in shown
    assert "rule.r.horizontal_nm = 0.2 instead of the present accord would have" in shown
    page = (tmp_path / "trial.html").read_text(encoding="utf-8")
    assert "<svg" in page
    data = json.loads(must(*command, *sweep[:2], "--format", "json"))
    counts = {one["label"]: (one["infringements"], one["alerts"]) for one in data["outcomes"]}
    assert counts == {
        "the draft": (1, 1),
        "the present accord": (1, 1),
        "rule.r.horizontal_nm = 0.2": (0, 0),
        "rule.r.horizontal_nm = 1": (1, 1),
    }


def test_a_sweep_of_nothing_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the draft has no field"):
        must("accord", "try", "rule-of-threes", "--on", tmp_path / "none.csv", "--sweep", "rule.x.y=1")

"""The example notebooks run, and what they show is what they showed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NOTEBOOK_BYTES_MAX = 200_000  # with its outputs: small enough to read in a diff


def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_notebook", EXAMPLES / "run_notebook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_showed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_notebook = runner()
    assert path.stat().st_size < NOTEBOOK_BYTES_MAX
    kept = json.loads(path.read_text("utf-8"))
    now = json.loads(path.read_text("utf-8"))
    run_notebook.run(now)
    cells = zip(run_notebook.code_cells(kept), run_notebook.code_cells(now), strict=True)
    for before, after in cells:
        assert before["execution_count"] == after["execution_count"]
        texts = [[output["data"]["text/plain"] for output in cell["outputs"]] for cell in (before, after)]
        assert texts[0] == texts[1], "outputs are old: python examples/run_notebook.py examples/*.ipynb"
    assert [made.name for made in tmp_path.iterdir()] == [f"{path.stem}.html"]


def test_the_last_expression_of_a_cell_is_shown() -> None:
    cell = {"cell_type": "code", "source": ["a = 2\n", "a + 1"]}
    silent = {"cell_type": "code", "source": ["b = a"]}
    notebook = {"cells": [cell, {"cell_type": "markdown", "source": ["#"]}, silent]}
    assert runner().run(notebook)["b"] == 2
    assert cell["outputs"][0]["data"] == {"text/plain": ["3"]}  # type: ignore[index]
    assert silent["outputs"] == []

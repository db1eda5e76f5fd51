"""What the benchmarks write, and what they ask of their surroundings."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from bench.__main__ import BENCHMARKS, main
from bench.table import Report, Row
from bench.timing import in_turn, in_words

from bench import peers

ROOT = Path(__file__).resolve().parents[2]


def imported(path: Path) -> set[str]:
    """First parts of the names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_nothing_that_is_shipped_knows_the_benchmarks() -> None:
    sources = sorted((ROOT / "src").rglob("*.py"))
    assert sources
    knows = re.compile(r"^\s*(?:from|import)\s+(?:bench|tests)\b", re.MULTILINE)
    assert [str(path) for path in sources if knows.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", ["bluesky_peer.py", "pymerkle_peer.py", "traffic_peer.py"])
def test_what_runs_beside_a_peer_needs_nothing_of_ours(name: str) -> None:
    """Its environment has the peer and what that needs, and not this package."""
    assert not imported(ROOT / "bench" / name) & {"bench", "skyaccord", "tests", "polars", "numba"}


def test_every_benchmark_can_be_asked_for_by_name() -> None:
    for name in BENCHMARKS:
        assert callable(importlib.import_module(f"bench.{name}").run)


def test_an_unknown_name_is_refused_and_no_result_written(capsys: pytest.CaptureFixture[str]) -> None:
    results = (ROOT / "bench" / "RESULTS.md").read_bytes()
    assert main(["nonsense"]) == 2
    assert "no benchmark nonsense; there are snapshot, " in capsys.readouterr().err
    assert (ROOT / "bench" / "RESULTS.md").read_bytes() == results


def test_a_missing_peer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.skies import CROWD, make

    from bench import switzerland

    monkeypatch.setenv("SKYACCORD_BENCH_PEERS", str(tmp_path))
    assert peers.bluesky(make(CROWD, 10), 1) is None
    report = switzerland.run()
    assert report.rows == []
    assert "make bench-peers" in report.notes[0]


def test_a_target_is_met_or_not_or_there_is_none() -> None:
    report = Report(notes=["Why."])
    other = Report(rows=[Row("a", "1", "2", "2×", "≥ 1×", met) for met in (True, False, None)])
    report.add(other)
    lines = report.markdown().splitlines()
    assert [line.split("|")[6].strip() for line in lines[2:5]] == ["yes", "**no**", "–"]
    assert lines[-1] == "Why."


def test_taking_turns_and_the_median() -> None:
    calls: list[str] = []
    ticks = iter([0.0, 1.0, 1.0, 3.0, 10.0, 15.0, 15.0, 17.0, 20.0, 22.0, 22.0, 31.0])
    times = in_turn([lambda: calls.append("a"), lambda: calls.append("b")], 3, lambda: next(ticks))
    assert calls == ["a", "b"] * 4  # once each that is not counted
    assert times == [2.0, 2.0]
    assert [in_words(t) for t in (2e-7, 0.0125, 2.5)] == ["0.20 µs", "12.50 ms", "2.50 s"]

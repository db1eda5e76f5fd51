"""`skyaccord scan --report` as people run it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_scan import recording, run
from tests.report.pages import Elements, data_of

__all__ = ["recording"]  # a fixture


def test_report_beside_out_and_format(recording: Path, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    report, out = folder / "day.html", folder / "day.json"
    done = run(
        recording, "--within", "1nm,1000ft", "--out", out, "--report", report, "--attribution", "Data: A & B"
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert f"report written to {report}" in done.stderr.decode()
    assert sorted(path.name for path in folder.iterdir()) == ["day.html", "day.json"]
    page = report.read_text("utf-8")
    seen = Elements(page)
    assert "Data: A & B" in seen.text
    assert "skyaccord scan" in seen.text
    assert "--attribution 'Data: A & B'" in seen.text
    (row,) = json.loads(out.read_text())
    (same,) = data_of(page)["encounters"]
    for name in ("icao24_a", "dwell_s", "cpa_horizontal_nm", "cpa_vertical_ft", "verdict", "quality"):
        assert same[name] == row[name]


def test_a_report_that_cannot_be_written_is_one_clear_line(recording: Path, tmp_path: Path) -> None:
    report, out = tmp_path / "no" / "day.html", tmp_path / "day.json"
    done = run(recording, "--format", "json", "--out", out, "--report", report)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("skyaccord: error: ")
    assert "day.html: cannot be written" in done.stderr.decode()
    assert not out.exists()

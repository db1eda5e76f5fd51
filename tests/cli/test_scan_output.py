"""What `skyaccord scan` shows beside the rows that test_scan.py holds it to."""

from __future__ import annotations

import sys

import polars as pl
import pytest

import skyaccord
from skyaccord.accord.source import parse_accord
from skyaccord.cli.scan_output import Reporter, table_text
from tests.accord.samples import SMALL
from tests.report.pages import crossing, found
from tests.tracks.cleaning.test_zeros import feed


def test_a_wide_terminal_names_the_rule_where_there_are_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "170")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    tight = '[[rule]]\nid = "tight"\nhorizontal_nm = 0.5\nvertical_ft = 500\n'
    several = skyaccord.scan(crossing(), accord=parse_accord(SMALL + tight, "made up"))
    heading, first, second = table_text(several, for_file=False).splitlines()
    assert heading.index("label") < heading.index("rule") < heading.index("quality")
    assert "tight" in first + second
    assert "rule" not in table_text(found(crossing()), for_file=False)
    assert max(map(len, table_text(several, for_file=True).splitlines())) <= 80


def test_doubtful_targets_are_named_under_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    speed = pl.when(pl.col("icao24") < "a00002").then(290.0).otherwise(12.0)
    Reporter().summary(found(feed(10, groundspeed=speed)), None)
    told = capsys.readouterr().err
    assert "10 targets lost to cleaning, all or nearly: look at a00000, a00001 (altitude 0 that" in told
    Reporter().summary(found(feed(10, groundspeed=pl.lit(290.0))), None)
    assert "a00004 (altitude 0 that stands for none) and 5 more" in capsys.readouterr().err

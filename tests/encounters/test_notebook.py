"""Objects in a notebook: they show themselves, briefly, and what strangers sent stays text."""

from __future__ import annotations

import dataclasses
from importlib import resources
from pathlib import Path

import polars as pl

import skyaccord
from skyaccord.accord.source import load_accord
from skyaccord.encounters.notebook import ROWS_MAX
from skyaccord.tracks.readers import read_recording
from tests.report.pages import Elements, crossing, found

DAY = Path(str(resources.files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))
HOSTILE = "<img src=x>"


def test_encounters_show_a_map_and_their_rows_the_gravest_first() -> None:
    near = pl.when(pl.col("icao24") == "bbbb01").then(3050.0).otherwise(pl.col("altitude"))
    shown = found(crossing(3).with_columns(altitude=near))._repr_html_()
    shown_rows = shown[shown.index("<tbody>") :]
    assert shown.count("<svg") == 1 + 3  # the map, and a sign in each row
    assert shown_rows.index("aaaa01") < shown_rows.index("aaaa00") < shown_rows.index("aaaa02")
    assert "3 encounters" in shown
    assert "<script" not in shown


def test_many_rows_are_cut_and_it_is_said() -> None:
    shown = skyaccord.scan(DAY, accord="rule-of-threes")._repr_html_()
    assert shown.count("<tr>") == ROWS_MAX + 1
    assert f"The {ROWS_MAX} gravest of 15" in shown
    assert len(shown) < 120_000


def test_none_and_none_with_tracks() -> None:
    assert "0 encounters" in found(crossing(), "10m,10ft")._repr_html_()
    bare = dataclasses.replace(found(crossing()), evidence=None)
    assert "1 encounter" in bare._repr_html_()


def test_call_signs_stay_text(tmp_path: Path) -> None:
    table = crossing(callsign=pl.lit(HOSTILE))
    encounters = found(table)
    path = tmp_path / "day.csv"
    table.select("timestamp", "icao24", "callsign", "latitude", "longitude", "altitude").write_csv(path)
    for shown in (encounters._repr_html_(), read_recording([path])._repr_html_()):
        assert "<img" not in shown
        assert "img src=x" in Elements(shown).text


def test_a_recording_and_an_accord_say_what_they_are() -> None:
    recording = read_recording([DAY])
    shown = recording._repr_html_()
    assert "41,202 states of 506 aircraft" in shown
    assert "92 refused: no altitude" in shown
    assert "2025-06-02 00:00:00 to 2025-06-02 23:59:59 UTC" in shown
    accord = load_accord("rule-of-threes")
    assert accord.digest in accord._repr_html_()
    assert accord._repr_html_().startswith("<pre>")

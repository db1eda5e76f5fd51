"""`traffic`'s own switzerland sample: `skyaccord.scan` and `traffic`, both from one table in memory, warm.

Three hours of it: for the whole (17 h) traffic takes a quarter of an hour. Ours is checked on the whole.

`make bench-peers` installs `traffic` in an environment of its own. It takes minutes.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import pandas as pd
import polars as pl

from bench.every_second import pairs_each_second
from bench.peers import HOW, traffic_python
from bench.table import Report, Row
from skyaccord import scan
from skyaccord.encounters import Encounters
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.readers import states_from_table

HORIZONTAL_NM: Final = 5.0
VERTICAL_FT: Final = 1000.0
WITHIN: Final = f"{HORIZONTAL_NM:g}nm,{VERTICAL_FT:g}ft"
REPEATS: Final = 11
TARGET: Final = 500.0


def run() -> Report:
    """One row of the table, and every difference between the two sets of pairs explained."""
    report = Report()
    python = traffic_python()
    if python is None:
        report.notes.append(f"`traffic`'s switzerland was left out: traffic is {HOW}.")
        return report
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{name}.parquet" for name in ("whole", "hours", "answer")]
        script = Path(__file__).with_name("traffic_peer.py")
        done = subprocess.run([python, script, *files], check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        whole, table, theirs = (pl.read_parquet(file) for file in files)
        frame = pd.read_parquet(files[1])
    ours = scan(frame, within=WITHIN)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        scan(frame, within=WITHIN)
        times.append(time.perf_counter() - started)
    ours_s, theirs_s = median(times), float(told["seconds"])
    ratio = theirs_s / ours_s
    words, each_is_once = each_once(scan(whole, within=WITHIN), whole)
    report.rows.append(
        Row(
            f"traffic's switzerland, 3 h, {table.height:,} states in a pandas table, 5 NM/1000 ft",
            f"{ours_s * 1e3:.0f} ms",
            f"traffic {told['version']}: {theirs_s:.0f} s",
            f"{ratio:,.0f}×",
            f"≥ {TARGET:.0f}×, each pair once",
            ratio >= TARGET and each_is_once,
        )
    )
    report.notes += [differences(ours, theirs, table), words]
    return report


def each_once(ours: Encounters, table: pl.DataFrame) -> tuple[str, bool]:
    """In words, and whether every pair that is inside at a whole second is found, and none twice at once."""
    states = clean(states_from_table(table).states).states
    each_second = pairs_each_second(states, HORIZONTAL_NM, VERTICAL_FT)
    found = ours.to_polars().sort("icao24_a", "icao24_b", "start_time")
    names = ["icao24_a", "icao24_b"]
    pairs = set(found.select(names).iter_rows())
    beyond = found.filter(pl.concat_list(names).is_in([list(pair) for pair in pairs - each_second]))
    twice = found.filter(pl.col("start_time") < pl.col("end_time").shift(1).over(names)).height
    longest = float(beyond["dwell_s"].to_numpy().max(initial=0.0))
    missing, more = len(each_second - pairs), len(pairs - each_second)
    words = (
        "switzerland, 17 h, every pair at every whole second by interpolation alone "
        f"(`bench/every_second.py`): {len(each_second)} pairs are inside at one, of which {missing} missing "
        f"in ours. {more} only in ours are inside between two seconds, for {longest:.2f} s at most. "
        f"{found.height} encounters of {len(pairs)} pairs, {twice} overlapping another of their pair."
    )
    return words, missing == 0 and twice == 0


def differences(ours: Encounters, theirs: pl.DataFrame, table: pl.DataFrame) -> str:
    """Pairs of both, each once, and why the others differ."""
    key = ["icao24_a", "icao24_b"]
    found = ours.to_polars()
    listed = theirs.select(
        icao24_a=pl.min_horizontal("icao24_x", "icao24_y"), icao24_b=pl.max_horizontal("icao24_x", "icao24_y")
    )
    pairs, listed_once = found.select(key).unique(), listed.unique()
    twice = theirs.select("icao24_x", "icao24_y").unique().height - listed_once.height
    both = pairs.join(listed_once, on=key, how="semi").height
    only_theirs = listed_once.join(pairs, on=key, how="anti").height
    only_ours = found.join(listed_once, on=key, how="anti")
    at_samples = [row for row in only_ours.iter_rows(named=True) if _inside_at_a_sample(row, table)]
    between = only_ours.select(key).unique().height - len(at_samples)
    named = ", ".join(f"{row['icao24_a']}/{row['icao24_b']}" for row in at_samples) or "none"
    return (
        f"switzerland: {both} pairs are in both results ({twice} twice in traffic's), {only_theirs} "
        f"only in traffic's. {between} only in ours break both limits between two samples and at no "
        f"sample that both aircraft share, which is all that traffic compares. Inside at a shared sample "
        f"and yet not listed by traffic, which leaves out the first and the last instant of what two "
        f"flights share: {named}."
    )


def _inside_at_a_sample(row: dict[str, Any], table: pl.DataFrame) -> bool:
    """Whether the pair is well inside (by 0.1 %) at an instant at which both have a sample."""
    from skyaccord.airspace.geodesy import horizontal_distance_m
    from skyaccord.airspace.units import M_PER_NM

    sides = [table.filter(pl.col("icao24") == row[name]) for name in ("icao24_a", "icao24_b")]
    shared = (
        sides[0]
        .join(sides[1], on="timestamp")
        .filter(
            pl.col("timestamp").cast(pl.Datetime("us", "UTC")).is_between(row["start_time"], row["end_time"])
        )
    )
    names = ("latitude", "longitude", "latitude_right", "longitude_right")
    metres = horizontal_distance_m(*(shared[name].to_numpy() for name in names))
    feet = (shared["altitude"] - shared["altitude_right"]).abs().to_numpy()
    return bool(((metres < 4.995 * M_PER_NM) & (feet < 999.0)).any())


if __name__ == "__main__":
    print(run().markdown())

"""What a trial counts: against brute force on a real recording, against the node's own watch, on made-up
passes.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skyaccord.accord.model import Validity
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.feeds import ReplayFeed
from skyaccord.node.policy import policy_of
from skyaccord.node.settings import MonitorSettings
from skyaccord.node.watch import Watch
from skyaccord.separation.crossings import Crossing
from skyaccord.separation.events import AlertCleared, AlertRaised, ApproachClosed, EncounterClosed
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.readers import read_recording
from skyaccord.trial.counting import Trial, try_on
from skyaccord.trial.replaying import rules_for
from skyaccord.trial.variants import Variant, draft_and_present, parse_sweep, swept
from tests.accord.samples import SMALL
from tests.encounters import brute

DAY = Path(__file__).parents[1] / "data" / "adsblol_2025-12-13_KWVI_5nm.jsonl.gz"
FROM, TO = 1765659600, 1765661400  # the busiest half hour at the airfield
FT, NM = 0.3048, 1852.0
START = datetime(2025, 6, 1, 12, tzinfo=UTC)


def draft(horizontal_nm: float = 1, vertical_ft: float = 1000, more: str = "") -> LoadedAccord:
    text = SMALL.replace("horizontal_nm = 3", f"horizontal_nm = {horizontal_nm}")
    text = text.replace("vertical_ft = 3000", f"vertical_ft = {vertical_ft}\nmax_dwell_s = 60")
    return parse_accord(text + more, "draft.toml")


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One hour of the real recording (its licence and attribution: tests/data/LICENCES.md)."""
    path = tmp_path_factory.mktemp("trial") / "hour.jsonl"
    with gzip.open(DAY, "rt", encoding="utf-8") as file:
        lines = [line for line in file if FROM <= json.loads(line)["now"] < TO]
    path.write_text("".join(lines), encoding="utf-8")
    assert len(lines) > 300
    return path


def one(trial: Trial, label: str = "the draft") -> Any:
    return next(outcome for outcome in trial.outcomes if outcome.variant.label == label)


def test_encounters_are_those_of_brute_force_for_every_value_of_a_sweep(hour: Path) -> None:
    sweep = parse_sweep("rule.r.horizontal_nm=0.5,1,2")
    trial = try_on([hour], swept(draft(), sweep))
    states = clean(read_recording([str(hour)]).states).states.filter(~pl.col("onground").fill_null(False))
    flying = states.filter(pl.col("altitude").is_not_null())
    for outcome, miles in zip(trial.outcomes, sweep.values, strict=True):
        expected = brute.encounters(flying, miles * NM, 1000 * FT)
        assert outcome.infringements == len(expected)
        assert outcome.verdicts.get("breach", 0) + outcome.verdicts.get("nmac", 0) >= sum(
            found.end - found.start > 60.0 + 1e-6 for found in expected
        )
    assert [outcome.infringements for outcome in trial.outcomes] == sorted(
        outcome.infringements for outcome in trial.outcomes
    )
    assert trial.outcomes[-1].infringements > trial.outcomes[0].infringements
    near = brute.encounters(flying, 152.4, 30.48)
    assert {outcome.nmac for outcome in trial.outcomes} == {len(near)}


def test_alerts_are_those_that_a_nodes_own_watch_raises(hour: Path) -> None:
    """One pass for all variants raises for each what a node with that accord alone would have raised."""
    variants = swept(draft(), parse_sweep("rule.r.horizontal_nm=0.5,1"))
    trial = try_on([hour], variants)
    for variant, outcome in zip(variants, trial.outcomes, strict=True):
        events = watched(hour, variant)
        raised = [event for event in events if isinstance(event, AlertRaised)]
        cleared = [event for event in events if isinstance(event, AlertCleared)]
        assert outcome.alerts == len(raised) > 0
        assert outcome.nuisance == sum(event.nuisance for event in cleared)


def watched(recording: Path, variant: Variant) -> list[object]:
    """What `skyaccord.node.watch` says under this accord, second by second."""
    states = clean(read_recording([str(recording)]).states).states
    feed = ReplayFeed(states, FeedSettings(files=("hour.jsonl",)))
    policy = MonitorPolicy(
        rules=rules_for([variant], everywhere=False, by_party=False), inter_party_only=False
    )
    heard: list[object] = []
    watch = Watch(feed, policy, on_events=lambda _, events: heard.extend(events))
    now = feed.sky_start
    while now <= feed.sky_end:
        watch.advance(now)
        now += timedelta(seconds=60)
    watch.advance(feed.sky_end)
    return heard


def heard_by_a_watch(recording: Path, policy: MonitorPolicy) -> list[object]:
    """What `skyaccord.node.watch` says under this policy."""
    feed = ReplayFeed(clean(read_recording([str(recording)]).states).states, FeedSettings(files=("x.csv",)))
    heard: list[object] = []
    watch = Watch(feed, policy, on_events=lambda _, events: heard.extend(events))
    now = feed.sky_start
    while now <= feed.sky_end:
        watch.advance(now)
        now += timedelta(seconds=60)
    watch.advance(feed.sky_end)
    heard.extend(watch.monitor.close_all("the recording has ended"))
    return heard


def passing(tmp_path: Path, **offsets: float) -> Path:
    """A CSV: one flies east along 40°N at 300 kt, others fly west toward it, so many miles north of it."""
    rows = ["timestamp,icao24,latitude,longitude,altitude"]
    mile_deg = 1 / 60.007
    for second in range(0, 601, 2):
        along = 300 / 3600 * second / 45.97  # NM at 40°N are 45.97 to a degree of longitude
        when = (START + timedelta(seconds=second)).isoformat()
        rows.append(f"{when},aaaaaa,40,{10 + along:.7f},30000")
        for name, north in offsets.items():
            rows.append(f"{when},{name},{40 + north * mile_deg:.7f},{11.0875 - along:.7f},30000")
    path = tmp_path / "passing.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_pass_is_warned_of_in_time_and_a_near_one_is_nuisance(tmp_path: Path) -> None:
    """600 kt of closure: 30 s of look-ahead before 1 NM. What passes at 2 NM is nothing under a rule of 1
    NM.
    """
    recording = passing(tmp_path, bbbbbb=0.0)
    outcome = one(try_on([recording], draft_and_present(draft(), None)))
    assert (outcome.infringements, outcome.alerts, outcome.nuisance, outcome.not_warned) == (1, 1, 0, 0)
    assert outcome.lead(0.5) == pytest.approx(30, abs=3)
    assert (outcome.nmac, outcome.nmac_missed) == (1, 0)
    away = one(try_on([passing(tmp_path, cccccc=2.0)], draft_and_present(draft(), None)))
    assert (away.infringements, away.alerts, away.nmac) == (0, 0, 0)


def test_a_rule_that_is_too_small_misses_the_nmac(tmp_path: Path) -> None:
    """Limits inside which a warning can only come too late: the alert is not there when the nmac begins."""
    recording = passing(tmp_path, bbbbbb=0.0)
    blind = draft().text.replace("lookahead_s = 30", "lookahead_s = 1")
    blind = blind.replace("horizontal_nm = 1", "horizontal_nm = 0.01").replace(
        "vertical_ft = 1000", "vertical_ft = 50"
    )
    outcome = one(try_on([recording], draft_and_present(parse_accord(blind, "x"), None)))
    assert (outcome.nmac, outcome.nmac_missed) == (1, 1)


def test_with_a_party_map_only_pairs_of_two_parties_count(tmp_path: Path) -> None:
    recording = passing(tmp_path, bbbbbb=0.0, cccccc=0.3)
    everyone = one(try_on([recording], draft_and_present(draft(), None)))
    assert everyone.infringements == 3
    parties = {"aaaaaa": "A", "bbbbbb": "B", "cccccc": "B"}
    between = one(try_on([recording], draft_and_present(draft(), None), party_map=parties))
    assert between.infringements == 2
    assert between.alerts == 2


def test_areas_count_unless_they_are_left_out_and_validity_never_does(tmp_path: Path) -> None:
    area = '\n[[area]]\nname = "far"\ncircle = { latitude = -40, longitude = 10, radius_nm = 50 }\n'
    elsewhere = draft(more=area)
    recording = passing(tmp_path, bbbbbb=0.0)
    assert one(try_on([recording], draft_and_present(elsewhere, None))).alerts == 0
    assert one(try_on([recording], draft_and_present(elsewhere, None), everywhere=True)).alerts == 1
    late = parse_accord(draft().text.replace("2020-01-01", "2090-01-01"), "late")
    assert one(try_on([recording], draft_and_present(late, None))).alerts == 1


PLACES = """
[watch]
horizontal_nm = 10

[[rule]]
id = "wide"
horizontal_nm = 2
vertical_ft = 1000
areas = ["West"]

[[rule]]
id = "light"
horizontal_nm = 6
vertical_ft = 1000
areas = ["East"]
classes = ["light", "light"]

[[area]]
name = "West"
polygon = [[39.5, 9.5], [40.5, 9.5], [40.5, 10.5], [39.5, 10.5]]

[[area]]
name = "East"
polygon = [[39.5, 10.6], [40.5, 10.6], [40.5, 11.5], [39.5, 11.5]]

[[line]]
id = "middle"
points = [[38, 10.0], [41, 10.0]]
parties = ["A", "B"]

[[zone]]
id = "west-of-a"
party = "A"
polygon = [[39.5, 9.5], [40.5, 9.5], [40.5, 10.5], [39.5, 10.5]]
"""


def two_areas(tmp_path: Path) -> Path:
    """Pairs of A and B meet head on, 1.5 NM apart: in the west, in the east, and south of both."""
    rows = ["timestamp,icao24,latitude,longitude,altitude,category"]
    for second in range(0, 401, 2):
        along = 300 / 3600 * second / 45.97
        when = (START + timedelta(seconds=second)).isoformat()
        for number, (south, middle, category) in enumerate(
            ((40.0, 10.0, "A3"), (40.0, 11.0, "A1"), (40.2, 11.0, "A3"), (39.0, 10.0, "A3"))
        ):
            start = middle - 0.36
            rows.append(f"{when},aaaaa{number},{south},{start + along:.7f},30000,{category}")
            rows.append(f"{when},bbbbb{number},{south + 0.025},{middle + 0.36 - along:.7f},30000,{category}")
    path = tmp_path / "two-areas.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


WATCHES = """
[watch]
horizontal_nm = 10

[[watch.class]]
classes = ["light", "*"]
horizontal_nm = 4

[[watch.class]]
classes = ["large", "large"]
horizontal_nm = 20
"""


@pytest.mark.parametrize(("categories", "miss_nm", "approaches"), [
    (("A1", "A1"), 3, 1), (("A1", "A1"), 6, 0), (("A1", "A3"), 6, 0), (("A1", ""), 6, 0),
    (("A3", "A3"), 15, 1), (("A3", "A5"), 15, 0), (("A3", "A5"), 6, 1), (("A3", ""), 15, 1),
])  # fmt: skip
def test_approaches_are_watched_at_the_distance_of_their_classes(
    categories: tuple[str, str], miss_nm: float, approaches: int, tmp_path: Path
) -> None:
    """A pair passes so many miles apart: near enough only under the watch rule of its classes, also for the
    node's own watch.
    """
    loaded = parse_accord(draft().text.replace("[[tier]]", f"{WATCHES}\n[[tier]]", 1), "watches.toml")
    recording = passing(tmp_path, bbbbbb=miss_nm)
    head, *rows = recording.read_text("utf-8").splitlines()
    of = dict(zip(("aaaaaa", "bbbbbb"), categories, strict=True))
    told = [f"{row},{of[row.split(',')[1]]}" for row in rows]
    recording.write_text("\n".join([f"{head},category", *told]) + "\n", encoding="utf-8")
    outcome = one(try_on([recording], draft_and_present(loaded, None)))
    assert outcome.verdicts.get("approach", 0) == approaches
    policy = MonitorPolicy(watches=(loaded.accord.watch,), inter_party_only=False)  # type: ignore[arg-type]
    heard = heard_by_a_watch(recording, policy)
    assert sum(isinstance(event, ApproachClosed) for event in heard) == approaches


def test_areas_classes_lines_and_zones_count_as_the_nodes_own_watch_counts_them(tmp_path: Path) -> None:
    """Against the policy that a node makes of the same accord, on the same sky."""
    text = draft().text.split("[[rule]]")[0] + PLACES + "[[tier]]" + draft().text.split("[[tier]]", 1)[1]
    loaded, recording = parse_accord(text, "places.toml"), two_areas(tmp_path)
    parties = {f"{one * 5}{number}": one.upper() for one in "ab" for number in range(4)}
    outcome = one(try_on([recording], draft_and_present(loaded, None), party_map=parties))
    settings = MonitorSettings(watch_nm=0, own_rule=None)
    always = loaded.accord.model_copy(update={"validity": Validity(start=START - timedelta(days=1))})
    policy = policy_of(settings, [replace(loaded, accord=always)], parties)
    heard = heard_by_a_watch(recording, policy)
    raised = [event for event in heard if isinstance(event, AlertRaised)]
    closed = [event for event in heard if isinstance(event, EncounterClosed)]
    crossed = [event for event in heard if isinstance(event, Crossing)]
    approached = [
        event for event in heard if isinstance(event, ApproachClosed) and not event.contains_encounter
    ]
    assert {event.rule for event in raised} == {"wide", "light"}
    assert {event.pair for event in closed} == {("aaaaa0", "bbbbb0"), ("aaaaa1", "bbbbb1")}
    assert (outcome.alerts, outcome.infringements) == (len(raised), len(closed))
    assert outcome.crossings == len(crossed) > 4
    assert outcome.verdicts["approach"] == len(approached) > 0
    everywhere = one(try_on([recording], draft_and_present(loaded, None), party_map=parties, everywhere=True))
    assert everywhere.infringements > outcome.infringements
    assert everywhere.crossings is None  # left out, and not counted as none
    assert one(try_on([recording], draft_and_present(loaded, None))).crossings is None  # nobody knows whose
    assert (
        one(try_on([recording], draft_and_present(draft(), None))).crossings == 0
    )  # there is nothing to cross

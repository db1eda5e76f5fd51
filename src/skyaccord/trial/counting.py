"""What one accord would have meant on a recording: encounters of the scan beside alerts of the monitor.

infringement, breach, nmac   intervals inside a rule's limits, solved exactly by the scan
approach                     intervals inside the watch rule without one of these
alert                        raised by the monitor, with the gravest tier that it came to
lead time                    from the alert to the beginning of the infringement it was about, seconds
not warned                   infringements that no alert came before
nuisance                     alerts that were cleared without the limits ever being broken
crossing                     of a line, a zone's or a caution area's border, as the node's own watch counts
nmac missed                  intervals nearer than 500 ft and 100 ft that no alert of the accord came before
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from skyaccord.base.errors import InputError
from skyaccord.encounters.question import Question, RuleAsked, question_of
from skyaccord.encounters.search import Inside
from skyaccord.encounters.sky import WholeSky, find
from skyaccord.separation.walk import NMAC_HORIZONTAL_M, NMAC_VERTICAL_M
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.party_map import read_party_map
from skyaccord.tracks.readers import read_recording
from skyaccord.trial.replaying import TIERS, Progress, Raised, Replayed, replay
from skyaccord.trial.variants import Variant

if TYPE_CHECKING:
    from skyaccord.tracks.readers import Source

MAX_GAP_S: Final = 60.0  # as the scan joins samples unless told otherwise
BROKEN: Final = ("infringement", "breach", "nmac")


@dataclass(frozen=True)
class Outcome:
    """What one variant came to. lead_s: of every infringement that was warned of, ascending, seconds.

    crossings: None where the accord has lines, zones or areas of special caution that could not be counted.
    """

    variant: Variant
    verdicts: Mapping[str, int]
    formations: int
    crossings: int | None
    alerts: int
    tiers: Mapping[str, int]
    nuisance: int
    not_confident: int
    not_warned: int
    lead_s: tuple[float, ...]
    nmac: int
    nmac_missed: int

    @property
    def infringements(self) -> int:
        """Intervals in which the limits were broken, of any verdict."""
        return sum(self.verdicts.get(verdict, 0) for verdict in BROKEN)

    def lead(self, share: float) -> float | None:
        """The lead time below which this share of those warned of lies; None without any."""
        if not self.lead_s:
            return None
        return self.lead_s[min(int(share * len(self.lead_s)), len(self.lead_s) - 1)]

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "label": self.variant.label,
            "value": self.variant.value,
            "digest": self.variant.loaded.digest,
            "approaches": self.verdicts.get("approach", 0),
            "infringements": self.infringements,
            "of_formations": self.formations,
            "breaches": self.verdicts.get("breach", 0),
            "crossings": self.crossings,
            "alerts": self.alerts,
            "alerts_by_tier": {tier: self.tiers.get(tier, 0) for tier in TIERS},
            "nuisance": self.nuisance,
            "not_confident": self.not_confident,
            "not_warned": self.not_warned,
            "lead_s": {"least": self.lead(0.0), "tenth": self.lead(0.1), "median": self.lead(0.5)},
            "nmac": self.nmac,
            "nmac_missed": self.nmac_missed,
        }


@dataclass(frozen=True)
class Trial:
    """Outcomes of all variants on the same recordings. outcomes: the draft first."""

    outcomes: tuple[Outcome, ...]
    states: int
    aircraft: int
    start: datetime | None
    end: datetime | None
    everywhere: bool
    by_party: bool
    provenance: Sequence[Source] = field(default=())

    def data(self) -> dict[str, Any]:
        """As JSON."""
        from skyaccord.base.times import format_utc

        return {
            "states": self.states,
            "aircraft": self.aircraft,
            "start": format_utc(self.start) if self.start else None,
            "end": format_utc(self.end) if self.end else None,
            "areas_left_out": self.everywhere,
            "between_parties_only": self.by_party,
            "outcomes": [outcome.data() for outcome in self.outcomes],
        }


def try_on(
    recordings: Sequence[str | Path],
    variants: Sequence[Variant],
    *,
    party_map: str | Path | Mapping[str, str] | None = None,
    everywhere: bool = False,
    timezone: str | None = None,
    input_format: str | None = None,
    keep_ghosts: bool = False,
    reading: Progress | None = None,
    watching: Progress | None = None,
) -> Trial:
    """What each variant would have raised on these recordings.

    party_map: who flies what; then only pairs of two parties of the accord count, as at a node. Without one
    every pair counts. everywhere: leave the accord's areas out. Its validity is left out in any case.
    reading, watching: progress of the two stages. Raises InputError and UnreadableError as the scan does.
    """
    parties = read_party_map(party_map) if isinstance(party_map, str | Path) else dict(party_map or {})
    source = read_recording(
        [str(one) for one in recordings], input_format=input_format, timezone=timezone, progress=reading
    )
    cleaned = clean(source.states, keep_ghosts=keep_ghosts)
    if cleaned.states.is_empty():
        raise InputError("no states are left to try on", where=", ".join(map(str, recordings)))
    sky = WholeSky(cleaned, MAX_GAP_S)
    raised = replay(cleaned.states, variants, parties, everywhere=everywhere, progress=watching)
    outcomes = [
        _outcome(variant, sky, one, parties, everywhere=everywhere)
        for variant, one in zip(variants, raised, strict=True)
    ]
    times = cleaned.states.get_column("timestamp")
    return Trial(
        tuple(outcomes),
        cleaned.states.height,
        cleaned.states.get_column("icao24").n_unique(),
        times.min(),  # type: ignore[arg-type]  # a column of times
        times.max(),  # type: ignore[arg-type]
        everywhere,
        bool(parties),
        source.provenance,
    )


def _outcome(
    variant: Variant, sky: WholeSky, replayed: Replayed, parties: Mapping[str, str], *, everywhere: bool
) -> Outcome:
    question, alerts = _question(variant, everywhere=everywhere), replayed.alerts
    rows = _between(find(sky, question, parties), variant, parties)
    anywhere = () if everywhere else variant.loaded.accord.shapes()
    near = replace(question, rules=(_NMAC,), watch_nm=None, by_class=None, areas=anywhere)
    nmacs = _between(find(sky, near, parties), variant, parties)
    by_pair: dict[tuple[str, str], list[Raised]] = {}
    for alert in alerts:
        by_pair.setdefault(alert.pair, []).append(alert)
    broken = rows.filter(pl.col("verdict").is_in(BROKEN))
    leads = [_lead_s(row, by_pair, row["rule"]) for row in broken.iter_rows(named=True)]
    warned = sorted(lead for lead in leads if lead is not None)
    missed = sum(_lead_s(row, by_pair, None) is None for row in nmacs.iter_rows(named=True))
    return Outcome(
        variant=variant,
        verdicts=dict(rows["verdict"].value_counts().iter_rows()),
        formations=broken.filter(pl.col("label") == "formation").height,
        crossings=_crossings(variant, replayed, counted=bool(parties) and not everywhere),
        alerts=len(alerts),
        tiers=Counter(alert.tier for alert in alerts),
        nuisance=sum(alert.nuisance for alert in alerts),
        not_confident=sum(not alert.confident for alert in alerts),
        not_warned=len(leads) - len(warned),
        lead_s=tuple(warned),
        nmac=nmacs.height,
        nmac_missed=missed,
    )


def _crossings(variant: Variant, replayed: Replayed, *, counted: bool) -> int | None:
    """A 0 that nobody counted would lull: None, unless the accord has nothing that could be crossed."""
    accord = variant.loaded.accord
    return replayed.crossings if counted or not (accord.lines or accord.zones or accord.cautions) else None


_NMAC: Final = RuleAsked("nmac", Inside(NMAC_HORIZONTAL_M, NMAC_VERTICAL_M))


def _question(variant: Variant, *, everywhere: bool) -> Question:
    """What the scan is asked: each rule in its own areas, the watch rule everywhere and by class of aircraft,
    as a node's monitor has it; at any time.
    """
    terms = variant.loaded.accord
    watch = f"{terms.watch.horizontal_nm!r}nm" if terms.watch else None
    asked = question_of(None, variant.loaded, watch)
    rules = tuple(
        replace(found, areas=() if everywhere else terms.shapes_of(rule))
        for found, rule in zip(asked.rules, terms.rules, strict=True)
    )
    return replace(asked, rules=rules, areas=(), start=None, end=None, by_class=terms.watch)


def _between(rows: pl.DataFrame, variant: Variant, parties: Mapping[str, str]) -> pl.DataFrame:
    """Only pairs of two different parties of the accord, where it is known who flies what."""
    if not parties:
        return rows
    named = [party.id for party in variant.loaded.accord.parties]
    a, b = pl.col("party_a"), pl.col("party_b")
    return rows.filter(a.is_in(named) & b.is_in(named) & (a != b))


def _lead_s(
    row: Mapping[str, Any], by_pair: Mapping[tuple[str, str], Iterable[Raised]], rule: str | None
) -> float | None:
    """Seconds from the first alert that was up when the interval began; None if none was raised before it."""
    start = row["start_time"]
    up = [
        (start - alert.raised_at).total_seconds()
        for alert in by_pair.get((row["icao24_a"], row["icao24_b"]), ())
        if rule in (None, alert.rule)
        and alert.raised_at <= start
        and (alert.cleared_at is None or alert.cleared_at >= start)
    ]
    return max(up, default=None)

"""What a scan looks for: rules from two limits or from an accord, and a watch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from skyaccord.airspace.units import Limits, parse_distance_nm, parse_within
from skyaccord.base.errors import InputError
from skyaccord.encounters.search import Inside

if TYPE_CHECKING:
    from skyaccord.accord.model import Watch
    from skyaccord.accord.source import LoadedAccord
    from skyaccord.airspace.areas import Shape

DEFAULT_WITHIN: Final = "5nm,1000ft"
"""Radar separation en route (ICAO Doc 4444), when nothing else is asked for."""


@dataclass(frozen=True)
class RuleAsked:
    """One rule to search for. max_dwell_s: longer inside is a breach; None: never one.

    classes: only pairs of these two classes of aircraft; None: all. areas: it holds where either aircraft is
    in one of these; none: where the question says.
    """

    id: str
    inside: Inside
    max_dwell_s: float | None = None
    classes: tuple[str, ...] | None = None
    areas: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Question:
    """Rules, an optional watch (NM), and where and when they hold (no areas: everywhere).

    by_class: an accord's watch rule, whose distances by class of aircraft take the place of `watch_nm`.
    """

    rules: tuple[RuleAsked, ...]
    watch_nm: float | None = None
    areas: tuple[Shape, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    accord: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    terms: LoadedAccord | None = None
    by_class: Watch | None = None

    def about(self, rule: RuleAsked) -> Question:
        """The same, where this rule holds."""
        return replace(self, areas=rule.areas) if rule.areas else self


def question_of(within: str | None, accord: str | Path | LoadedAccord | None, watch: str | None) -> Question:
    """Read the options. Raises InputError for both kinds of limits at once and for what is not understood."""
    if within is not None and accord is not None:
        raise InputError("both an accord and limits are given", do="give either --accord or --within")
    watch_nm = parse_distance_nm(watch, where="--watch") if watch is not None else None
    asked = {"watch": watch} if watch is not None else {}
    if accord is None:
        limits = parse_within(DEFAULT_WITHIN if within is None else within, where="--within")
        return Question(
            (RuleAsked(str(limits), inside_of(limits)),), watch_nm, asked=asked | {"within": str(limits)}
        )
    from skyaccord.accord.source import load_accord  # costs a tenth of a second, and is seldom needed

    loaded = load_accord(accord) if isinstance(accord, str | Path) else accord
    terms = loaded.accord
    rules = tuple(
        RuleAsked(
            rule.id,
            inside_of(Limits(rule.horizontal_nm, rule.vertical_ft), either_breaks=rule.combinator == "both"),
            rule.max_dwell_s,
            rule.classes,
            terms.shapes_of(rule) if rule.areas else (),
        )
        for rule in terms.rules
    )
    return Question(
        rules,
        watch_nm,
        terms.shapes(),
        terms.validity.start,
        terms.validity.end,
        loaded.digest,
        asked | {"accord": terms.name, "digest": loaded.digest},
        loaded,
    )


def inside_of(limits: Limits, *, either_breaks: bool = False) -> Inside:
    """Limits in metres. either_breaks: the combinator "both", in which breaking either limit infringes."""
    return Inside(limits.horizontal_m, limits.vertical_m, either_breaks)

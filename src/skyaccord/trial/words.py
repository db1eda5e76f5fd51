"""A trial in words and lines: what a delegation reads out, and the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.replaying import TIERS

HEADS: Final = (
    "",
    "approaches",
    "infringements",
    "breaches",
    "crossings",
    "alerts",
    *TIERS,
    "nuisance",
    "not warned",
    "lead s (10 %, median)",
    "nmac",
    "missed",
)


def table(trial: Trial) -> list[tuple[str, ...]]:
    """Heads and one row an outcome."""
    return [HEADS, *(_row(outcome) for outcome in trial.outcomes)]


def _row(one: Outcome) -> tuple[str, ...]:
    tenth, median = one.lead(0.1), one.lead(0.5)
    lead = "–" if tenth is None or median is None else f"{tenth:.0f}, {median:.0f}"
    counts = (
        one.verdicts.get("approach", 0),
        one.infringements,
        one.verdicts.get("breach", 0),
        one.crossings,
        one.alerts,
        *(one.tiers.get(tier, 0) for tier in TIERS),
        one.nuisance,
        one.not_warned,
    )
    return (one.variant.label, *map(str, counts), lead, str(one.nmac), str(one.nmac_missed))


def sentences(trial: Trial) -> list[str]:
    """Each outcome against the reference (the present accord, else the draft), in one sentence."""
    reference = next(
        (one for one in trial.outcomes if one.variant.label == "the present accord"), trial.outcomes[0]
    )
    return [_against(one, reference) for one in trial.outcomes if one is not reference]


def _against(one: Outcome, reference: Outcome) -> str:
    said = f"{one.variant.label} instead of {reference.variant.label} would have {_change(one, reference)}"
    if one.nmac == 0:
        return f"{said}; there was no nmac in this recording."
    missed = "none" if one.nmac_missed == 0 else str(one.nmac_missed)
    return f"{said}, and missed {missed} of the {one.nmac} nmac."


def _change(one: Outcome, reference: Outcome) -> str:
    numbers = f"{one.alerts} alerts instead of {reference.alerts}, {one.nuisance} of them nuisance"
    if one.alerts == reference.alerts:
        return f"raised as many alerts: {one.alerts}"
    if reference.alerts == 0:
        return f"raised {numbers}"
    ratio = one.alerts / reference.alerts
    if 0.45 <= ratio <= 0.55:
        return f"halved the alerts: {numbers}"
    percent = abs(round(100 * (ratio - 1)))
    return f"raised {percent} % {'fewer' if ratio < 1 else 'more'} alerts: {numbers}"


def notes(trial: Trial) -> list[str]:
    """What a reader must know about the numbers."""
    pairs = "pairs of two parties" if trial.by_party else "all pairs: no party map was given"
    area = "areas, lines and zones left out" if trial.everywhere else "each rule in its areas"
    if not trial.by_party and not trial.everywhere and any(_has_places(one) for one in trial.outcomes):
        area += ", lines and zones not counted, because nobody knows whose aircraft they are"
    formations = max((one.formations for one in trial.outcomes), default=0)
    found = [f"{trial.states:,} states of {trial.aircraft:,} aircraft; {pairs}; {area}; validity left out."]
    if formations:
        found.append(f"Up to {formations} infringements are of formations, which keep together by intent.")
    found.append(
        "Encounters are solved exactly on the whole recording; alerts are what the monitor would have raised "
        "second by second with what had been heard by then. Lead time: from the alert to the infringement."
    )
    return found


def _has_places(outcome: Outcome) -> bool:
    accord = outcome.variant.loaded.accord
    return bool(accord.lines or accord.zones or accord.cautions)


def lines(trial: Trial) -> list[str]:
    """The table as text, its sentences and notes under it."""
    rows = table(trial)
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    shown = [_line(row, widths) for row in rows]
    return [*shown, "", *sentences(trial), *notes(trial)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = row
    return "  ".join(
        [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]
    )

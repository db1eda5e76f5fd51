"""A trial in words, in English, Russian and Arabic: the sentences that delegations argue over, and the table
beside them. `en.toml`, `ru.toml`, `ar.toml` beside this file have every word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from skyaccord.base.errors import InputError
from skyaccord.paper.escape import left_to_right
from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.replaying import TIERS
from skyaccord.trial.variants import DRAFT, PRESENT

LANGUAGES: Final = ("en", "ru", "ar")
HALF: Final = (0.45, 0.55)
"""A ratio of alerts that people call half."""


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """Every word by its key. InputError for a language that there is none of."""
    if language not in LANGUAGES:
        raise InputError(f"no trial in {language[:20]!r}", do=f"choose one of {', '.join(LANGUAGES)}")
    return tomllib.loads((resources.files("skyaccord.trial") / f"{language}.toml").read_text("utf-8"))


def word(language: str, key: str, **values: object) -> str:
    """One text of the catalogue, its places filled in."""
    text: str = catalogue(language)[key]
    return text.format(**values)


def label(outcome: Outcome, language: str) -> str:
    """What an outcome is called. A field with its value keeps its direction in a text from right to left."""
    named = {DRAFT: "draft", PRESENT: "present"}.get(outcome.variant.label)
    if named is not None:
        return word(language, named)
    shown = outcome.variant.label
    return left_to_right(shown) if catalogue(language)["direction"] == "rtl" else shown


def table(trial: Trial, language: str = "en") -> list[tuple[str, ...]]:
    """Heads and one row an outcome."""
    return [tuple(catalogue(language)["heads"]), *(_row(one, language) for one in trial.outcomes)]


def _row(one: Outcome, language: str) -> tuple[str, ...]:
    tenth, median = one.lead(0.1), one.lead(0.5)
    lead = "–" if tenth is None or median is None else f"{tenth:.0f}, {median:.0f}"
    counts = (
        one.verdicts.get("approach", 0),
        one.infringements,
        one.verdicts.get("breach", 0),
        word(language, "not_counted") if one.crossings is None else one.crossings,
        one.alerts,
        *(one.tiers.get(tier, 0) for tier in TIERS),
        one.nuisance,
        one.not_warned,
    )
    return (label(one, language), *map(str, counts), lead, str(one.nmac), str(one.nmac_missed))


def sentences(trial: Trial, language: str = "en") -> list[str]:
    """Each outcome against the reference (the present accord, else the draft), in one sentence."""
    reference = next((one for one in trial.outcomes if one.variant.label == PRESENT), trial.outcomes[0])
    return [_against(one, reference, language) for one in trial.outcomes if one is not reference]


def _against(one: Outcome, reference: Outcome, language: str) -> str:
    missed = "no_nmac" if one.nmac == 0 else "none_missed" if one.nmac_missed == 0 else "some_missed"
    return word(
        language,
        "against",
        one=label(one, language),
        reference=label(reference, language),
        change=_change(one, reference, language),
        missed=word(language, missed, missed=one.nmac_missed, nmac=one.nmac),
    )


def _change(one: Outcome, reference: Outcome, language: str) -> str:
    if one.alerts == reference.alerts:
        return word(language, "same", alerts=one.alerts)
    numbers = word(language, "numbers", alerts=one.alerts, before=reference.alerts, nuisance=one.nuisance)
    if reference.alerts == 0:
        return word(language, "raised", numbers=numbers)
    ratio = one.alerts / reference.alerts
    if HALF[0] <= ratio <= HALF[1]:
        return word(language, "halved", numbers=numbers)
    key = "fewer" if ratio < 1 else "more"
    return word(language, key, percent=abs(round(100 * (ratio - 1))), numbers=numbers)


def notes(trial: Trial, language: str = "en") -> list[str]:
    """What a reader must know about the numbers."""

    def grouped(number: int) -> str:
        return f"{number:,}".replace(",", catalogue(language)["thousands"])

    pairs = word(language, "pairs_of_parties" if trial.by_party else "all_pairs")
    area = word(language, "areas_out" if trial.everywhere else "areas_in")
    read = {
        "states": grouped(trial.states),
        "aircraft": grouped(trial.aircraft),
        "pairs": pairs,
        "area": area,
    }
    found = [word(language, "read", **read)]
    if any(one.crossings is None for one in trial.outcomes):
        found.append(word(language, "crossings_left_out" if trial.everywhere else "crossings_unknown"))
    formations = max((one.formations for one in trial.outcomes), default=0)
    if formations:
        found.append(word(language, "formations", formations=formations))
    return [*found, word(language, "method")]


def lines(trial: Trial, language: str = "en") -> list[str]:
    """The table as text, its sentences and notes under it."""
    rows = table(trial, language)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    shown = [_line(row, widths) for row in rows]
    return [*shown, "", *sentences(trial, language), *notes(trial, language)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = row
    return "  ".join(
        [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]
    )

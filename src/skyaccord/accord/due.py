"""What an accord asks for at a moment: pure questions, for whoever watches the clock or checks a message.

frequency_fault     is this frequency in the plan in force, and is the plan the one that is meant?
circuit_check_due   when must the hotline be tried, if nothing is said on it?
radio_checks_due    on which frequencies is a radio check due?
notice_fault        was a notice given in time, for no longer than agreed, with all it must hold?
spoken              a phrase of the phrasebook in words, its places filled in
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from skyaccord.accord.fields import Language
from skyaccord.accord.model import Accord
from skyaccord.accord.reading import exact
from skyaccord.accord.references import PLACE
from skyaccord.accord.spoken import Phrase
from skyaccord.base.errors import InputError

SAME_MHZ: Final = 0.0005
"""Two frequencies nearer than this are one: channels are 8.33 kHz apart, and digits are rounded to 1 kHz."""


def frequency_fault(accord: Accord, mhz: float, edition: int | None = None) -> str | None:
    """Why a frequency in a message is not one of the accord's; None if it is, or if the accord names none.

    edition: of the frequency plan that the sender went by, if the message names it.
    """
    plan = accord.frequency_plan
    if plan is not None and edition is not None and edition != plan.version:
        return f"by frequency plan {edition}, but {plan.version} is in force"
    if not accord.frequencies or any(abs(entry.mhz - mhz) < SAME_MHZ for entry in accord.frequencies):
        return None
    known = ", ".join(f"{entry.name} {exact(entry.mhz)}" for entry in accord.frequencies)
    return f"{exact(mhz)} MHz is not in the frequency plan: {known}"


def circuit_check_due(accord: Accord, last_said: datetime) -> datetime | None:
    """When the hotline must be tried, if nothing has been said on it since; None: never."""
    checks = accord.circuit_checks
    return None if checks is None else last_said + timedelta(seconds=checks.every_s)


def radio_checks_due(accord: Accord, last_checked: Mapping[str, datetime], now: datetime) -> list[str]:
    """Names of the frequencies on which a radio check is due: never checked, or too long ago."""
    due = []
    for entry in accord.frequencies:
        if entry.check_every_s is None:
            continue
        last = last_checked.get(entry.name)
        if last is None or now - last >= timedelta(seconds=entry.check_every_s):
            due.append(entry.name)
    return due


@dataclass(frozen=True)
class NoticeFault:
    """What is wrong with a notice by the accord. lead_s: how long before its window it was given."""

    late: bool
    too_long: bool
    missing: tuple[str, ...]
    lead_s: float


def notice_fault(
    accord: Accord,
    *,
    given: datetime,
    start: datetime,
    end: datetime,
    holds: Collection[str],
    emergency: bool = False,
) -> NoticeFault | None:
    """What the accord finds wrong with a notice; None: nothing, or it says nothing about notices.

    holds: which of "window", "volume", "levels", "count", "class", "contact-role", "frequency" are in it.
    """
    terms = accord.notices
    if terms is None:
        return None
    lead_s = (start - given).total_seconds()
    wanted_s = terms.lead_s
    if emergency and terms.emergency_lead_s is not None:
        wanted_s = terms.emergency_lead_s
    fault = NoticeFault(
        late=lead_s < wanted_s,
        too_long=terms.window_s_max is not None and (end - start).total_seconds() > terms.window_s_max,
        missing=tuple(part for part in terms.required if part not in holds),
        lead_s=lead_s,
    )
    return fault if fault.late or fault.too_long or fault.missing else None


def spoken(phrase: Phrase, language: Language, values: Mapping[str, str]) -> str:
    """A phrase in words. values: by parameter, as text; an optional one may be missing and is left out.

    Raises InputError for a language without words, a missing parameter, or one that the phrase has not.
    """
    words = phrase.text.within(language)
    if words is None:
        raise InputError(f"{phrase.code} has no words in {language!r}")
    names = {parameter.name for parameter in phrase.params}
    for name in values:
        if name not in names:
            known = ", ".join(sorted(names)) or "it has none"
            raise InputError(f"{phrase.code} has no parameter {name!r}", do=f"its parameters: {known}")
    for parameter in phrase.params:
        if parameter.name not in values and not parameter.optional:
            raise InputError(f"{phrase.code} needs {parameter.name} ({parameter.kind})")
    return " ".join(PLACE.sub(lambda place: values.get(place.group(1), ""), words).split())

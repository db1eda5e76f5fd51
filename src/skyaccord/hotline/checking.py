"""What is wrong with a message, said before it is sent: the same checks at command, page and node.

A message that arrives is checked again by its reader's node and shown with what is wrong with it: the other
side's node may have let it through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from skyaccord.accord.model import Accord, Frequency
from skyaccord.accord.spoken import Phrase
from skyaccord.base.errors import InputError
from skyaccord.hotline.faults import Fault
from skyaccord.hotline.phrasebook import book_of, unfit
from skyaccord.hotline.places import Gazetteer
from skyaccord.hotline.values import FrequencyValue, PositionValue, Value, WordValue

SAME_MHZ: Final = 0.003  # channels are 8.33 kHz apart at the closest: nearer is the same one

GUARD: Final = (
    Frequency(name="guard-vhf", mhz=121.5, use="International aeronautical emergency frequency."),
    Frequency(name="guard-uhf", mhz=243.0, use="Military emergency frequency."),
)
"""Stand in where no accord is in force: guard is everybody's."""

NOTICE: Final = "NOTICE"
"""The phrase that says where one is going to fly."""


def faults(accord: Accord | None, code: str | None, values: Iterable[Value]) -> list[Fault]:
    """All that is wrong with a phrase and what fills it, under this accord (None: the built-in book)."""
    given = list(values)
    found: list[Fault] = []
    if code is not None:
        book = book_of(accord)
        phrase: Phrase | None = book.phrases.get(code)
        if phrase is None:
            known = ", ".join(sorted(book.phrases))
            text = f"the phrasebook has no code {code!r}"
            found.append(Fault("code", text, f"it has {known}", {"phrase": code}))
        else:
            found += unfit(phrase, given)
    found += [fault for value in given if (fault := _of_frequency(accord, value)) is not None]
    return found + _of_places(accord, given) + (_of_volume(accord, given) if code == NOTICE else [])


def refuse(found: Iterable[Fault]) -> None:
    """InputError with the first fault, if there is one."""
    for fault in found:
        raise InputError(fault.text, do=fault.do)


def agreed(accord: Accord | None, mhz: float) -> Frequency | None:
    """The entry of the plan in force for this frequency; None: it is not agreed."""
    return next((one for one in plan(accord) if abs(one.mhz - mhz) <= SAME_MHZ), None)


def plan(accord: Accord | None) -> tuple[Frequency, ...]:
    """The frequencies that may be named: the accord's; guard alone without an accord."""
    return GUARD if accord is None else accord.frequencies


def plan_version(accord: Accord | None) -> int | None:
    """The version of the frequency plan in force; None if there is no plan or it has no version."""
    return None if accord is None or accord.frequency_plan is None else accord.frequency_plan.version


def _of_frequency(accord: Accord | None, value: Value) -> Fault | None:
    if not isinstance(value, FrequencyValue):
        return None
    entries = {one.name: one for one in plan(accord)}
    names = ", ".join(f"{one.name} ({one.mhz:g})" for one in entries.values()) or "none"
    entry = entries.get(value.frequency)
    if entry is None or abs(entry.mhz - value.mhz) > SAME_MHZ:
        return Fault(
            "frequency",
            f"{value.frequency} on {value.mhz:g} MHz is not in the frequency plan in force",
            f"the plan has {names}",
            {"frequency": value.frequency, "mhz": value.mhz},
        )
    version = plan_version(accord)
    if value.plan != version:
        return Fault(
            "plan",
            f"the message names version {_version(value.plan)} of the frequency plan; "
            f"version {_version(version)} is in force",
            "take the frequency from the plan in force",
            {"named": _version(value.plan), "in_force": _version(version)},
        )
    return None


def _version(version: int | None) -> str:
    """As it is written: a plan without one has none."""
    return "–" if version is None else str(version)


def _of_places(accord: Accord | None, values: list[Value]) -> list[Fault]:
    """Positions against the place names given with them, in the value itself or in the same phrase."""
    gazetteer = Gazetteer(accord)
    beside = [value.words for value in values if isinstance(value, WordValue) and value.kind == "place"]
    found = []
    for value in values:
        if not isinstance(value, PositionValue) or value.despite_place:
            continue
        for name in [value.place] if value.place else beside:
            check = gazetteer.check(name, value.position)
            if check.agreement == "differs":
                found.append(
                    Fault(
                        "place",
                        f"{value.name} lies {check.distance_nm:.1f} NM from {name}",
                        "correct the position or the name, or say that you mean it (--despite-place)",
                        {
                            "param": value.name,
                            "distance_nm": round(check.distance_nm or 0.0, 1),
                            "place": name,
                        },
                    )
                )
    return found


def _of_volume(accord: Accord | None, values: list[Value]) -> list[Fault]:
    """The places of a notice that are no volume: a name without borders, where the accord names places."""
    gazetteer = Gazetteer(accord)
    named = [value.words for value in values if isinstance(value, WordValue) and value.kind == "place"]
    return [
        Fault(
            "volume",
            f"{name!r} is no place of the accord: a notice says where, with borders",
            f"it has {', '.join(gazetteer.names)}",
            {"place": name},
        )
        for name in named
        if gazetteer.names and not gazetteer.knows(name)
    ]

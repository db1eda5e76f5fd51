"""What a machine does with a rule, said in one sentence of plain words beside the numbers.

The 2023 ledgers of two sides counted the same flights by two readings of one rule (DOMAIN). So every rule
is shown with this sentence, which is made from its numbers and can therefore not disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from skyaccord.accord.canonical import number_text
from skyaccord.accord.model import Accord, Area, Rule, Validity, Watch
from skyaccord.airspace.classes import ANY
from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.base.times import format_utc

DECIMALS_WRITTEN_MAX: Final = 4  # of a limit that a person wrote in its own unit: 0.0625 NM
METRE_SLACK_M: Final = 1e-9  # a file may round its conversion; nothing that flies is placed to a nanometre
_UNKNOWN: Final = "an aircraft whose class is not known counts as of every class"


def exact(value: float, thousands: str = ",", point: str = ".") -> str:
    """A number in all its digits, so that what is read is what is signed: 3,000 or 0.026997840172786176."""
    text = number_text(float(value))
    whole, _, fraction = text.partition(".")
    if whole.isdigit():
        whole = f"{int(whole):,}".replace(",", thousands)
    return f"{whole}{point}{fraction}" if fraction else whole


def whole_metres(value: float, metres: float) -> float | None:
    """The metres in which a limit was agreed that stands as `value` units of `metres` m each, or None.

    50 m is 0.026997840172786176 NM: nobody reads that, and everybody reads 50 m. So: a number with more
    decimals than people write that lies within METRE_SLACK_M of whole metres.

    >>> whole_metres(0.026997840172786176, 1852.0), whole_metres(0.5, 1852.0)
    (50.0, None)
    """
    found = value * metres
    _, _, decimals = number_text(float(value)).partition(".")
    if len(decimals) <= DECIMALS_WRITTEN_MAX or abs(found - round(found)) > METRE_SLACK_M:
        return None
    return float(round(found))


def limit_reading(value: float, unit: str, metres: float) -> str:
    """A limit with its unit, or in metres where it was agreed in metres: "3 NM", "50 m"."""
    agreed = whole_metres(value, metres)
    return f"{exact(value)} {unit}" if agreed is None else f"{exact(agreed)} m"


def rule_reading(rule: Rule) -> str:
    """The rule as the machine reads it.

    >>> rule_reading(Rule(id="r", horizontal_nm=3, vertical_ft=3000, max_dwell_s=180))
    'Keeping 3 NM horizontally or 3,000 ft vertically is enough: infringement = both limits broken; \
breach = still inside after 180 s.'
    """
    horizontal = limit_reading(rule.horizontal_nm, "NM", M_PER_NM)
    vertical = limit_reading(rule.vertical_ft, "ft", M_PER_FT)
    if rule.combinator == "either":
        limits = (
            f"Keeping {horizontal} horizontally or {vertical} vertically is enough: "
            "infringement = both limits broken"
        )
    else:
        limits = (
            f"Both {horizontal} horizontally and {vertical} vertically must be kept: "
            "infringement = either limit broken"
        )
    if rule.classes is not None:
        limits = f"Between {classes_reading(rule.classes)} ({_UNKNOWN}): {limits[0].lower()}{limits[1:]}"
    if rule.areas:
        limits = f"Where either aircraft is in {' or '.join(rule.areas)}: {limits[0].lower()}{limits[1:]}"
    if rule.max_dwell_s is None:
        return f"{limits}; its duration alone makes no breach."
    return f"{limits}; breach = still inside after {exact(rule.max_dwell_s)} s."


def classes_reading(classes: Iterable[str]) -> str:
    """A pair of classes: "unmanned and any aircraft"."""
    return " and ".join("any" if name == ANY else name for name in classes) + " aircraft"


def watch_readings(watch: Watch) -> list[str]:
    """The watch rule, a line for each of its distances."""
    lines = [f"{limit_reading(watch.horizontal_nm, 'NM', M_PER_NM)} horizontally; recorded, never alarmed"]
    for entry in watch.by_class:
        distance = limit_reading(entry.horizontal_nm, "NM", M_PER_NM)
        lines.append(f"between {classes_reading(entry.classes)}: {distance}")
    return [*lines, f"{_UNKNOWN}; the largest that may apply counts"] if watch.by_class else lines


def area_reading(area: Area) -> str:
    """The area in one line."""
    if area.circle is not None:
        circle = area.circle
        return (
            f"{area.name}: within {exact(circle.radius_nm)} NM of "
            f"{_degrees(circle.latitude, 'NS')} {_degrees(circle.longitude, 'EW')}"
        )
    return f"{area.name}: polygon of {len(area.polygon or ())} vertices"


def areas_reading(accord: Accord) -> str:
    """Where the accord runs, in one line."""
    return "; ".join(map(area_reading, accord.areas)) if accord.areas else "everywhere"


def validity_reading(validity: Validity) -> str:
    """When the accord runs, in one line; times are UTC."""
    end = "with no end" if validity.end is None else f"until {format_utc(validity.end)}"
    return f"from {format_utc(validity.start)} {end}"


def _degrees(value: float, letters: str) -> str:
    return f"{exact(abs(value))}°{letters[0] if value >= 0 else letters[1]}"

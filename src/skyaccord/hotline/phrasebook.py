"""The phrasebook: which codes there are, what fills them, how urgent they are, how they read in a language.

Where no accord is in force the built-in book stands in: the phrases of the shipped accord, the same codes. A
code is the message and needs no language; the words are for people, in each one's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from skyaccord.accord.fields import Language
from skyaccord.accord.model import Accord
from skyaccord.accord.source import shipped_text
from skyaccord.accord.spoken import Phrase
from skyaccord.base.errors import InputError
from skyaccord.hotline.faults import Fault
from skyaccord.hotline.values import (
    REFERENCE_SHORT,
    FrequencyValue,
    NumberValue,
    Position,
    PositionValue,
    TimeValue,
    Value,
    WordValue,
)

LANGUAGES: Final[tuple[Language, ...]] = ("en", "ru", "ar")
BUILT_IN_FROM: Final = "rule-of-threes"
PRIORITY: Final[dict[str, int]] = {
    "EMERGENCY": 0,
    "SAFETY_STOP": 0,
    "EMERGENCY_UNDERSTOOD": 1,
    "STOPPING": 1,
    "TURN_AWAY": 1,
    "UNCOORDINATED_FLIGHT": 1,
    "LINE_CROSSED": 1,
    "UNABLE": 1,
    "IDENTIFY": 2,
    "POSITION": 2,
    "POSITION_READ_BACK": 2,
    "SAY_AGAIN": 2,
    "NOTICE": 4,
    "NOTICE_RECEIVED": 4,
    "RADIO_CHECK": 4,
    "RADIO_CHECK_REPLY": 4,
    "CIRCUIT_CHECK": 4,
    "CIRCUIT_OK": 4,
    "GOODWILL": 5,
}
"""By code, 0 the most urgent: lives first, then what is in the air now, then positions, then plans."""
PRIORITY_OF_OTHERS: Final = 3  # free text and a party's own codes: before plans, after what flies
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""First-strong isolate: a call sign or a coordinate keeps its own direction inside an Arabic sentence."""
MISSING: Final = "…"


@dataclass(frozen=True)
class Book:
    """Phrases by code. accord: the digest of the accord they stand in; None: the built-in book."""

    phrases: dict[str, Phrase]
    accord: str | None = None

    def phrase(self, code: str) -> Phrase:
        """The phrase. InputError if the book has no such code."""
        found = self.phrases.get(code)
        if found is None:
            raise InputError(
                f"the phrasebook has no code {code!r}", do=f"it has {', '.join(sorted(self.phrases))}"
            )
        return found


def book_of(accord: Accord | None, digest: str | None = None) -> Book:
    """The accord's book; the built-in one without an accord, or where it has no phrases."""
    if accord is None or not accord.phrasebook:
        return built_in()
    return Book({phrase.code: phrase for phrase in accord.phrasebook}, digest)


@cache
def built_in() -> Book:
    """The phrases of the shipped accord."""
    tables = tomllib.loads(shipped_text(BUILT_IN_FROM))["phrase"]
    phrases = [Phrase.model_validate(table) for table in tables]
    return Book({phrase.code: phrase for phrase in phrases})


def priority(code: str | None) -> int:
    """How urgent a message with this code is; 0 goes first."""
    return PRIORITY_OF_OTHERS if code is None else PRIORITY.get(code, PRIORITY_OF_OTHERS)


def unfit(phrase: Phrase, values: Iterable[Value]) -> list[Fault]:
    """What is wrong with these values for this phrase; nothing if they fit."""
    given = {value.name: value for value in values}
    wanted = {param.name: param for param in phrase.params}
    faults = [
        Fault(
            "missing",
            f"{phrase.code} needs the parameter {param.name} ({param.kind})",
            values={"phrase": phrase.code, "param": param.name},
        )
        for param in phrase.params
        if not param.optional and param.name not in given
    ]
    for name, value in given.items():
        if name not in wanted:
            names = ", ".join(wanted) or "none"
            text = f"{phrase.code} has no parameter {name}; it has {names}"
            faults.append(Fault("unknown", text, values={"phrase": phrase.code, "param": name}))
        elif value.kind != wanted[name].kind:
            text = f"{phrase.code}: {name} is a {wanted[name].kind}, not a {value.kind}"
            kinds = {"wanted": wanted[name].kind, "given": value.kind}
            faults.append(Fault("kind", text, values={"phrase": phrase.code, "param": name, **kinds}))
    return faults


def spoken(phrase: Phrase | None, values: Iterable[Value]) -> dict[str, str]:
    """Language → the phrase in it, filled. Every filled place is isolated, so that it keeps its direction."""
    if phrase is None:
        return {}
    shown = {param.name: MISSING for param in phrase.params}
    shown |= {value.name: f"{ISOLATE}{show(value)}{END_ISOLATE}" for value in values}
    found: dict[str, str] = {}
    for language in LANGUAGES:
        words = phrase.text.within(language)
        if words is not None:
            for name, text in shown.items():
                words = words.replace("{" + name + "}", text)
            found[language] = words
    return found


def show(value: Value) -> str:
    """A value as people read it, the same in every language: digits, UTC, degrees and minutes."""
    if isinstance(value, PositionValue):
        place = f" ({value.place})" if value.place else ""
        return f"{show_position(value.position)}{place}"
    if isinstance(value, TimeValue):
        return show_time(value.time)
    if isinstance(value, FrequencyValue):
        return f"{value.mhz:.3f} MHz ({value.frequency})"
    if isinstance(value, NumberValue):
        if value.reference is not None:
            return f"{value.number:.0f} ({REFERENCE_SHORT[value.reference]})"
        return f"{value.number:03.0f}°" if value.kind == "heading" else f"{value.number:g}"
    assert isinstance(value, WordValue)  # noqa: S101 (the last of the union)
    return value.words


def show_time(moment: datetime) -> str:
    """Date and time in UTC, to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def show_position(position: Position) -> str:
    """Degrees and minutes to the thousandth (2 m), as they are spoken; the height with its reference."""
    text = f"{_angle(position.latitude, 2, 'NS')} {_angle(position.longitude, 3, 'EW')}"
    if position.altitude_ft is not None and position.altitude_reference is not None:
        text += f" {position.altitude_ft:.0f} ft {REFERENCE_SHORT[position.altitude_reference]}"
    return text


def _angle(degrees: float, digits: int, sides: str) -> str:
    thousandths = round(abs(degrees) * 60_000)
    whole, rest = divmod(thousandths, 60_000)
    return f"{whole:0{digits}d}°{rest / 1000:06.3f}′{sides[degrees < 0]}"

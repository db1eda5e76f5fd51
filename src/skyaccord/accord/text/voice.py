"""How the text of an accord speaks in one language: sentences, amounts, dates, and the parties' own words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from skyaccord.accord.model import Accord
from skyaccord.accord.reading import exact, whole_metres
from skyaccord.accord.text.catalogue import Catalogue
from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.paper.blocks import (
    Block,
    Heading,
    Inline,
    Paragraph,
    Run,
    code,
    figure,
    filled,
    joined,
    name,
    text,
)

_NO_BREAK: Final = "\u00a0"
_UNITS_S: Final = (("day", 86_400.0), ("h", 3_600.0), ("min", 60.0))


class Voice:
    """The words of one accord in one language."""

    def __init__(self, accord: Accord, words: Catalogue) -> None:
        self.accord = accord
        self.words = words

    def say(self, key: str, **values: Run | Inline) -> Inline:
        """A string of the catalogue with its places filled in."""
        return filled(self.words.text(key), values)

    def heading(self, key: str, **values: Run | Inline) -> Heading:
        return Heading(self.say(key, **values))

    def part(self, key: str, **values: Run | Inline) -> Heading:
        return Heading(self.say(key, **values), level=3)

    def paragraph(self, *sentences: Inline) -> list[Block]:
        """Sentences one after another; nothing if there are none."""
        said = [sentence for sentence in sentences if sentence]
        return [Paragraph(joined(said))] if said else []

    def amount(self, unit: str, value: float) -> Inline:
        """A number with its unit in the right plural, which stay on one line."""
        form = self.words.plural(f"unit.{unit}", value).replace("{n} ", "{n}" + _NO_BREAK)
        return filled(form, {"n": figure(self.words.number(value))})

    def distance(self, value_nm: float) -> Inline:
        """A distance in nautical miles, or in metres where it was agreed in metres."""
        return self._limit("nm", value_nm, M_PER_NM)

    def height(self, value_ft: float) -> Inline:
        """A vertical limit in feet, or in metres where it was agreed in metres."""
        return self._limit("ft", value_ft, M_PER_FT)

    def _limit(self, unit: str, value: float, metres: float) -> Inline:
        agreed = whole_metres(value, metres)
        return self.amount(unit, value) if agreed is None else self.amount("m", agreed)

    def duration(self, seconds: float) -> Inline:
        """In the largest unit of days, hours, minutes and seconds that needs no fraction."""
        for unit, length_s in _UNITS_S:
            if seconds >= length_s and seconds % length_s == 0:
                return self.amount(unit, seconds / length_s)
        return self.amount("s", seconds)

    def moment(self, value: datetime) -> Inline:
        return self.say("moment", date=name(self.words.date(value)), time=code(self.words.clock(value)))

    def number(self, value: float) -> Run:
        return figure(self.words.number(value))

    def listed(self, parts: Iterable[Run | Inline]) -> Inline:
        """One after another, with the language's comma."""
        entries: list[Inline] = [(part,) if isinstance(part, Run) else part for part in parts]
        return joined(entries, self.words.text("list_separator"))

    def own(self, term: BaseModel, field: str) -> str:
        """The parties' own words in this language; in the authoritative one if they have none in this."""
        translated: str | None = getattr(term, f"{field}_{self.words.code}", None)
        if translated is not None:
            return translated
        words: str = getattr(term, field)
        return words

    def role(self, role_id: str) -> Run:
        """A role by its title."""
        role = self.accord.role(role_id)
        return name(self.own(role, "title") if role is not None else role_id)

    def language(self, language: str) -> Inline:
        return (text(self.words.text(f"language.{language}")),)


def coordinates(latitude: float, longitude: float) -> str:
    """Degrees with their letters, in all their digits: 36.9°N 35.5°E."""
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{exact(abs(latitude))}°{north} {exact(abs(longitude))}°{east}"

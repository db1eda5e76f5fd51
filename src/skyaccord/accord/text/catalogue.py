"""Catalogues of the strings an accord's text is made of, with plurals, numbers and dates of each language.

Plural categories and their rules are those of Unicode CLDR (Language Plural Rules, cardinal). Strings are
TOML files beside this one; every language has every string (a test compares them). Figures are written
with the digits 0-9 in all languages, Arabic too, so that two readers can compare them at a glance.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from skyaccord.accord.reading import exact
from skyaccord.base.errors import InputError

LANGUAGES: Final = ("en", "ru", "ar")


def _english(n: float) -> str:
    return "one" if n == 1 else "other"


def _russian(n: float) -> str:
    if n != int(n):
        return "other"
    tens, ones = int(n) % 100, int(n) % 10
    if ones == 1 and tens != 11:
        return "one"
    if 2 <= ones <= 4 and not 12 <= tens <= 14:
        return "few"
    return "many"


def _arabic(n: float) -> str:
    if n != int(n):
        return "other"
    if n in (0, 1, 2):
        return ("zero", "one", "two")[int(n)]
    tens = int(n) % 100
    if 3 <= tens <= 10:
        return "few"
    return "many" if tens >= 11 else "other"


PLURAL_RULES: Final[dict[str, Callable[[float], str]]] = {"en": _english, "ru": _russian, "ar": _arabic}
PLURAL_CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("one", "other"),
    "ru": ("one", "few", "many", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}


@dataclass(frozen=True)
class Catalogue:
    """One language. strings: dotted key → text; plurals: dotted key → category → text."""

    code: str
    strings: Mapping[str, str]
    plurals: Mapping[str, Mapping[str, str]]
    months: tuple[str, ...]

    def text(self, key: str) -> str:
        """A string, its `{…}` not yet filled in."""
        return self.strings[key]

    def plural(self, key: str, n: float) -> str:
        """The form of a counted string for this number, its `{n}` not yet filled in."""
        return self.plurals[key][PLURAL_RULES[self.code](n)]

    def number(self, value: float) -> str:
        """A number in all its digits, with this language's marks for thousands and decimals."""
        return exact(value, self.strings["thousands"], self.strings["point"])

    def date(self, moment: datetime) -> str:
        """The day of an aware time, in UTC."""
        utc = moment.astimezone(UTC)
        return self.text("date").format(day=utc.day, month=self.months[utc.month - 1], year=utc.year)

    @staticmethod
    def clock(moment: datetime) -> str:
        """The time of day in UTC, to the second or as fine as it is given."""
        utc = moment.astimezone(UTC)
        text = utc.strftime("%H:%M:%S")
        return f"{text}.{utc.microsecond:06d}".rstrip("0") if utc.microsecond else text


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language. Raises InputError for one that there is not."""
    if code not in LANGUAGES:
        raise InputError(f"no text in the language {code!r}", do=f"choose one of {', '.join(LANGUAGES)}")
    data = (resources.files("skyaccord.accord") / "text" / f"{code}.toml").read_text("utf-8")
    strings: dict[str, str] = {}
    plurals: dict[str, Mapping[str, str]] = {}
    document = tomllib.loads(data)
    months = tuple(document.pop("months"))
    _collect(document, "", strings, plurals)
    return Catalogue(code, strings, plurals, months)


def _collect(
    table: Mapping[str, Any], prefix: str, strings: dict[str, str], plurals: dict[str, Mapping[str, str]]
) -> None:
    for key, value in table.items():
        if isinstance(value, str):
            strings[prefix + key] = value
        elif "other" in value:
            plurals[prefix + key] = value
        else:
            _collect(value, f"{prefix}{key}.", strings, plurals)

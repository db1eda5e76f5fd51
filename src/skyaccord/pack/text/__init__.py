"""The words of a pack in each language; `words` reads them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from skyaccord.base.errors import InputError

LANGUAGES: Final = ("en", "ru", "ar")


@dataclass(frozen=True)
class Words:
    """One language. strings: dotted key → text."""

    code: str
    strings: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.strings[key]

    def get(self, key: str, otherwise: str) -> str:
        """The text, or what stands for it where the language has none (an identifier)."""
        return self.strings.get(key, otherwise)


@cache
def words(language: str) -> Words:
    """The catalogue of a language. InputError for one that there is not."""
    if language not in LANGUAGES:
        raise InputError(f"no pack in the language {language!r}", do=f"choose {', '.join(LANGUAGES)}")
    text = (resources.files(__package__) / f"{language}.toml").read_text("utf-8")
    return Words(language, dict(_flat(tomllib.loads(text))))


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value

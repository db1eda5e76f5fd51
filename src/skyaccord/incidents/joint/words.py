"""The words of a joint report in one language: `en.toml`, `ru.toml`, `ar.toml` beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final, Literal

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.paper.blocks import Inline, Run, code, filled, joined

LANGUAGES: Final = ("en", "ru", "ar")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every word by its key. InputError for a language that there is none of."""
    if language not in LANGUAGES:
        raise InputError(f"no report in {language[:20]!r}", do=f"choose one of {', '.join(LANGUAGES)}")
    source = resources.files("skyaccord.incidents.joint") / f"{language}.toml"
    return tomllib.loads(source.read_text("utf-8"))


HASH_PART: Final = 32  # characters in a line of a table's cell


def time_of(moment: datetime) -> Inline:
    """A time, to the second, UTC."""
    return (code(format_utc(moment.replace(microsecond=0)).replace(".000", "")),)


def hash_of(digest: str) -> Inline:
    """A long digest that may go on in a second line; a copy of it has no blank."""
    parts = [digest[i : i + HASH_PART] for i in range(0, len(digest), HASH_PART)]
    return joined([(code(part),) for part in parts], "\u200b")


class Words:
    """One language. `say("key", party=name("A"))` fills a sentence's places with runs."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = catalogue(language)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """In which direction the language is read."""
        return "rtl" if self._words["direction"] == "rtl" else "ltr"

    def plain(self, key: str) -> str:
        """The words themselves. KeyError for a key that the catalogue does not have."""
        return self._words[key]

    def listed(self, parts: Sequence[Inline], mark: Literal["comma", "semicolon"] = "comma") -> Inline:
        """One after the other, with the marks of the language: an Arabic comma is none of ours."""
        return joined(parts, self._words[mark])

    def say(self, key: str, **values: Run | Inline) -> Inline:
        """A sentence, its places filled in."""
        return filled(self._words[key], values)

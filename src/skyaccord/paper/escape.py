"""Text of people into Typst source, so that it stays text whatever it holds.

A string literal has two characters that end or change it; markup has dozens. So text never goes in as
markup, but as a string that is put on the page.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]

LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"


def literal(text: str) -> str:
    r"""Text as a Typst string literal: `say "a\b"` becomes `"say \"a\\b\""`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def markup(text: str) -> str:
    """Text as Typst markup that puts exactly this text on the page."""
    return f"#{literal(text)};" if text else ""


def isolated(text: str) -> str:
    """Text that keeps the direction of its own script and does not disturb its neighbours (UAX 9)."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def left_to_right(text: str) -> str:
    """Codes, numbers, coordinates and times: always from left to right, in one piece (UAX 9)."""
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def direction_of(text: str, otherwise: Direction = "ltr") -> Direction:
    """The direction of a paragraph by its first letter with one, as browsers find it (UAX 9, P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return otherwise

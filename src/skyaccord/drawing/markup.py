"""HTML and SVG as text in which everything is escaped that is not markup already.

Call signs, file names and free text of a recording are what strangers sent by radio: they become text and
nothing else. There is one way to make markup, `element`, and it escapes; so nothing can be forgotten.

>>> print(element("p", "R&D <script>", class_="note"))
<p class="note">R&amp;D &lt;script&gt;</p>
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any, Final

Child = str | int | float | None
UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Characters that XML forbids, and marks that turn the direction of what follows."""
VOID: Final = frozenset({"meta", "br", "hr", "img", "link", "col"})
"""Elements of HTML that have no end tag."""


class Markup(str):
    """Text that is markup already and is not escaped again."""

    __slots__ = ()


def text(value: Child) -> Markup:
    """A value as escaped text; Markup stays as it is, None is nothing. UNWANTED becomes U+FFFD."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup()
    if isinstance(value, float):
        value = number(value)
    return Markup(escape(UNWANTED.sub("\ufffd", str(value))))


def element(tag: str, *children: Child, **attributes: Child) -> Markup:
    """One element. `class_` → class, `stroke_width` → stroke-width; an attribute that is None is left out."""
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(map(text, children))
    return Markup(f"<{tag}{shown}>" if tag in VOID else f"<{tag}{shown}>{inside}</{tag}>")


def join(*parts: Child, between: str = "") -> Markup:
    """Parts one after the other, each escaped unless it is markup."""
    return Markup(text(between).join(map(text, parts)))


def json_element(identifier: str, data: Any) -> Markup:
    """Data inside a page, as a `<script type="application/json">` that no browser runs.

    `<`, `>` and `&` are written as JSON escapes, so that no text in the data can end the element.
    """
    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        encoded = encoded.replace(character, f"\\u{ord(character):04x}")
    return Markup(f'<script type="application/json" id="{text(identifier)}">{encoded}</script>')


def number(value: float, digits: int = 1) -> str:
    """A coordinate in a drawing: at most `digits` decimals, no trailing zeros, never `-0`."""
    shown = f"{value:.{digits}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown

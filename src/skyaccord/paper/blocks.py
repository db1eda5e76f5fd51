"""What a document is made of, before anybody decides whether it becomes HTML, PDF or lines on a screen.

A `Run` is a piece of text with one way of being set; what keeps its own direction in a text that runs the
other way is a run of its own. Blocks hold runs. The three writers (`html`, `sheet`, `plain`) take them all.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from skyaccord.paper.escape import Direction

RunKind = Literal["text", "strong", "name", "figure", "code"]


@dataclass(frozen=True)
class Run:
    """A piece of text. kind:

    text, strong: of the document's own language; name: may be of any script, keeps its own direction;
    figure: a number in a sentence, left to right; code: ids, digests, times, left to right, fixed width.
    """

    text: str
    kind: RunKind = "text"


Inline = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """level 2 opens a section, 3 a part of one. own_direction: a title that the parties wrote."""

    inline: Inline
    level: int = 2
    own_direction: bool = False


@dataclass(frozen=True)
class Paragraph:
    inline: Inline


@dataclass(frozen=True)
class Label:
    """A short line that says what the prose below it is."""

    inline: Inline


@dataclass(frozen=True)
class Prose:
    """Text that people wrote: every line as it is, in its own direction unless one is given."""

    text: str
    direction: Direction | None = None


@dataclass(frozen=True)
class Items:
    """A list, counted or not."""

    items: tuple[Inline, ...]
    ordered: bool = True


@dataclass(frozen=True)
class Table:
    """Rows under heads, all of one length."""

    heads: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True)
class Terms:
    """Named pieces: a term, and what stands under it."""

    entries: tuple[tuple[Inline, tuple[Block, ...]], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing, as SVG markup that asks for nothing from elsewhere. alt: what it shows, in words."""

    svg: str
    alt: str
    caption: Inline

    @property
    def file(self) -> str:
        """A name that goes with the content."""
        return f"figure-{hashlib.sha256(self.svg.encode()).hexdigest()[:16]}.svg"


Block = Heading | Paragraph | Label | Prose | Items | Table | Terms | Figure


@dataclass(frozen=True)
class Document:
    """A whole document. language: a code such as "ar". title: what the parties called it.

    under: the line below the title. marks: boxed lines on top (EXERCISE, DRAFT), each a strong word and a
    sentence. identity: what stands on every page, so that no page can be exchanged: a label, and the digest.
    mark: the word on every page of an exercise, None for what is not one. page: "Page {page} of {pages}" in
    the language. note: the line before the digest on every page, such as the name of the accord.
    attached: files to go inside a PDF, by name.
    """

    language: str
    direction: Direction
    title: str
    under: Inline
    blocks: tuple[Block, ...]
    identity: tuple[str, str]
    page: str
    mark: str | None = None
    marks: tuple[tuple[str, str], ...] = ()
    note: str = ""
    attached: Mapping[str, bytes] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)


def text(words: str) -> Run:
    """Of the document's own language."""
    return Run(words)


def strong(words: str) -> Run:
    """The same, bold."""
    return Run(words, "strong")


def name(words: str) -> Run:
    """A name of any script."""
    return Run(words, "name")


def figure(digits: str) -> Run:
    """A number in a sentence."""
    return Run(digits, "figure")


def code(words: str) -> Run:
    """An id, digest, time or coordinate."""
    return Run(words, "code")


def filled(template: str, values: Mapping[str, Run | Inline]) -> Inline:
    """A sentence with its `{places}` filled in by runs: `filled("{n} NM", {"n": figure("3")})`."""
    found: list[Run] = []
    for words, place, _, _ in string.Formatter().parse(template):
        if words:
            found.append(Run(words))
        if place is not None:
            value = values[place]
            found.extend((value,) if isinstance(value, Run) else value)
    return tuple(found)


def joined(parts: Sequence[Inline], separator: str = " ") -> Inline:
    """Sentences one after another."""
    found: list[Run] = []
    for part in parts:
        if found and part:
            found.append(Run(separator))
        found.extend(part)
    return tuple(found)

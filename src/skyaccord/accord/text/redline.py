"""Two texts of an accord in one language, line by line, with the words that went and those that came."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.catalogue import catalogue
from skyaccord.accord.text.document import accord_document
from skyaccord.paper.plain import QUOTED, document_lines

Mark = Literal["same", "gone", "new"]

CONTEXT_LINES: Final = 1
"""Unchanged lines shown around a change."""
_WORDS: Final = re.compile(r"\s+|[^\s]+")
_ALIKE: Final = 0.5
"""Lines less alike than this are shown one after the other, not word by word."""
_STYLE: Final = (
    "body{font:11pt/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "del{background:#fdd;text-decoration:line-through}ins{background:#dfd;text-decoration:underline}"
    "p{margin:.2em 0}hr{border:0;border-top:1px dashed #999}code{overflow-wrap:anywhere}"
)


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came."""

    mark: Mark
    text: str


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Redline:
    """lines: the changed ones with the unchanged around them; None where unchanged ones are left out."""

    language: str
    before: str
    after: str
    lines: tuple[Line | None, ...]


def redline(before: LoadedAccord, after: LoadedAccord, language: str) -> Redline:
    """The redline of two accords' texts in "en", "ru" or "ar". Raises InputError for another language."""
    old, new = (
        document_lines(accord_document(loaded, language), isolates=False) for loaded in (before, after)
    )
    return Redline(language, before.digest, after.digest, tuple(_shortened(list(_lines(old, new)))))


def redline_lines(found: Redline) -> list[str]:
    """For a terminal: "[-gone-]" and "{+new+}", as `git diff --word-diff` marks them."""
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    return [
        "…" if line is None else "".join(f"{marks[p.mark][0]}{p.text}{marks[p.mark][1]}" for p in line)
        for line in found.lines
    ]


def redline_html(found: Sequence[Redline]) -> str:
    """One self-contained page with the redlines in all these languages."""
    sections = []
    for one in found:
        direction = catalogue(one.language).text("direction")
        head = f'<p><code dir="ltr"><del>{escape(one.before)}</del> <ins>{escape(one.after)}</ins></code></p>'
        body = "\n".join("<hr>" if line is None else f'<p dir="auto">{_html(line)}</p>' for line in one.lines)
        sections.append(f'<section lang="{one.language}" dir="{direction}">\n{head}\n{body}\n</section>')
    body = "\n".join(sections)
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>Redline</title><style>{_STYLE}</style>'
        f"</head>\n<body>\n{body}\n</body></html>\n"
    )


def _html(line: Line) -> str:
    tags = {"same": ("", ""), "gone": ("<del>", "</del>"), "new": ("<ins>", "</ins>")}
    return "".join(f"{tags[p.mark][0]}{escape(p.text, quote=False)}{tags[p.mark][1]}" for p in line)


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from ((Piece("same", line),) for line in old[a:b])
            continue
        pairs = min(b - a, d - c)
        for index in range(pairs):
            yield from _pair(old[a + index], new[c + index])
        yield from ((Piece("gone", line),) for line in old[a + pairs : b])
        yield from ((Piece("new", line),) for line in new[c + pairs : d])


def _pair(old: str, new: str) -> Iterator[Line]:
    """One line that became another: word by word if they are alike."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        yield from ((Piece("gone", text),) for text in (old,) if text)
        yield from ((Piece("new", text),) for text in (new,) if text)
        return
    pieces: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(after[c:d])))
    yield tuple(pieces)


def _shortened(lines: list[Line]) -> Iterator[Line | None]:
    """Without the unchanged lines that are not next to a change.

    A party's own words stand as quotations under the line that announces them: where that line is shown, so
    are they.
    """
    changed = {index for index, line in enumerate(lines) if any(piece.mark != "same" for piece in line)}
    near = {
        index + step
        for index in changed
        for step in range(-CONTEXT_LINES, CONTEXT_LINES + 1)
        if 0 <= index + step < len(lines)
    }
    for index in sorted(near):
        below = index + 1
        while below < len(lines) and _is_quoted(lines[below]):
            near.add(below)
            below += 1
    skipped = False
    for index, line in enumerate(lines):
        if index in near:
            yield line
            skipped = False
        elif not skipped and near:
            yield None
            skipped = True


def _is_quoted(line: Line) -> bool:
    return "".join(piece.text for piece in line).lstrip().startswith(QUOTED)

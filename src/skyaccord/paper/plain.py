"""A document as plain lines: for a terminal, and to compare two texts line by line.

What keeps its own direction is wrapped in Unicode isolates (UAX 9), as in the printed text; `isolates=False`
leaves them out, for lines that are compared.
"""

from __future__ import annotations

from skyaccord.paper.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Inline,
    Items,
    Label,
    Paragraph,
    Prose,
    Table,
    Terms,
)
from skyaccord.paper.escape import isolated, left_to_right

QUOTED = "> "
"""What begins every line of somebody's own words."""


def document_lines(document: Document, *, isolates: bool = True) -> list[str]:
    """The document, one block or item a line; headings have a blank line before them."""
    lines = [f"{word}: {sentence}" for word, sentence in document.marks]
    lines += [document.title, inline_text(document.under, isolates=isolates)]
    for block in document.blocks:
        if isinstance(block, Heading):
            lines.append("")
        lines += block_lines(block, isolates=isolates)
    return lines


def block_lines(block: Block, *, isolates: bool = True) -> list[str]:  # noqa: PLR0911 (one return a kind)
    """One block."""
    match block:
        case Heading():
            return [f"{'#' * block.level} {inline_text(block.inline, isolates=isolates)}"]
        case Paragraph():
            return [inline_text(block.inline, isolates=isolates)]
        case Label():
            return [f"{inline_text(block.inline, isolates=isolates)}:"]
        case Prose():
            return [f"{QUOTED}{line}" for line in block.text.split("\n")]
        case Figure():
            return [f"[{block.alt}]", inline_text(block.caption, isolates=isolates)]
        case Items():
            texts = [inline_text(item, isolates=isolates) for item in block.items]
            return [f"{f'{n}.' if block.ordered else '-'} {words}" for n, words in enumerate(texts, 1)]
        case Table():
            return [
                " | ".join(inline_text(cell, isolates=isolates) for cell in row)
                for row in (block.heads, *block.rows)
            ]
        case Terms():
            lines = []
            for term, inside in block.entries:
                lines.append(f"{inline_text(term, isolates=isolates)}:")
                lines += [f"  {line}" for inner in inside for line in block_lines(inner, isolates=isolates)]
            return lines


def inline_text(inline: Inline, *, isolates: bool = True) -> str:
    """Runs one after another."""
    if not isolates:
        return "".join(run.text for run in inline)
    wrap = {"name": isolated, "figure": left_to_right, "code": left_to_right}
    return "".join(wrap.get(run.kind, str)(run.text) for run in inline)

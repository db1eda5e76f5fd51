"""A document as Typst source, and from that as a PDF: A4 pages, the digest and EXERCISE on every one.

All text goes through `escape.markup`, so nothing that people wrote can become an instruction. Runs that keep
their own direction are wrapped in Unicode isolates (UAX 9), which the typesetter honours; a paragraph of
other people's text is set in the direction of its own script.
"""

from __future__ import annotations

from skyaccord.paper import typesetting
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
    Run,
    Table,
    Terms,
)
from skyaccord.paper.escape import direction_of, isolated, left_to_right, literal, markup
from skyaccord.paper.typesetting import ARABIC, MONO, SANS


def document_pdf(document: Document) -> bytes:
    """The document as a PDF. Raises as `typesetting.pdf` does."""
    return typesetting.pdf(document_source(document), inputs=_files(document))


def document_pages(document: Document, ppi: float = typesetting.PREVIEW_PPI) -> list[bytes]:
    """The document's pages as PNG images."""
    return typesetting.pages(document_source(document), inputs=_files(document), ppi=ppi)


def _files(document: Document) -> dict[str, bytes | str]:
    """What the source reads: attachments and drawings."""
    drawings = {block.file: block.svg for block in document.blocks if isinstance(block, Figure)}
    return {**document.attached, **drawings}


def document_source(document: Document) -> str:
    """The document as Typst source."""
    parts = [_frame(document), *_opening(document), *(_block(block, document) for block in document.blocks)]
    for file in document.attached:
        parts.append(f'#pdf.attach({literal(file)}, relationship: "data")')
    return "\n\n".join(parts) + "\n"


def _frame(document: Document) -> str:
    """Page, fonts, running head and foot."""
    label, digest = document.identity
    first, between, last = _page_of_pages(document.page)
    mark = f'#text(weight: "bold")[{markup(document.mark)}] {markup(" · ")} ' if document.mark else ""
    note = markup(isolated(document.note)) if document.note else ""
    keywords = ", ".join(literal(word) for word in (*document.meta.values(), digest))
    return f"""\
#set document(title: {literal(document.title)}, keywords: ({keywords},), date: none)
#set text(font: ({literal(SANS)}, {literal(ARABIC)}), size: 10pt, lang: {literal(document.language)}, \
dir: {document.direction}, hyphenate: false)
#set par(leading: 0.72em, spacing: 0.95em, linebreaks: "simple")
#show raw: set text(font: ({literal(MONO)}, {literal(ARABIC)}), size: 10pt)
#let code(body) = text(font: ({literal(MONO)}, {literal(SANS)}, {literal(ARABIC)}), size: 0.9em, body)
#let footing = context {{
  set text(size: 7.5pt)
  line(length: 100%, stroke: 0.4pt)
  v(-0.6em)
  grid(columns: (1fr, auto), column-gutter: 1em,
    [{markup(label)} #code({_text_of(digest)})],
    [{first}#counter(page).display(){between}#counter(page).final().first(){last}])
}}
#set page(paper: "a4", margin: (x: 20mm, top: 22mm, bottom: 20mm), footer: footing,
  header: [#set text(size: 7.5pt)
    {mark}{note}])
#show heading: set block(above: 1.5em, below: 0.7em, sticky: true)
#show heading.where(level: 1): set text(size: 17pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show heading.where(level: 3): set text(size: 10.5pt)
#let prose(dir, body) = block(inset: (left: if dir == ltr {{ 0.9em }} else {{ 0pt }}, \
right: if dir == rtl {{ 0.9em }} else {{ 0pt }}), stroke: if dir == ltr {{ (left: 1.2pt + luma(75%)) }} \
else {{ (right: 1.2pt + luma(75%)) }}, width: 100%, {{ set text(dir: dir); set align(start); body }})
#set table(stroke: 0.4pt + luma(55%), inset: 5pt, align: start)"""


def _page_of_pages(template: str) -> tuple[str, str, str]:
    """ "Page {page} of {pages}" as the markup before, between and after the two numbers."""
    before, rest = template.split("{page}")
    between, after = rest.split("{pages}")
    return markup(before), markup(between), markup(after)


def _opening(document: Document) -> list[str]:
    """Marks and title."""
    boxes = [
        f"#block(stroke: 1pt, inset: 7pt, width: 100%)[*{markup(word)}* {markup(' ')} {markup(sentence)}]"
        for word, sentence in document.marks
    ]
    title = f"#heading(level: 1)[{_own(document.title, document)}]"
    return [*boxes, title, _inline(document.under)]


def _own(words: str, document: Document) -> str:
    """A title in the direction of its own script."""
    direction = direction_of(words, document.direction)
    return f"#text(dir: {direction})[{markup(words)}]"


def _block(block: Block, document: Document) -> str:  # noqa: PLR0911 (one return a kind)
    match block:
        case Heading():
            if block.own_direction:
                body = _own("".join(run.text for run in block.inline), document)
            else:
                body = _inline(block.inline)
            return f"#heading(level: {block.level})[{body}]"
        case Paragraph():
            return f"#par[{_inline(block.inline)}]"
        case Label():
            return f"#block(sticky: true, text(fill: luma(30%), size: 0.92em)[{_inline(block.inline)}])"
        case Prose():
            direction = block.direction or direction_of(block.text, document.direction)
            lines = " #linebreak() ".join(markup(line) for line in block.text.split("\n"))
            return f"#prose({direction})[{lines}]"
        case Figure():
            return (
                f"#block(breakable: false, width: 100%)[#align(center)[#image({literal(block.file)}, "
                f"alt: {literal(block.alt)}, width: 100%)]\n"
                f"#text(size: 0.88em, fill: luma(30%))[{_inline(block.caption)}]]"
            )
        case Items():
            kind = "enum" if block.ordered else "list"
            items = ", ".join(f"[{_inline(item)}]" for item in block.items)
            return f"#{kind}({items})" if block.items else ""
        case Table():
            return _table(block)
        case Terms():
            return "\n\n".join(
                f"#block(sticky: true, above: 1.2em, below: 0.5em)[*{_inline(term)}*]\n\n"
                f"#pad(x: 0.8em)[{''.join(chr(10) + _block(inner, document) + chr(10) for inner in inside)}]"
                for term, inside in block.entries
            )


def _table(block: Table) -> str:
    heads = ", ".join(f"[*{_inline(head)}*]" for head in block.heads)
    cells = ",\n  ".join(", ".join(f"[{_inline(cell)}]" for cell in row) for row in block.rows)
    columns = ", ".join("auto" for _ in block.heads)
    return f"#table(columns: ({columns},), table.header({heads}),\n  {cells})"


def _inline(inline: Inline) -> str:
    return "".join(_run(run) for run in inline)


def _run(run: Run) -> str:
    if not run.text:
        return ""
    match run.kind:
        case "strong":
            return f"#strong[{markup(run.text)}]"
        case "name":
            return markup(isolated(run.text))
        case "figure":
            return markup(left_to_right(run.text))
        case "code":
            return f"#code({_text_of(run.text)})"
        case _:
            return markup(run.text)


def _text_of(words: str) -> str:
    """A code as a string literal that keeps its direction."""
    return literal(left_to_right(words))

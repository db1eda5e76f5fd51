"""A document as one self-contained HTML page: no script, no font, no request.

What keeps its own direction stands in `<bdi>`; text that people wrote gets the direction of its own script
(`dir="auto"`). The digest stands at the foot of every printed page.
"""

from __future__ import annotations

from html import escape
from importlib import resources

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


def document_html(document: Document) -> str:
    """The whole page."""
    style = (resources.files("skyaccord.paper") / "page.css").read_text("utf-8")
    label, digest = document.identity
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{escape(document.language)}" dir="{document.direction}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            *(
                f'<meta name="{escape(name)}" content="{escape(content)}">'
                for name, content in document.meta.items()
            ),
            f"<title>{escape(document.title)} · {escape(digest)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            *_header(document),
            "<main>",
            *(block_html(block) for block in document.blocks),
            "</main>",
            f"<footer>{_mark(document)}{escape(label, quote=False)} {_run(Run(digest, 'code'))}</footer>",
            "</body>",
            "</html>",
            "",
        )
    )


def _mark(document: Document) -> str:
    return f"<strong>{escape(document.mark, quote=False)}</strong> · " if document.mark else ""


def _header(document: Document) -> list[str]:
    marks = [
        f'<p class="mark"><strong>{escape(word, quote=False)}</strong> {escape(sentence, quote=False)}</p>'
        for word, sentence in document.marks
    ]
    title = f'<h1 dir="auto">{escape(document.title, quote=False)}</h1>'
    return ["<header>", *marks, title, f"<p>{inline_html(document.under)}</p>", "</header>"]


def block_html(block: Block) -> str:  # noqa: PLR0911 (one return a kind)
    """One block."""
    match block:
        case Heading():
            own = ' dir="auto"' if block.own_direction else ""
            return f"<h{block.level}{own}>{inline_html(block.inline)}</h{block.level}>"
        case Paragraph():
            return f"<p>{inline_html(block.inline)}</p>"
        case Label():
            return f'<p class="label">{inline_html(block.inline)}</p>'
        case Prose():
            lines = "<br>\n".join(escape(line, quote=False) for line in block.text.split("\n"))
            return f'<p class="prose" dir="{block.direction or "auto"}">{lines}</p>'
        case Figure():  # the markup is ours: whatever stands in it was escaped when it was drawn
            return (
                f'<figure dir="ltr">{block.svg}'
                f'<figcaption dir="auto">{inline_html(block.caption)}</figcaption></figure>'
            )
        case Items():
            tag = "ol" if block.ordered else "ul"
            items = "\n".join(f"<li>{inline_html(item)}</li>" for item in block.items)
            return f"<{tag}>\n{items}\n</{tag}>"
        case Table():
            heads = "".join(f"<th>{inline_html(head)}</th>" for head in block.heads)
            rows = "\n".join(
                f"<tr>{''.join(f'<td>{inline_html(cell)}</td>' for cell in row)}</tr>" for row in block.rows
            )
            return f"<table>\n<tr>{heads}</tr>\n{rows}\n</table>"
        case Terms():
            entries = "\n".join(
                f"<dt>{inline_html(term)}</dt>\n<dd>{''.join(block_html(inner) for inner in inside)}</dd>"
                for term, inside in block.entries
            )
            return f"<dl>\n{entries}\n</dl>"


def inline_html(inline: Inline) -> str:
    """Runs one after another."""
    return "".join(map(_run, inline))


def _run(run: Run) -> str:
    words = escape(run.text, quote=False)
    match run.kind:
        case "strong":
            return f"<strong>{words}</strong>"
        case "name":
            return f"<bdi>{words}</bdi>"
        case "figure":
            return f'<bdi dir="ltr">{words}</bdi>'
        case "code":
            return f'<bdi dir="ltr" class="code">{words}</bdi>'
        case _:
            return words

"""`skyaccord accord show|diff|text`: an accord as people read it, and what changed from one to another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from skyaccord.accord.comparing import Change
    from skyaccord.accord.source import LoadedAccord

FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="The accord's TOML file, - for standard input, a shipped name, or (with --node) a digest.",
    ),
]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="CODE", help="en, ru or ar: English, Russian or Arabic.")
]
NodeOption = Annotated[
    Path | None,
    typer.Option(
        "--node", metavar="DIR", help="A node's folder: accords on its record can be named by digest."
    ),
]


class ShowFormat(StrEnum):
    text = "text"
    json = "json"


class DiffFormat(StrEnum):
    text = "text"
    html = "html"
    json = "json"


def show(
    file: FileArgument,
    language: LanguageOption = "en",
    node: NodeOption = None,
    output: Annotated[
        ShowFormat, typer.Option("--format", help="text for people, json for programs.", case_sensitive=False)
    ] = ShowFormat.text,
) -> None:
    """Show an accord as people read it, in the terminal: every rule and deadline in words.

    Example: skyaccord accord show rule-of-threes --language ru
    """
    from skyaccord.accord import summary
    from skyaccord.accord.text.document import accord_document
    from skyaccord.paper.plain import document_lines

    loaded = _loaded(file, node)
    if output is ShowFormat.json:
        _print_json(summary.accord_data(loaded))
        return
    document = accord_document(loaded, language)
    typer.echo("\n".join(document_lines(document)))


def diff(  # noqa: PLR0917 (a command's options)
    before: Annotated[
        str, typer.Argument(metavar="BEFORE", help="An accord: a file, shipped name or digest.")
    ],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one, compared with it.")],
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", metavar="CODE", help="Also the texts' redline in en, ru or ar. Repeat it."
        ),
    ] = None,
    node: NodeOption = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Else standard output.")] = None,
    output: Annotated[
        DiffFormat,
        typer.Option("--format", help="text, json, or html: the redline as a page.", case_sensitive=False),
    ] = DiffFormat.text,
) -> None:
    """Say what changed from one accord to another: field by field, and in the text of each language.

    Words that went stand in [-…-], words that came in {+…+}. Exit 0, whether they differ or not.

    Example: skyaccord accord diff ours.toml theirs.toml --language en --language ar
    """
    from skyaccord.accord.comparing import differences
    from skyaccord.accord.text.redline import redline, redline_html, redline_lines

    one, other = _loaded(before, node), _loaded(after, node)
    changes = differences(one.accord, other.accord)
    languages = language or (["en"] if output is DiffFormat.html else [])
    redlines = [redline(one, other, code) for code in languages]
    if output is DiffFormat.html:
        _write(redline_html(redlines), out)
        return
    if output is DiffFormat.json:
        import json

        data = {
            "before": one.digest,
            "after": other.digest,
            "same": one.digest == other.digest,
            "changes": [_change_data(change) for change in changes],
            "redlines": {found.language: redline_lines(found) for found in redlines},
        }
        _write(json.dumps(data, indent=2, ensure_ascii=False) + "\n", out)
        return
    lines = [f"- {one.digest}  {_name(one)}", f"+ {other.digest}  {_name(other)}"]
    if not changes:
        lines.append("the same accord: no field differs")
    lines += [_change_line(change) for change in changes]
    for found in redlines:
        lines += ["", f"text ({found.language})", *redline_lines(found)]
    _write("\n".join(lines) + "\n", out)


def text(
    file: FileArgument,
    language: LanguageOption = "en",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The HTML file; else standard output.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write a PDF here instead of HTML.")
    ] = None,
    node: NodeOption = None,
) -> None:
    """Write the accord as people read it, made from the data: HTML, or PDF with its digest on every page.

    What the parties sign is the data. `skyaccord accord check FILE --against-text TEXT` says whether a text
    is that of a file. Example: skyaccord accord text rule-of-threes --language ar --pdf accord-ar.pdf
    """
    from skyaccord.accord.text.html import accord_html
    from skyaccord.base.errors import InputError

    if pdf is not None and out is not None:
        raise InputError("--out is for HTML and --pdf for PDF", do="give one of them")
    loaded = _loaded(file, node)
    if pdf is not None:
        from skyaccord.accord.text.sheet import accord_pdf

        _write(accord_pdf(loaded, language), pdf)
    else:
        _write(accord_html(loaded, language), out)


def _loaded(source: str, node: Path | None) -> LoadedAccord:
    """An accord from a file or shipped name; with a node's folder also by a digest or its beginning."""
    from skyaccord.accord.source import load_accord

    if node is None or not source.startswith("sha256:"):
        return load_accord(source)
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.errors import AccordError
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.record.folder import open_folder
    from skyaccord.talks.folder import read_book, sky_now

    folder = open_folder(node)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        standings = read_book(journal).standings(sky_now(journal))
    finally:
        store.close()
    found = [standing for standing in standings if standing.digest.startswith(source)]
    if len(found) != 1:
        what = "no accord has" if not found else f"{len(found)} accords have"
        raise AccordError(
            f"{what} this digest on the record: {source}", do="look at `skyaccord accord status`"
        )
    return found[0].loaded


def _name(loaded: LoadedAccord) -> str:
    return f"{loaded.accord.name} version {loaded.accord.version}"


def _change_line(change: Change) -> str:
    from skyaccord.accord.comparing import value_text

    match change.kind:
        case "added":
            return f"{change.path}: added {value_text(change.after)}"
        case "removed":
            return f"{change.path}: removed {value_text(change.before)}"
        case "order":
            return f"{change.path}: order {', '.join(change.before)} → {', '.join(change.after)}"
        case _:
            return f"{change.path}: {value_text(change.before)} → {value_text(change.after)}"


def _change_data(change: Change) -> dict[str, Any]:
    return {"path": change.path, "kind": change.kind, "before": change.before, "after": change.after}


def _write(data: str | bytes, out: Path | None) -> None:
    """To standard output, or a file, which is then there whole or not at all."""
    if out is None:
        typer.echo(data, nl=False)
        return
    from skyaccord.base.files import cannot_write, draft_of, settle

    draft = draft_of(out)
    try:
        draft.write_bytes(data.encode() if isinstance(data, str) else data)
        settle(draft, out)
    except OSError as error:
        raise cannot_write(out, error) from None
    finally:
        draft.unlink(missing_ok=True)
    typer.echo(f"{out} written")


def _print_json(data: Any) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False))

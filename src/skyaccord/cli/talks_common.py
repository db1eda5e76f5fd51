"""What every command of `skyaccord talks` shares: options, the talks of a folder, one step taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.cli.acting import AsFile, NodeFolder, PassphraseFile, PersonPassphraseFile
from skyaccord.cli.signing import Person, acting_as_representative

if TYPE_CHECKING:
    from skyaccord.record.fields import EntryRef
    from skyaccord.record.journal import Journal
    from skyaccord.talks.negotiation import Negotiation

__all__ = [
    "AsFile",
    "NodeFolder",
    "PassphraseFile",
    "Person",
    "PersonPassphraseFile",
    "acting_as_representative",
]


class OutputFormat(StrEnum):
    text = "text"
    json = "json"


FormatOption = Annotated[
    OutputFormat, typer.Option("--format", help="text for people, json for programs.", case_sensitive=False)
]
TalksName = Annotated[
    str | None,
    typer.Option("--talks", metavar="NAME", help="The accord's name, where several talks are going on."),
]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="The reason, in your own words.")]
PathArgument = Annotated[
    str, typer.Argument(metavar="PATH", help="The clause, like rule.threes, watch or clause.Purpose.")
]


@contextmanager
def opened(node: Path) -> Iterator[Journal]:
    """The journal of a node's folder, for reading."""
    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.folder import open_folder

    know_all_rooms()
    folder = open_folder(node)
    store = folder.open_store()
    try:
        yield folder.open_journal(store, None, SystemClock(), SystemRandomness())
    finally:
        store.close()


def the_talks(node: Path, name: str | None) -> tuple[Negotiation, str]:
    """The talks of this name in a node's folder, and the node's party. InputError: none, or several."""
    from skyaccord.talks.folder import read_talks

    with opened(node) as journal:
        return read_talks(journal).named(name, journal.party), journal.party


def take_step(person: Person, talks: Negotiation, party: str, fields: dict[str, Any]) -> EntryRef:
    """Sign one step of these talks and see it into the journal."""
    from skyaccord.talks.acts import REPRESENTATIVE
    from skyaccord.talks.table import seen_of

    payload = {**seen_of(talks, party), **fields}
    if talks.base is not None and talks.base.accord.exercise:
        payload["exercise"] = True
    return person.sign(payload, role=REPRESENTATIVE)


def said(ref: EntryRef, what: str, output: OutputFormat, **more: Any) -> None:
    """Tell what was said and where it stands on the record."""
    party = ref.origin.split("/")[1]
    if output is OutputFormat.json:
        print_json({"ref": ref.model_dump(mode="json"), **more})
    else:
        typer.echo(f"{what} (entry {party}:{ref.sequence})")


def print_json(data: Any) -> None:
    """JSON on standard output."""
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False))

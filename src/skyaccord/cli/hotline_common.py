"""What every command of `skyaccord hotline` shares: options, the record as a projection, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.acting import NodeFolder
from skyaccord.cli.signing import Person, acting
from skyaccord.cli.talks_common import FormatOption, OutputFormat, opened, print_json, said

if TYPE_CHECKING:
    from datetime import datetime

    from skyaccord.accord.model import Accord
    from skyaccord.hotline.circuit import Wire
    from skyaccord.hotline.messages import HotlineMessage
    from skyaccord.node.hotline_desk import HotlineDesk
    from skyaccord.node.projections import Projections
    from skyaccord.node.settings import Settings
    from skyaccord.record.fields import EntryRef
    from skyaccord.record.folder import Folder as RecordFolder

__all__ = ["FormatOption", "NodeFolder", "OutputFormat", "Person", "acting", "print_json"]

ANSWER_WITHIN_S: Final = 5.0  # one's own node answers in milliseconds
_LANGUAGE: Final = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
_REF: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31}):(\d{1,15})$")

RefArgument = Annotated[
    str, typer.Argument(metavar="PARTY:NUMBER", help="The entry, as `hotline list` shows it, like B:57.")
]
AccordOption = Annotated[
    str | None,
    typer.Option("--accord", metavar="DIGEST", help="Under which accord, where several are in force."),
]
Exercise = Annotated[bool, typer.Option("--exercise", help="Mark it EXERCISE.")]


@dataclass(frozen=True)
class Folder:
    """A node's folder as it stands now."""

    projections: Projections
    desk: HotlineDesk
    now: datetime
    sky_time: datetime
    place: RecordFolder
    settings: Settings

    @property
    def party(self) -> str:
        return self.projections.own.party

    def ref(self, text: str) -> EntryRef:
        """The entry that PARTY:NUMBER names; of a prepared message that went out, the one in which it did.

        InputError: not like that, or not held here.
        """
        found = _REF.match(text)
        if not found:
            raise InputError(f"{text!r} names no entry", do="write PARTY:NUMBER, like B:57")
        for ref in self._refs():
            if ref.origin.split("/")[1] == found[1] and ref.sequence == int(found[2]):
                return self.projections.messages.released(ref) or ref
        raise InputError("no such thing of the hotline is held here", where=text, do="see `hotline list`")

    def _refs(self) -> Iterator[EntryRef]:
        line, messages = self.projections.line, self.projections.messages
        yield from (one.ref for one in messages.all())
        yield from (one.prepared for one in messages.all() if one.prepared is not None)
        for alert in self.projections.sightings.all("alert"):
            yield from alert.refs
        for message in messages.all():
            yield from (one.ref for one in self.projections.asking.silences(message.ref) if one.ref)
        yield from messages.waiting
        yield from (one.ref for one in line.roster.all())
        yield from (one.ref for one in line.drills.all())
        yield from (one.ref for one in line.voices.all())
        yield from (one.ref for one in line.attempts())

    def message(self, ref: EntryRef) -> HotlineMessage | None:
        """The message of this entry, said or waiting for the line."""
        return self.projections.messages.get(ref) or self.projections.messages.waiting.get(ref)

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert of either side, as consoles get it: one row an event, oldest first."""
        from skyaccord.node.rows import alert_row

        events = self.projections.sightings.join.events()
        rows = [row.data for one in events if (row := alert_row(self.projections, one, self.now)) is not None]
        return sorted(rows, key=lambda row: row["alerts"][0]["recorded_at"])

    def alert_at(self, ref: EntryRef) -> dict[str, Any] | None:
        """The alert that this entry speaks of; None if it speaks of none."""
        from skyaccord.node.rows import alert_row

        sighting = self.projections.sightings.at(ref)
        event = self.projections.sightings.event_at(ref)
        if sighting is None or event is None or sighting.key not in event.members:
            return None
        row = alert_row(self.projections, event, self.now)
        return None if row is None or ref not in self.projections.sightings.alert_refs(ref) else row.data

    def is_silence(self, ref: EntryRef) -> bool:
        """Whether this entry says that nobody answered a message in time."""
        messages = self.projections.messages.all()
        return any(one.ref == ref for said in messages for one in self.projections.asking.silences(said.ref))

    def wires(self) -> tuple[dict[str, Wire], bool | None]:
        """The link to each peer as this folder's running node says, and whether one runs (None: it could not
        be asked). Where none runs, no link works.
        """
        import httpx2

        from skyaccord.base.times import parse_utc
        from skyaccord.cli.own_console import own_console
        from skyaccord.hotline.circuit import Wire

        try:
            with own_console(self.place, self.settings, timeout_s=ANSWER_WITHIN_S) as console:
                peers = console.get("api/status").raise_for_status().json()["peers"]
                return {one["party"]: Wire(one["link"], parse_utc(one["since"])) for one in peers}, True
        except httpx2.ConnectError:
            return dict.fromkeys(self.projections.peers, Wire("down")), False
        except (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError):
            return {}, None

    def accord(self, digest: str | None) -> tuple[str | None, Accord | None]:
        """The accord to speak under: the one named, else the only one in force, else none."""
        found = [one.digest for one in self.projections.book.watched(self.sky_time)]
        if digest is not None:
            running = found
            found = [one for one in found if one.startswith(digest) or one == f"sha256:{digest}"]
            if not found:
                raise InputError(
                    f"no accord in force has the digest {digest!r}",
                    where="--accord",
                    do=f"in force: {', '.join(running) or 'none'}",
                )
        if len(found) > 1:
            raise InputError(f"several accords are in force: {', '.join(found)}", do="name one: --accord")
        chosen = found[0] if found else None
        return chosen, self.projections.accord_as_it_runs(chosen)


@contextmanager
def hotline_of(node: Path) -> Iterator[Folder]:
    """The hotline as the folder's journals have it, for reading; a running node is not disturbed."""
    import anyio

    from skyaccord.base.clock import SystemClock
    from skyaccord.hotline.asking import RoleTerms
    from skyaccord.node.hotline_desk import HotlineDesk
    from skyaccord.node.keeper import Keeper
    from skyaccord.node.projections import Projections
    from skyaccord.node.settings import load_settings
    from skyaccord.record.folder import open_folder
    from skyaccord.record.store import read_sky_clock

    folder = open_folder(node)
    settings = load_settings(folder.settings_file)
    with opened(node) as journal:
        terms = RoleTerms(settings.hotline.acknowledge_within_s, None)
        keeper = Keeper(journal, Projections(folder.card(), terms))
        desk = HotlineDesk(keeper)
        keeper.listen(lambda _entries, touched: desk.noticed(touched))
        anyio.run(keeper.catch_up)
        now = SystemClock().now()
        with journal.store.reading() as connection:
            stored = read_sky_clock(connection)
        sky_time = now if stored is None else stored.at(now)
        yield Folder(keeper.projections, desk, now, sky_time, folder, settings)


def language_tag(text: str) -> str:
    """The language of a free text, as the record has it. InputError: it is no tag."""
    if not _LANGUAGE.match(text):
        raise InputError(f"{text!r} is no language", where="--language", do="write its tag: en, ru, ar, …")
    return text


def label(ref: EntryRef | dict[str, Any] | None) -> str:
    """PARTY:NUMBER."""
    if ref is None:
        return "-"
    origin = ref["origin"] if isinstance(ref, dict) else ref.origin
    sequence = ref["sequence"] if isinstance(ref, dict) else ref.sequence
    return f"{origin.split('/')[1]}:{sequence}"


def act(person: Person, payload: dict[str, Any], what: str, output: OutputFormat) -> None:
    """Sign, see it into the journal, and tell where it stands."""
    said(person.sign(payload), what, output)

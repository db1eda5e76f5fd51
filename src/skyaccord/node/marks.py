"""The timeline of an incident's day: which entries stand beside it, and what each says in a few words.

Only entries that the other parties can read as well: what is sealed stays sealed, and the line would tell
of it. Alerts and encounters are those of the incident's own aircraft; hotline and talks are the whole day's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from skyaccord.base.errors import RefusedError
from skyaccord.incidents.reconstruction import MARK_CHARS_MAX, MARKS_MAX, Mark
from skyaccord.record.entries import Entry
from skyaccord.record.journal import Journal
from skyaccord.record.kinds import KINDS
from skyaccord.record.statement import read_statement

OF_THE_PAIR: Final = ("alert", "encounter", "approach", "crossing", "incident.opened")
OF_THE_DAY: Final = ("message", "hotline", "acknowledgement", "silence", "talks", "accord")
"""Beginnings of the names of kinds."""
WORDS: Final = ("step", "code", "text", "title", "thing", "state", "tier", "verdict", "reason")
"""Fields of a statement or a body that say in a word what an entry is about, in this order."""
WORD_CHARS_MAX: Final = 120


def marks_of(
    journal: Journal, aircraft: Collection[str], start: datetime, readers: Collection[str]
) -> tuple[list[Mark], int]:
    """The lines of the sky day of `start`, by sky time, and how many were left out. readers: other parties,
    those who will read them.
    """
    low = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    high = low + timedelta(days=1)
    kinds = tuple(kind for kind in KINDS.known() if _wanted(kind))
    found: list[Mark] = []
    for info in journal.journals():
        for entry in journal.entries(info.origin, kinds=kinds):
            if (
                entry.sealed
                or entry.refused is not None
                or entry.kind is None
                or not low <= entry.header.sky_time < high
            ):
                continue
            if not all(entry.header.is_for(party) for party in readers):
                continue
            if _stem(entry.kind, OF_THE_PAIR) and not _about(entry.body, aircraft):
                continue
            found.append(_mark(entry, entry.kind))
    found.sort(key=lambda mark: (mark.at, mark.recorded_at, mark.ref.origin, mark.ref.sequence))
    if len(found) > MARKS_MAX:  # those nearest in time to the incident tell most
        near = sorted(found, key=lambda mark: abs((mark.at - start).total_seconds()))[:MARKS_MAX]
        kept = sorted(near, key=found.index)
        return kept, len(found) - len(kept)
    return found, 0


def _wanted(kind: str) -> bool:
    return _stem(kind, OF_THE_PAIR) or _stem(kind, OF_THE_DAY)


def _stem(kind: str, stems: tuple[str, ...]) -> bool:
    return any(kind == stem or kind.startswith(f"{stem}.") for stem in stems)


def _about(body: dict[str, Any], aircraft: Collection[str]) -> bool:
    told = body.get("observation") if isinstance(body.get("observation"), dict) else body
    named = told.get("pair") or [told.get("icao24")] if isinstance(told, dict) else []
    return set(named) <= set(aircraft) and bool(named)


def _mark(entry: Entry, kind: str) -> Mark:
    return Mark(
        at=entry.header.sky_time,
        recorded_at=entry.header.recorded_at,
        kind=kind,
        party=entry.party,
        ref=entry.ref,
        text=" · ".join(_words(entry.body))[:MARK_CHARS_MAX],
    )


def _words(body: dict[str, Any]) -> list[str]:
    """What an entry says, in the words of whoever wrote it."""
    fields: dict[str, Any] = body
    if isinstance(body.get("statement"), dict):
        try:
            fields = read_statement(body["statement"]).model_dump(mode="json")
        except RefusedError:
            return []
    elif isinstance(body.get("observation"), dict):
        fields = {**body, **body["observation"]}
    found = [fields[name] for name in WORDS if isinstance(fields.get(name), str) and fields[name].strip()]
    return [word[:WORD_CHARS_MAX].replace("\n", " ") for word in found[:3]]

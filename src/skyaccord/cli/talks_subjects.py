"""What an agenda item can be about: approaches, alerts, encounters and incidents that a node holds, by
reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from skyaccord.base.errors import InputError

if TYPE_CHECKING:
    from skyaccord.record.entries import Entry
    from skyaccord.record.fields import EntryRef
    from skyaccord.record.journal import Journal

_REF: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9_-]{0,31}):(\d{1,15})$")
LISTED: Final = ("approach", "encounter", "incident.opened")
LISTED_MAX: Final = 50  # the newest of them; older ones are found with `skyaccord journal show`
WHAT: Final = {
    "approach": "Approach",
    "encounter": "Broken limits",
    "alert": "Alert",
    "incident.opened": "Incident",
    "message": "Message",
}


@dataclass(frozen=True)
class Subject:
    """An entry, and a title for it made from what it says."""

    ref: EntryRef
    title: str
    fields: dict[str, Any]  # the same as data: talks/acts.py, AgendaSubject


def subject_of(journal: Journal, text: str) -> Subject:
    """The entry named PARTY:NUMBER. InputError: not like that, not held here, or nothing to talk about."""
    found = _REF.match(text)
    if not found:
        raise InputError(f"{text!r} names no entry", do="write PARTY:NUMBER, like A:57; see --subjects")
    party, sequence = found[1], int(found[2])
    for info in journal.journals():
        if info.party == party and sequence < info.size:
            entry = next(iter(journal.entries(info.origin, after=sequence - 1)))
            if entry.sealed or entry.kind not in WHAT:
                raise InputError("that entry is nothing to put on an agenda", where=text, do="see --subjects")
            return Subject(entry.ref, title_of(entry), fields_of(entry))
    raise InputError("no such entry is held here", where=text, do="see `skyaccord journal show`")


def subject_rows(journal: Journal) -> list[dict[str, Any]]:
    """The newest approaches, encounters and incidents held here, the newest last; one row a thing."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    for info in journal.journals():
        for entry in journal.entries(info.origin, kinds=LISTED):
            if not entry.sealed and entry.refused is None:
                row = {"from": f"{info.party}:{entry.sequence}", "kind": entry.kind, "title": title_of(entry)}
                found[_thing(entry)] = (entry.header.sky_time, row)
    rows = sorted(found.values(), key=lambda one: (one[0], one[1]["from"]))
    return [row for _, row in rows[-LISTED_MAX:]]


def title_of(entry: Entry) -> str:
    """One line: what, which aircraft, how near, when. Nothing but what the entry says."""
    fields = fields_of(entry)
    names, near = " and ".join(fields["aircraft"]), fields["horizontal_nm"]
    parts = [WHAT.get(entry.kind or "", "Entry"), f"of {names}" if names else ""]
    told = " ".join(part for part in parts if part)
    if near is not None:
        told += f", {near:.1f} NM"
    return f"{told}, {fields['time'][:16].replace('T', ' ')} UTC"


def fields_of(entry: Entry) -> dict[str, Any]:
    """What the entry is about, as an agenda item carries it."""
    from skyaccord.base.times import format_utc

    body = entry.body
    seen = body.get("observation") or {}
    pair = seen.get("pair") or body.get("pair") or []
    signs = seen.get("callsigns") or body.get("callsigns") or [None] * len(pair)
    return {
        "what": (entry.kind or "").split(".", maxsplit=1)[0],
        "aircraft": [sign or address for sign, address in zip(signs, pair, strict=False)],
        "horizontal_nm": seen.get("min_horizontal_nm"),
        "time": seen.get("min_horizontal_time") or format_utc(entry.header.sky_time),
    }


def _thing(entry: Entry) -> str:
    """Openings and closings of one thing are one row: the closing says how near they came."""
    seen = entry.body.get("observation") or {}
    if entry.kind == "incident.opened":
        return f"{entry.origin}/{entry.sequence}"
    return f"{entry.origin}/{entry.kind}/{seen.get('pair')}/{seen.get('start_time')}/{seen.get('rule')}"

"""Which closings name an agreed record, and whether the leaves that are held prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyaccord.base.times import format_utc
from skyaccord.incidents.covering import Covered, digest_of
from skyaccord.incidents.outline import short_ref
from skyaccord.incidents.statements import CLOSE, CloseStatement
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import read_statement

if TYPE_CHECKING:
    from skyaccord.record.journal import Journal


@dataclass(frozen=True)
class Closing:
    """One party's closing of a record. entries: how many it names, `erased` of them; reason: why it proves
    nothing.
    """

    party: str
    accord: str | None
    role: str
    at: str
    entry: str
    entries: int
    erased: int
    proved: bool
    reason: str = ""


def closings_of(journal: Journal, digest: str) -> list[Closing]:
    """Every closing on the record that names this digest, by party, and what the leaves say of it."""
    sizes = {info.origin: info.size for info in journal.journals()}
    found = []
    for origin in sorted(sizes):
        for entry in journal.entries(origin, kinds=(CLOSE,)):
            said = None if entry.sealed or entry.refused else read_statement(entry.body.get("statement"))
            if not isinstance(said, CloseStatement) or said.record != digest:
                continue
            refs, erased, reason = _leaves(journal, sizes, said.entries)
            if not reason and digest_of(refs) != digest:
                reason = "the leaves of the entries that it names make another digest"
            found.append(
                Closing(
                    party=said.party,
                    accord=said.accord,
                    role=said.role,
                    at=format_utc(said.at),
                    entry=short_ref(entry.ref),
                    entries=len(refs),
                    erased=erased,
                    proved=not reason,
                    reason=reason,
                )
            )
    return found


def _leaves(journal: Journal, sizes: dict[str, int], named: list[Covered]) -> tuple[list[EntryRef], int, str]:
    """The entries that a closing names, how many of them are erased, and what is missing, in words."""
    if not named:
        return [], 0, "it does not name its entries (made by an earlier version)"
    refs: list[EntryRef] = []
    erased = 0
    for one in named:
        for span in one.spans:
            if span.last >= sizes.get(one.origin, 0):
                return refs, erased, f"{one.origin} is not held here up to entry {span.last}"
            entries = journal.entries(one.origin, after=span.first - 1, limit=span.last - span.first + 1)
            for entry in entries:
                refs.append(entry.ref)
                erased += entry.erased
    return refs, erased, ""

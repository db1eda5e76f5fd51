"""All talks of a node: a projection of the journals' `talks.*` entries.

entries of every journal ──► add() ──► one negotiation per name and parties
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import read_statement
from skyaccord.talks import acts
from skyaccord.talks.negotiation import Negotiation

NEGOTIATIONS_MAX: Final = 200
"""Talks at one node. A peer that opens more is refused, and its entries are listed."""
REFUSALS_SHOWN_MAX: Final = 100

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class TalksRefusal:
    """An entry that counts for nothing in talks, and why."""

    ref: EntryRef
    party: str
    reason: str


class TalksTable:
    """Every negotiation on the record: the same entries, in any order between journals, the same table."""

    def __init__(self) -> None:
        self._talks: dict[Key, Negotiation] = {}
        self._refusals: list[TalksRefusal] = []

    def add(self, entry: Entry) -> Negotiation | None:
        """Take an entry that the record has checked; the talks that it belongs to, or None."""
        if entry.sealed or entry.refused is not None or entry.kind not in acts.KINDS:
            return None
        try:
            statement = read_statement(entry.body.get("statement"))
            if not isinstance(statement, acts.TalksStatement):
                return None
            found = self._of(statement.talks, tuple(statement.between))
            found.take(entry.ref, entry.header, statement)
        except RefusedError as error:
            refusal = TalksRefusal(entry.ref, entry.party, error.what)
            self._refusals = [*self._refusals, refusal][-REFUSALS_SHOWN_MAX:]
            return None
        self._talks.setdefault((found.name, found.between), found)
        return found

    def _of(self, name: str, between: tuple[str, ...]) -> Negotiation:
        found = self._talks.get((name, between))
        if found is None and len(self._talks) >= NEGOTIATIONS_MAX:
            raise RefusedError(f"{NEGOTIATIONS_MAX} talks are going on here already")
        return found or Negotiation(name, between)

    def get(self, name: str, between: tuple[str, ...]) -> Negotiation:
        """These talks, empty if nobody has said anything."""
        return self._talks.get((name, between)) or Negotiation(name, between)

    def named(self, name: str | None, party: str) -> Negotiation:
        """The talks of this name in which `party` takes part; without a name, the only ones.

        InputError: there are none, or several.
        """
        found = [
            talks
            for talks in self.all()
            if party in talks.between and talks.openings and name in (None, talks.name)
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            which = f" {name!r}" if name else ""
            raise InputError(
                f"no talks{which} at party {party}", do="open them with `skyaccord talks open FILE`"
            )
        names = ", ".join(f"{talks.name} ({' and '.join(talks.between)})" for talks in found)
        raise InputError(f"several talks: {names}", do="name one with --talks")

    def all(self) -> list[Negotiation]:
        """Every negotiation, by name and parties."""
        return [self._talks[key] for key in sorted(self._talks)]

    @property
    def refusals(self) -> tuple[TalksRefusal, ...]:
        """Entries that count for nothing, the newest last."""
        return tuple(self._refusals)

    def __iter__(self) -> Iterator[Negotiation]:
        return iter(self.all())


def seen_of(talks: Negotiation, party: str) -> dict[str, Any]:
    """The fields of a statement that say which talks it is part of and what its signer has read."""
    return {"talks": talks.name, "between": list(talks.between), "seen": talks.seen_by(party)}

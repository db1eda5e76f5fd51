"""Which entries a closing covers, so that it can be checked by leaves alone, long after the words are gone.

A closing names the digest of the record and, journal by journal, the places of the entries that it is over.
Closings are never erased, and leaves never go: whoever holds the journals can say whether an agreed digest
(of a joint report in a drawer) is that of these very entries, and which parties closed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Annotated, Final

from pydantic import Field, model_validator

from skyaccord.record.fields import EntryRef, Origin, RecordModel, Sequence

SPANS_MAX: Final = 2500
"""Of one journal in one closing: more than one party's words about one incident (casebook.py), and half of
what a statement has room for."""
JOURNALS_MAX: Final = 64  # parties of one accord (record.fields.RECIPIENTS_MAX)

Place = tuple[str, int]
"""Journal and sequence."""


class Span(RecordModel):
    """Entries `first` to `last` of one journal, both included."""

    first: Sequence
    last: Sequence


class Covered(RecordModel):
    """What is covered of one journal, rising."""

    origin: Origin
    spans: Annotated[list[Span], Field(min_length=1, max_length=SPANS_MAX)]

    @model_validator(mode="after")
    def _rising(self) -> Covered:
        if any(one.last < one.first for one in self.spans):
            raise ValueError("a span ends before it begins")
        if any(late.first <= early.last + 1 for early, late in pairwise(self.spans)):
            raise ValueError("spans are in order, apart from each other")
        return self


def covered(refs: Iterable[EntryRef]) -> list[Covered]:
    """These entries, journal by journal, as a closing names them."""
    by_origin: dict[str, set[int]] = {}
    for ref in refs:
        by_origin.setdefault(ref.origin, set()).add(ref.sequence)
    found = []
    for origin, sequences in sorted(by_origin.items()):
        spans: list[list[int]] = []
        for sequence in sorted(sequences):
            if spans and sequence == spans[-1][1] + 1:
                spans[-1][1] = sequence
            else:
                spans.append([sequence, sequence])
        found.append(Covered(origin=origin, spans=[Span(first=low, last=high) for low, high in spans]))
    return found


def covers(named: Iterable[Covered], ref: EntryRef) -> bool:
    """Whether this entry is among those that are named."""
    return any(
        one.origin == ref.origin and any(span.first <= ref.sequence <= span.last for span in one.spans)
        for one in named
    )


def digest_of(refs: Collection[EntryRef]) -> str:
    """ "sha256:…" over journal, place and leaf of every entry: contents are not needed for it."""
    lines = sorted(f"{ref.origin} {ref.sequence} {ref.leaf}" for ref in refs)
    return f"sha256:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"

"""What an accord's retention says, as kinds of entries and times before which their contents go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from skyaccord.record.erasure import NEVER, Retention
from skyaccord.record.kinds import KINDS
from skyaccord.talks.book import AccordBook

KINDS_OF: Final = {
    "alert": ("alert", "silence"),
    "encounter": ("encounter",),
    "approach": ("approach",),
    "message": ("message", "acknowledgement"),
    "incident": ("incident",),
    "crossing": ("crossing",),
    "talks": ("talks",),
    "notice": ("notice",),
}
"""An accord's word → beginnings of the names of kinds: `incident` is `incident.opened` and its like."""


def retentions(book: AccordBook, now: datetime) -> list[Retention]:
    """What every accord on the record asks to be erased by now; none without a retention of its own.

    Only entries that were made under an accord fall under its retention.
    """
    found = []
    for standing in book.standings(now):
        kept = standing.accord.retention
        if kept is None:
            continue
        for word, stems in KINDS_OF.items():
            kinds = frozenset(
                kind
                for kind in KINDS.known()
                if kind not in NEVER and any(kind == stem or kind.startswith(f"{stem}.") for stem in stems)
            )
            if kinds:
                before = now - timedelta(days=kept.days_of(word))
                found.append(Retention(kinds, before, "retention", accord=standing.digest))
    return found

"""What erasing leaves alone: an incident goes whole or not at all, and not before both sides have closed it.

Half a record would be worse than none: an account that went while its incident is open would look like one
that was never given, and the side that gave it like one that fell silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from skyaccord.incidents.case import Case
from skyaccord.incidents.covering import Place
from skyaccord.record.fields import EntryRef


def kept_back(cases: Iterable[Case], before: datetime) -> frozenset[Place]:
    """Entries that stay although they are older than `before` (wall clock): of incidents that are open, or of
    which something is younger.
    """
    return frozenset(
        (ref.origin, ref.sequence)
        for case in cases
        if case.state != "closed" or newest(case) >= before
        for ref in entries_of(case)
    )


def entries_of(case: Case) -> Iterator[EntryRef]:
    """Every entry about an incident that can be erased."""
    yield from case.refs
    yield from (one.ref for one in case.silences)


def newest(case: Case) -> datetime:
    """When the last thing about it came on the record."""
    return max(
        *(one.recorded_at for one in case.openings),
        *(one.recorded_at for one in case.words),
        *(one.recorded_at for one in case.reconstructions.values()),
        *(one.recorded_at for one in case.silences),
    )

"""When a side does not account for an incident in time: the silence goes on the record, once each.

Every node writes down what it misses, of its own side as of the others: a deadline that passed unseen by one
side is seen by the other. The row of the incident says so as well, until what was due has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from skyaccord.incidents.case import Case
from skyaccord.incidents.dues import SILENCE, IncidentSilenceBody
from skyaccord.node.projections import Projections, Touched
from skyaccord.node.sayings import Saying
from skyaccord.record.fields import EVERY_PEER, EntryRef


class IncidentAlarms:
    """Remembers when to look at which incident again; nothing here is kept but times."""

    def __init__(self, projections: Projections) -> None:
        self._projections = projections
        self._look_at: dict[EntryRef, datetime | None] = {}

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Something was said about incidents: look at them."""
        sightings = self._projections.sightings
        for change in touched:
            self._look_at.update(dict.fromkeys(change.incidents))
            self._look_at.update(
                (sightings.get(key).first, None) for key in change.sightings if key.thing == "opening"
            )

    def due(self, now: datetime, sky_time: datetime) -> list[Saying]:
        """The silences that have to go on the record at this wall time."""
        found: dict[tuple[EntryRef, str, str], Saying] = {}
        own = self._projections.own.party
        for ref in [ref for ref, at in self._look_at.items() if at is None or at <= now]:
            case = self._projections.cases.case_at(ref)
            if case is None:
                self._look_at.pop(ref)  # comes again with its opening
                continue
            for one in case.dues():
                if one.state(now) != "missed" or own not in case.parties:
                    continue
                if case.silence_of(one, own) is None:
                    body = IncidentSilenceBody(
                        incident=case.ref,
                        party=one.party,
                        what=one.what,
                        deadline_s=one.deadline_s,
                        due_at=one.at,
                    )
                    saying = Saying(SILENCE, body, readers_of(case, own), case.accord, sky_time)
                    found.setdefault((case.ref, one.party, one.what), saying)
            coming = [one.at for one in case.dues() if one.state(now) == "waiting"]
            if coming:
                self._look_at[ref] = min(coming)
            else:
                self._look_at.pop(ref)
        return list(found.values())


def readers_of(case: Case, own: str) -> tuple[str, ...]:
    """Whom words about an incident are for: the others who must account for it."""
    if case.accord is None:
        return (EVERY_PEER,)
    return tuple(party for party in case.parties if party != own)

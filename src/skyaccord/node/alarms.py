"""When nobody answers: the silence goes on the record, once for each missed deadline, and the next role is
asked.
"""

from __future__ import annotations

from datetime import datetime

from skyaccord.hotline.asking import Standing
from skyaccord.hotline.bodies import SILENCE, SilenceBody
from skyaccord.node.projections import Projections
from skyaccord.node.sayings import Saying
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef


def missed(projections: Projections, now: datetime) -> list[Standing]:
    """Asks of our own journal that are out of time and not on the record as such yet.

    An acknowledgement of any alert of the same event counts: people answer for what happens in the sky, not
    for each node's report of it.
    """

    def related(subject: EntryRef) -> list[EntryRef]:
        return projections.sightings.alert_refs(subject)

    return projections.asking.due(now, origin=projections.own.origin, related=related)


def silence_of(standing: Standing, subject: Entry, sky_time: datetime) -> Saying:
    """The entry that says so, for whoever could read what was asked."""
    body = SilenceBody(
        of=standing.subject, party=standing.party, role=standing.role, deadline_s=standing.deadline_s
    )
    header = subject.header
    return Saying(SILENCE, body, tuple(header.recipients), header.accord, sky_time)

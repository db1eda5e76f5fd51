"""When nobody answers: the silence goes on the record, once for each missed deadline, and the next role is
asked. A role that nobody holds is asked past at once, and that is said as well.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from skyaccord.hotline.asking import Standing
from skyaccord.hotline.bodies import RELEASED, SILENCE, VACANCY, ReleasedBody, SilenceBody, VacancyBody
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.hotline.phrasebook import priority
from skyaccord.node.projections import Projections
from skyaccord.node.sayings import Saying
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EVERY_PEER, EntryRef


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
    header = subject.header
    if standing.vacant:
        vacancy = VacancyBody(of=standing.subject, party=standing.party, role=standing.role)
        return Saying(VACANCY, vacancy, tuple(header.recipients), header.accord, sky_time)
    body = SilenceBody(
        of=standing.subject, party=standing.party, role=standing.role, deadline_s=standing.deadline_s
    )
    return Saying(SILENCE, body, tuple(header.recipients), header.accord, sky_time)


def in_order(waiting: Collection[HotlineMessage], now: datetime) -> list[HotlineMessage]:
    """Prepared messages as they go out: the most urgent first, then the oldest; expired ones last."""
    return sorted(
        waiting,
        key=lambda one: (is_expired(one, now), priority(one.code), one.recorded_at, one.ref.sequence),
    )


def is_expired(message: HotlineMessage, now: datetime) -> bool:
    """Whether a prepared message says nothing any more."""
    return message.expires_at is not None and now >= message.expires_at


def releases(
    projections: Projections, journal_entry: Entry, message: HotlineMessage, now: datetime, sky_time: datetime
) -> Saying:
    """The entry with which a prepared message goes out. journal_entry: the sealed one that holds it."""
    body = ReleasedBody(
        prepared=message.ref,
        statement=journal_entry.body["statement"],
        expired=is_expired(message, now),
    )
    recipients, exercise = recipients_of(projections, message.accord), True if message.exercise else None
    return Saying(RELEASED, body, recipients, message.accord, sky_time, exercise)


def recipients_of(projections: Projections, accord: str | None) -> tuple[str, ...]:
    """The other parties of an accord; every peer without one."""
    loaded = None if accord is None else projections.book.get(accord)
    if loaded is None:
        return (EVERY_PEER,)
    return tuple(party.id for party in loaded.accord.parties if party.id != projections.own.party)

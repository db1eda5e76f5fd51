"""Rows as consoles get them: one JSON object a thing, made from the projections. docs/node.md has every
field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skyaccord.accord.reading import rule_reading
from skyaccord.accord.sense import TIER_ORDER
from skyaccord.base.times import format_utc
from skyaccord.hotline.asking import Acknowledgement, Standing
from skyaccord.hotline.messages import HotlineMessage
from skyaccord.incidents.bodies import AlertBody, ApproachBody, EncounterBody
from skyaccord.incidents.case import Case
from skyaccord.incidents.crossings import Crossed
from skyaccord.incidents.events import Event
from skyaccord.incidents.incidents import incident_of
from skyaccord.incidents.outline import summary
from skyaccord.incidents.sightings import Sighting, SightingKey
from skyaccord.node.message_rows import progress_row, words_row
from skyaccord.node.projections import Projections
from skyaccord.node.standing_rows import course_row
from skyaccord.record.fields import EntryRef

Row = dict[str, Any]


@dataclass(frozen=True)
class TimedRow:
    """A row that time alone can change. next_deadline: wall time at which it does, None for never."""

    data: Row
    next_deadline: datetime | None


def ref_json(ref: EntryRef) -> Row:
    """A reference as JSON."""
    return ref.model_dump(mode="json")


def acknowledgement_json(one: Acknowledgement) -> Row:
    """One acknowledgement as JSON."""
    return {
        "of": ref_json(one.of),
        "ref": ref_json(one.ref),
        "party": one.party,
        "role": one.role,
        "name": one.name,
        "at": format_utc(one.at),
        "automatic": one.automatic,
        "exercise": one.exercise,
    }


def alert_row(
    projections: Projections,
    event: Event[SightingKey],
    now: datetime,
    newest: dict[SightingKey, AlertBody] | None = None,
) -> TimedRow | None:
    """The alert row of an event, None if nobody raised an alert in it.

    newest: what our own monitor says by now, where that is newer than what was worth journalling.
    """
    alerts = projections.sightings.members(event, "alert")
    if not alerts:
        return None
    told = {alert.key: _told(alert, newest or {}) for alert in alerts}
    lead = max(alerts, key=lambda alert: _urgency(alert, told[alert.key], projections.own.party))
    body = told[lead.key]
    refs = [ref for alert in alerts for ref in alert.refs]
    standings = _standings(projections, alerts, refs)
    acknowledgements = projections.asking.acknowledgements(refs)
    open_ones = [standing for standing in standings if not standing.acknowledged]
    deadlines = [standing.deadline_at for standing in open_ones]
    coming = [deadline for deadline in deadlines if deadline > now]
    data = {
        "event": event.id,
        "pair": list(event.pair),
        "callsigns": list(body.callsigns),
        "parties": list(body.parties),
        "accord": event.accord,
        "rule": body.rule,
        "tier": body.tier,
        "state": "active" if any(alert.active for alert in alerts) else "cleared",
        "inside": body.inside,
        "time_to_cpa_s": body.time_to_cpa_s,
        "cpa_time": format_utc(body.cpa_time),
        "predicted_horizontal_nm": body.predicted_horizontal_nm,
        "predicted_vertical_ft": body.predicted_vertical_ft,
        "horizontal_nm": body.horizontal_nm,
        "vertical_ft": body.vertical_ft,
        "closing_kt": body.closing_kt,
        "apart_since": format_utc(body.apart_since) if body.apart_since else None,
        "sky_time": format_utc(lead.header.sky_time),
        "reason": body.reason,
        "confident": body.confident,
        "exercise": all(alert.header.exercise for alert in alerts),  # what one side sees for real is real
        "observed_by": sorted({alert.party for alert in alerts}),
        "alerts": [_one_alert(alert, told[alert.key]) for alert in alerts],
        "acknowledgements": [acknowledgement_json(one) for one in acknowledgements],
        "asked": {standing.party: standing.role for standing in standings},
        "acknowledged_by": sorted({one.party for one in standings if one.acknowledged}),
        "overdue": sorted({one.party for one in open_ones if one.overdue(now)}),
        "deadline_at": format_utc(min(coming or deadlines)) if deadlines else None,
    }
    return TimedRow(data, min(coming) if coming else None)


def _told(alert: Sighting, newest: dict[SightingKey, AlertBody]) -> AlertBody:
    assert isinstance(alert.body, AlertBody)  # noqa: S101 (members(…, "alert") are alerts)
    return newest.get(alert.key, alert.body) if alert.active else alert.body


def _urgency(alert: Sighting, body: AlertBody, own: str) -> tuple[bool, int, bool, datetime]:
    """Which of an event's alerts speaks for it: active, gravest, our own observation, newest."""
    return alert.active, TIER_ORDER.index(body.tier), alert.party == own, alert.header.sky_time


def _one_alert(alert: Sighting, body: AlertBody) -> Row:
    return {
        "ref": ref_json(alert.first),
        "party": alert.party,
        "tier": body.tier,
        "state": "active" if alert.active else "cleared",
        "raised_at": format_utc(body.raised_at),
        "recorded_at": format_utc(alert.first_header.recorded_at),
        "reason": body.reason,
        "confident": body.confident,
    }


def _standings(projections: Projections, alerts: list[Sighting], refs: list[EntryRef]) -> list[Standing]:
    """One standing a party over all alerts of an event: of those not answered, the one that has waited
    longest."""
    worst: dict[str, Standing] = {}
    for alert in alerts:
        for party in projections.asking.asked(alert.first):
            standing = projections.asking.standing(alert.first, party, refs)
            held = worst.get(party)
            if standing is not None and (held is None or _gravity(standing) > _gravity(held)):
                worst[party] = standing
    return [worst[party] for party in sorted(worst)]


def _gravity(standing: Standing) -> tuple[bool, bool, float]:
    return not standing.acknowledged, standing.silence_recorded, -standing.deadline_at.timestamp()


def encounter_row(projections: Projections, sighting: Sighting) -> Row:
    """One party's observation of one encounter."""
    assert isinstance(sighting.body, EncounterBody)  # noqa: S101 (the caller asks for encounters)
    event = projections.sightings.join.event_of(sighting.key)
    return {
        "ref": ref_json(sighting.first),
        "event": event.id if event else None,
        "party": sighting.party,
        "accord": sighting.header.accord,
        "state": sighting.body.state,
        "sky_time": format_utc(sighting.header.sky_time),
        "exercise": sighting.header.exercise,
        **sighting.body.observation.model_dump(mode="json"),
    }


@dataclass(frozen=True)
class ApproachSoFar:
    """An open approach of our own monitor, newer than its entry. horizontal_nm: now; None: not heard."""

    min_horizontal_nm: float
    min_horizontal_time: datetime
    vertical_ft: float | None
    horizontal_nm: float | None


def approach_row(projections: Projections, sighting: Sighting, so_far: ApproachSoFar | None = None) -> Row:
    """One approach: our own, sealed, or one that an opening shared.

    so_far: what our own monitor says by now; the journal has only how it began and how it ended.
    """
    assert isinstance(sighting.body, ApproachBody)  # noqa: S101 (the caller asks for approaches)
    event = projections.sightings.join.event_of(sighting.key)
    opened = None if event is None else incident_of(projections.sightings, event)
    observation = sighting.body.observation.model_dump(mode="json")
    live = so_far if sighting.active else None
    if live is not None:
        observation |= {
            "min_horizontal_nm": live.min_horizontal_nm,
            "min_horizontal_time": format_utc(live.min_horizontal_time),
            "vertical_ft": live.vertical_ft,
        }
    return {
        "ref": ref_json(sighting.first),
        "event": event.id if event else None,
        "party": sighting.party,
        "state": sighting.body.state,
        "contains_encounter": sighting.body.contains_encounter,
        "incident": opened.id if opened else None,
        "sky_time": format_utc(sighting.header.sky_time),
        "exercise": sighting.header.exercise,
        "horizontal_nm": None if live is None else live.horizontal_nm,
        **observation,
    }


def crossing_row(crossed: Crossed) -> Row:
    """One crossing, as one party's node saw it."""
    return {
        "ref": ref_json(crossed.ref),
        "seen_by": crossed.seen_by,
        "accord": crossed.header.accord,
        "sky_time": format_utc(crossed.header.sky_time),
        "exercise": crossed.header.exercise,
        **crossed.body.model_dump(mode="json"),
    }


def incident_row(projections: Projections, case: Case, now: datetime) -> TimedRow:
    """One incident, as far as both sides have accounted for it."""
    waiting = [one.at for one in case.dues() if one.state(now) == "waiting"]
    return TimedRow(summary(case, projections.own.party, now), min(waiting, default=None))


def message_row(projections: Projections, message: HotlineMessage, now: datetime) -> TimedRow:
    """One message with its three states: sent, held by (receipt), acknowledged by (person)."""
    acknowledgements = projections.asking.acknowledgements([message.ref])
    standings = [
        standing
        for party in sorted(projections.asking.asked(message.ref))
        if (standing := projections.asking.standing(message.ref, party)) is not None
    ]
    open_ones = [standing for standing in standings if not standing.acknowledged]
    coming = [standing.deadline_at for standing in open_ones if standing.deadline_at > now]
    refused = projections.receipts.refused_by(message.ref)
    progress, changing = progress_row(projections, message, now)
    coming = [*coming, *changing]
    data = {
        "ref": ref_json(message.ref),
        "from": message.party,
        "to_role": message.to_role,
        "role": message.role,
        "name": message.name,
        "text": message.text,
        "language": message.language,
        "at": format_utc(message.at),
        "recorded_at": format_utc(message.recorded_at),
        "sky_time": format_utc(message.sky_time),
        "about": ref_json(message.about) if message.about else None,
        "accord": message.accord,
        "exercise": message.exercise,
        "automatic": message.automatic,
        "held_by": [party for party in projections.receipts.held_by(message.ref) if party not in refused],
        "refused_by": refused,
        "acknowledgements": [acknowledgement_json(one) for one in acknowledgements],
        "asked": {standing.party: standing.role for standing in standings},
        "acknowledged_by": sorted({one.party for one in standings if one.acknowledged}),
        "overdue": sorted({one.party for one in open_ones if one.overdue(now)}),
        "deadline_at": format_utc(min(coming)) if coming else None,
        **words_row(projections, message),
        **progress,
    }
    return TimedRow(data, min(coming) if coming else None)


def accord_rows(projections: Projections, sky_time: datetime) -> list[Row]:
    """Every accord on the record, as it stands at this sky time."""
    return [
        {
            "digest": standing.digest,
            "name": standing.accord.name,
            "title": standing.accord.title,
            "version": standing.accord.version,
            "state": standing.state,
            "reason": standing.reason,
            "signed_by": list(standing.signed_by),
            "missing": list(standing.missing),
            "parties": [{"id": party.id, "name": party.name} for party in standing.accord.parties],
            "start": format_utc(standing.accord.validity.start),
            "end": format_utc(standing.accord.validity.end) if standing.accord.validity.end else None,
            "exercise": standing.accord.exercise,
            "rules": [
                {**rule.model_dump(mode="json"), "reading": rule_reading(rule)}
                for rule in standing.accord.rules
            ],
            "watch_nm": standing.accord.watch.horizontal_nm if standing.accord.watch else None,
            "tiers": [tier.model_dump(mode="json") for tier in standing.accord.tiers],
            "roles": [role.model_dump(mode="json") for role in standing.accord.roles],
            "conduct": [
                rule.model_dump(mode="json")
                for rule in (projections.accord_as_it_runs(standing.digest) or standing.accord).conduct
            ],
            **course_row(standing),
        }
        for standing in projections.book.standings(sky_time)
    ]


def person_rows(projections: Projections) -> list[Row]:
    """Everybody who is enrolled, by party."""
    return [
        {
            "party": person.party,
            "role": person.role,
            "name": person.name,
            "public_key": person.public_key,
            "automatic": person.automatic,
        }
        for person in projections.enrolments.all()
    ]

"""What each party's journal says that its node saw, one line a thing, whatever kind of entry told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from skyaccord.incidents.bodies import AlertBody, ApproachBody, EncounterBody
from skyaccord.incidents.crossings import Crossed
from skyaccord.incidents.sightings import Sighting
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.record.fields import EntryRef

Thing = Literal["alert", "encounter", "approach", "crossing"]
THINGS: Final[tuple[Thing, ...]] = ("alert", "encounter", "approach", "crossing")
VERDICTS: Final = ("infringement", "breach", "nmac")


@dataclass(frozen=True)
class Seen:
    """One thing as one party saw it. Sky times. rule: of the accord; a line's or zone's id for a crossing.

    verdict: of an encounter; the tier of an alert; the way of a crossing; "approach". numbers: NM, ft, s.
    over: whether it has ended, as far as its party has said. nuisance: of an alert that is over.
    """

    thing: Thing
    party: str
    ref: EntryRef
    accord: str | None
    rule: str | None
    aircraft: tuple[str, ...]
    callsigns: tuple[str | None, ...]
    start: datetime
    end: datetime
    closest: datetime
    verdict: str
    numbers: Mapping[str, float]
    confident: bool
    over: bool
    nuisance: bool | None = None

    @property
    def order(self) -> tuple[datetime, str, str, int]:
        """The same everywhere."""
        return self.start, self.thing, self.ref.origin, self.ref.sequence


def seen(ledger: Ledger, window: Window) -> list[Seen]:
    """Everything that began in the window, by time."""
    found = [*_sightings(ledger, window), *_crossings(ledger, window)]
    broken: dict[tuple[object, ...], list[Seen]] = {}
    for one in found:
        if one.thing == "encounter":
            broken.setdefault(_same(one), []).append(one)
    judged = [_judged(one, broken.get(_same(one), ())) for one in found]
    return sorted(judged, key=lambda one: one.order)


def _same(one: Seen) -> tuple[object, ...]:
    return one.party, one.accord, one.rule, one.aircraft


def _judged(alert: Seen, encounters: Iterable[Seen]) -> Seen:
    """An alert that ended without being one, and without an encounter, was not judged to its end."""
    if alert.thing != "alert" or alert.nuisance is not False:
        return alert
    met = any(one.start <= alert.end and one.end >= alert.start for one in encounters)
    return alert if met else replace(alert, nuisance=None)


def _sightings(ledger: Ledger, window: Window) -> Iterator[Seen]:
    things: tuple[Literal["alert", "encounter", "approach"], ...] = ("alert", "encounter", "approach")
    for thing in things:
        for sighting in ledger.sightings.all(thing):
            one = _of_sighting(sighting)
            if one is not None and window.holds(one.start, sighting.first_header.exercise):
                yield one


def _of_sighting(sighting: Sighting) -> Seen | None:
    body, accord = sighting.body, sighting.header.accord
    said_at = sighting.header.sky_time
    if isinstance(body, AlertBody):
        return Seen(
            "alert", sighting.party, sighting.first, accord, body.rule, body.pair, body.callsigns,
            body.raised_at, max(said_at, body.raised_at), body.cpa_time, body.tier,
            {"horizontal_nm": body.predicted_horizontal_nm}, body.confident, not sighting.active,
            body.nuisance,
        )  # fmt: skip
    if isinstance(body, EncounterBody):
        told = body.observation
        return Seen(
            "encounter", sighting.party, sighting.first, accord, told.rule, told.pair, told.callsigns,
            told.start_time, told.end_time or max(said_at, told.start_time), told.cpa_time, told.verdict,
            _known(
                horizontal_nm=told.cpa_horizontal_nm, vertical_ft=told.cpa_vertical_ft, dwell_s=told.dwell_s
            ),
            told.confident, told.end_time is not None,
        )  # fmt: skip
    if isinstance(body, ApproachBody) and not body.contains_encounter:
        near = body.observation
        return Seen(
            "approach", sighting.party, sighting.first, None, None, near.pair, near.callsigns,
            near.start_time, near.end_time or max(said_at, near.start_time), near.min_horizontal_time,
            "approach", _known(horizontal_nm=near.min_horizontal_nm, vertical_ft=near.vertical_ft),
            near.confident, near.end_time is not None,
        )  # fmt: skip
    return None


def _crossings(ledger: Ledger, window: Window) -> Iterator[Seen]:
    for one in ledger.crossings:
        if window.holds(one.body.time, one.header.exercise):
            yield _of_crossing(one)


def _of_crossing(one: Crossed) -> Seen:
    body = one.body
    return Seen(
        "crossing", one.seen_by, one.ref, one.header.accord, body.place, (body.icao24,), (body.callsign,),
        body.time, body.time, body.time, body.way, _known(altitude_ft=body.altitude_ft), body.confident, True,
    )  # fmt: skip


def _known(**numbers: float | None) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if value is not None}

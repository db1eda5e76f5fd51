"""kind `crossing`: an aircraft crossed a line of an accord, or went into or out of a zone or area of caution.

Shared with the accord's other parties: the line is theirs as well. Each party's observations stand beside the
other's and are not joined: both count, and who counted what can be compared.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from skyaccord.incidents.bodies import Address, Body, Callsign, Number, Reason, RuleId
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef, PartyId, UtcTime
from skyaccord.record.kinds import register_kind

CROSSING: Final = "crossing"
KEPT_MAX: Final = 10_000
"""Crossings in memory, newest last: some weeks of a busy line. The journal has them all."""


class CrossingBody(Body):
    """One crossing. line, zone or caution: `place` is its id in the accord of the header.

    time, latitude, longitude (degrees), altitude_ft: where it was met, between two reports.
    """

    thing: Literal["line", "zone", "caution"]
    place: RuleId
    way: Literal["to-left", "to-right", "entered", "left"]
    icao24: Address
    callsign: Callsign | None
    party: PartyId | None
    time: UtcTime
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    longitude: Annotated[Number, Field(ge=-180, le=180)]
    altitude_ft: Number | None
    confident: bool
    reason: Reason


@dataclass(frozen=True)
class Crossed:
    """One crossing on the record. seen_by: the party whose node observed it."""

    ref: EntryRef
    header: Header
    body: CrossingBody

    @property
    def seen_by(self) -> str:
        return self.header.party


class Crossings:
    """The projection: the newest crossings on the record."""

    def __init__(self) -> None:
        self._held: OrderedDict[EntryRef, Crossed] = OrderedDict()

    def add(self, ref: EntryRef, header: Header, body: dict[str, Any]) -> Crossed | None:
        """Take one entry; None if it is of another kind. ValidationError for a body that is none."""
        if header.kind != CROSSING:
            return None
        crossed = Crossed(ref, header, CrossingBody.model_validate(body))
        self._held[ref] = crossed
        while len(self._held) > KEPT_MAX:
            self._held.popitem(last=False)
        return crossed

    def all(self) -> tuple[Crossed, ...]:
        """What is held, in the order in which it came."""
        return tuple(self._held.values())

    def get(self, ref: EntryRef) -> Crossed | None:
        """The crossing of this entry."""
        return self._held.get(ref)


register_kind(CROSSING, CrossingBody)

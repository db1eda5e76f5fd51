"""What people say about incidents, put into the journal: open-incident."""

from __future__ import annotations

from typing import Any

from skyaccord.base.errors import InputError
from skyaccord.incidents.acts import INCIDENT_OPENED, OpenIncident
from skyaccord.node.acts import Acts
from skyaccord.node.hotline_acts import ACKNOWLEDGEABLE
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import subject
from skyaccord.record.fields import EVERY_PEER, EntryRef


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the incidents' acts."""

    async def open_incident(dsse: dict[str, Any], statement: OpenIncident) -> EntryRef:
        observation = None
        if statement.about is not None:
            subject(keeper, statement.about, ACKNOWLEDGEABLE)
            sighting = keeper.projections.sightings.at(statement.about)
            if sighting is None:
                raise InputError("the statement is not about an alert, an encounter or an approach")
            if list(sighting.pair) != statement.pair:
                raise InputError(
                    f"that is about {' and '.join(sighting.pair)}, not the pair of the statement"
                )
            if sighting.observation is not None:
                observation = sighting.observation.model_dump(mode="json")
        entry = await keeper.carry(
            INCIDENT_OPENED,
            dsse,
            [EVERY_PEER],
            pair=statement.pair,
            reason="officer",
            about=statement.about.model_dump(mode="json") if statement.about else None,
            observation=observation,
        )
        return entry.ref

    acts.register("open-incident", open_incident)

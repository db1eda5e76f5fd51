"""What a node does about incidents by itself, once a tick: open what is due, reconstruct, miss deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from skyaccord.node.incident_alarms import IncidentAlarms
from skyaccord.node.incident_opener import IncidentOpener
from skyaccord.node.keeper import Keeper
from skyaccord.node.projections import Touched
from skyaccord.node.reconstructor import Reconstructor
from skyaccord.node.tape import Tape
from skyaccord.node.watching import Watching


class IncidentWork:
    """Opener, reconstructor and alarms of one node."""

    def __init__(self, keeper: Keeper, watching: Watching, tape: Tape) -> None:
        self._keeper = keeper
        self._watching = watching
        self._opener = IncidentOpener(keeper)
        self._reconstructor = Reconstructor(keeper, watching, tape)
        self._alarms = IncidentAlarms(keeper.projections)

    def noticed(self, touched: Iterable[Touched]) -> None:
        """Remember what changed. On the event loop."""
        changes = list(touched)
        self._opener.noticed(changes)
        self._reconstructor.noticed(changes)
        self._alarms.noticed(changes)

    async def tick(self, now: datetime) -> None:
        """One second. now: wall time."""
        await self._opener.open_due()
        await self._reconstructor.reconstruct_due()
        await self._keeper.say_all(self._alarms.due(now, self._watching.sky_now()))

"""What representatives say in talks, put into the journal after the state machines have allowed it."""

from __future__ import annotations

from typing import Any, Final

from skyaccord.base.errors import InputError
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import subject
from skyaccord.record.acts import ACTS
from skyaccord.record.fields import EntryRef
from skyaccord.talks.acts import AgendaStatement, TalksStatement
from skyaccord.talks.negotiation import check

SUBJECTS: Final = ("approach", "alert", "encounter", "incident.opened", "message")
"""What an agenda item can be about. The entry itself stays where it is: what is sealed stays sealed, and the
other side gets the title and the reference."""
TALKS_ACTS: Final = (
    "talks-open",
    "talks-round",
    "talks-agenda",
    "talks-clause",
    "talks-comment",
    "talks-minutes",
)


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the talks' acts."""

    async def say(dsse: dict[str, Any], statement: TalksStatement) -> EntryRef:
        projections = keeper.projections
        others = [party for party in statement.between if party != projections.own.party]
        unknown = [party for party in others if party not in projections.peers]
        if unknown:
            raise InputError(
                f"party {unknown[0]} is no peer of this node", do="pin its card with `skyaccord node peer`"
            )
        check(projections.talks.get(statement.talks, tuple(statement.between)), statement)
        if isinstance(statement, AgendaStatement) and statement.about is not None:
            subject(keeper, statement.about, SUBJECTS)
        kind = ACTS.kind_of(statement.act)
        if kind is None:
            raise InputError(f"the act {statement.act!r} has no kind")
        entry = await keeper.carry(kind, dsse, others)
        return entry.ref

    for act in TALKS_ACTS:
        acts.register(act, say)

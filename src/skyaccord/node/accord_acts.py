"""What representatives say about an accord: a suspension, a resumption, a withdrawal; who was told the rules.

The sky time of a step is that of the node's clock, as everywhere: notices run from it.
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread

from skyaccord.base.errors import InputError
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import parties_of
from skyaccord.record.fields import EntryRef
from skyaccord.talks import course, told
from skyaccord.talks.book import Standing
from skyaccord.talks.folder import sky_now


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the acts about accords."""

    async def standing_of(digest: str | None) -> Standing:
        sky_time = await anyio.to_thread.run_sync(sky_now, keeper.journal)
        found = None if digest is None else keeper.projections.book.standing(digest, sky_time)
        if found is None:
            raise InputError(
                "no accord with this digest is known here", do="look at `skyaccord accord status`"
            )
        return found

    async def take_step(dsse: dict[str, Any], statement: course.CourseStatement) -> EntryRef:
        found = await standing_of(statement.accord)
        where = f"{found.accord.name} version {found.accord.version}"
        if found.accord.party(statement.party) is None:
            raise InputError(f"party {statement.party} is not in it", where=where)
        course.check_step(found.state, found.course, statement.party, statement.step, where=where)
        entry = await keeper.carry(course.COURSE, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    async def say_told(dsse: dict[str, Any], statement: told.ToldStatement) -> EntryRef:
        found = await standing_of(statement.accord)
        told.check_told(found.accord, statement)
        entry = await keeper.carry(told.TOLD, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    acts.register(course.ACT, take_step)
    acts.register(told.ACT, say_told)

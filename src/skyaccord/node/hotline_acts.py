"""What people say on the hotline, put into the journal: acknowledge, message."""

from __future__ import annotations

from typing import Any, Final

from skyaccord.hotline.acts import ACKNOWLEDGEMENT, MESSAGE, Acknowledge, Message
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import parties_of, readers, subject
from skyaccord.record.fields import EntryRef

ACKNOWLEDGEABLE: Final = ("alert", "message", "incident.opened", "encounter", "approach")


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the hotline's acts."""

    async def acknowledge(dsse: dict[str, Any], statement: Acknowledge) -> EntryRef:
        answered = subject(keeper, statement.of, ACKNOWLEDGEABLE)
        entry = await keeper.carry(ACKNOWLEDGEMENT, dsse, readers(keeper, answered))
        return entry.ref

    async def message(dsse: dict[str, Any], statement: Message) -> EntryRef:
        if statement.about is not None:
            subject(keeper, statement.about, ACKNOWLEDGEABLE)
        entry = await keeper.carry(MESSAGE, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    acts.register("acknowledge", acknowledge)
    acts.register("message", message)

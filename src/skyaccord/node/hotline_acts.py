"""What people say on the hotline, put into the journal after it was checked against roster, phrasebook and
plan: what is wrong with a message is said before it is sent.
"""

from __future__ import annotations

from typing import Any, Final

from skyaccord.base.errors import InputError, LimitError
from skyaccord.hotline import acts as said
from skyaccord.hotline.bodies import RELEASED, SILENCE
from skyaccord.hotline.checking import faults, refuse
from skyaccord.hotline.messages import PREPARED_MAX, HotlineMessage
from skyaccord.hotline.values import PositionValue
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import parties_of, readers, subject
from skyaccord.record.fields import EVERY_PEER, EntryRef

ACKNOWLEDGEABLE: Final = (
    "alert",
    "message",
    RELEASED,
    SILENCE,
    "incident.opened",
    "encounter",
    "approach",
)
_MESSAGES: Final = ("message", RELEASED)


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the hotline's acts."""
    projections = keeper.projections

    async def acknowledge(dsse: dict[str, Any], statement: said.Acknowledge) -> EntryRef:
        answered = subject(keeper, statement.of, ACKNOWLEDGEABLE)
        entry = await keeper.carry(said.ACKNOWLEDGEMENT, dsse, readers(keeper, answered))
        return entry.ref

    async def message(dsse: dict[str, Any], statement: said.Message) -> EntryRef:
        check_words(keeper, statement)
        entry = await keeper.carry(said.MESSAGE, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    async def prepare(dsse: dict[str, Any], statement: said.PreparedMessage) -> EntryRef:
        check_words(keeper, statement)
        parties_of(keeper, statement.accord)
        if len(projections.messages.waiting) >= PREPARED_MAX:
            raise LimitError(f"{PREPARED_MAX} messages wait for the line already")
        entry = await keeper.carry(said.PREPARED, dsse, [])
        return entry.ref

    async def read(dsse: dict[str, Any], statement: said.Read) -> EntryRef:
        of = _message(keeper, statement.of)
        if of.party == statement.party:
            raise InputError("that message is your own side's")
        entry = await keeper.carry(said.READ, dsse, readers(keeper, subject(keeper, of.ref, _MESSAGES)))
        return entry.ref

    async def read_back(dsse: dict[str, Any], statement: said.ReadBack) -> EntryRef:
        of = _message(keeper, statement.of)
        positions = [value.name for value in of.params if isinstance(value, PositionValue)]
        if statement.param not in positions:
            raise InputError(
                f"the message has no position {statement.param!r}",
                do=f"it has {', '.join(positions) or 'none'}",
            )
        if of.party == statement.party:
            raise InputError("that message is your own side's; its receiver reads it back")
        answered = subject(keeper, of.ref, _MESSAGES)
        entry = await keeper.carry(said.READ_BACK, dsse, readers(keeper, answered))
        return entry.ref

    acts.register("acknowledge", acknowledge)
    acts.register("message", message)
    acts.register("message-prepared", prepare)
    acts.register("read", read)
    acts.register("read-back", read_back)
    _register_others(acts, keeper)


def _register_others(acts: Acts, keeper: Keeper) -> None:
    """What is said beside messages: shifts, drills, radio attempts, voice entries."""
    projections = keeper.projections

    async def duty(dsse: dict[str, Any], statement: said.Duty) -> EntryRef:
        projections.line.roster.check(statement)
        if statement.duty_role is not None:
            _check_role(keeper, statement.duty_role, None, own=True)
        for key in (statement.holder, statement.person):
            if key is not None and not projections.enrolments.of_key(statement.party, key):
                raise InputError("that person is not enrolled at your party")
        entry = await keeper.carry(said.DUTY, dsse, [EVERY_PEER])
        return entry.ref

    async def drill(dsse: dict[str, Any], statement: said.Drill) -> EntryRef:
        projections.line.drills.check(statement)
        book = projections.phrases(statement.accord)
        for code in statement.phrases:
            book.phrase(code)
        entry = await keeper.carry(said.DRILL, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    async def radio(dsse: dict[str, Any], statement: said.RadioAttempt) -> EntryRef:
        entry = await keeper.carry(said.RADIO, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    async def voice(dsse: dict[str, Any], statement: said.Voice) -> EntryRef:
        projections.line.voices.check(statement)
        accord = projections.accord_as_it_runs(statement.accord)
        if statement.step == "enter":
            refuse(faults(accord, statement.code, statement.params))
        entry = await keeper.carry(said.VOICE, dsse, parties_of(keeper, statement.accord))
        return entry.ref

    acts.register("duty", duty)
    acts.register("drill", drill)
    acts.register("radio", radio)
    acts.register("voice", voice)


def check_words(keeper: Keeper, statement: said.RoleWords) -> None:
    """InputError with the first thing that is wrong with a message, before it is sent."""
    projections = keeper.projections
    if statement.accord is not None:
        _check_role(keeper, statement.to_role, statement.accord, own=False)
    refuse(faults(projections.accord_as_it_runs(statement.accord), statement.code, statement.params))
    if statement.about is not None:
        subject(keeper, statement.about, ACKNOWLEDGEABLE)
    if statement.corrects is not None and _message(keeper, statement.corrects).party != statement.party:
        raise InputError("only your own side's message can be corrected")
    if statement.drill is not None:
        projections.line.drills.check_message(statement.drill, statement.party)
        if not statement.exercise:
            raise InputError("a drill's message is an exercise and is marked so")
    if statement.expires_at is not None and statement.expires_at <= statement.at:
        raise InputError("the message expires before it is sent")


def _check_role(keeper: Keeper, role: str, accord: str | None, *, own: bool) -> None:
    """InputError if the accord (None: every accord) names roles, this is none of them, and nobody is enrolled
    in it on that side: what asks it would reach nobody. own: our own side, else the other.
    """
    projections = keeper.projections
    sky_time = projections.sky_time
    standings = [] if sky_time is None else projections.book.standings(sky_time)
    agreed = {
        one.id for standing in standings if accord in (None, standing.digest) for one in standing.accord.roles
    }
    people = projections.enrolments.all()
    staffed = {one.role for one in people if (one.party == projections.own.party) == own}
    if agreed and role not in agreed | staffed:
        raise InputError(
            f"there is no role {role!r}", do=f"the roles are {', '.join(sorted(agreed | staffed))}"
        )


def _message(keeper: Keeper, ref: EntryRef) -> HotlineMessage:
    found = keeper.projections.messages.get(ref)
    if found is None:
        raise InputError("no such message is held here", do="wait for it to arrive, or check the reference")
    return found

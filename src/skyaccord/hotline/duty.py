"""The duty roster: who of the enrolled persons is on duty in which role, from when to when, and who is away.

Each party writes its own, for every peer to read: the hotline asks past a role that nobody holds, and says
so. A shift is named by the entry that opened it. A party that keeps no roster is asked role by role as ever:
nothing is concluded from what nobody wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.machine import Side
from skyaccord.hotline.acts import Duty
from skyaccord.hotline.tables import SHIFT
from skyaccord.record.fields import EntryRef

KEPT_FOR_S: Final = 86_400.0
"""A roster whose last shift ended longer ago is not kept any more: an empty list then says nothing."""
REFUSALS_SHOWN_MAX: Final = 100
ON_DUTY: Final = ("planned", "on duty", "offered")
"""States that count as being on duty within the shift's times: who is planned is expected to be there, and
whose shift is offered has it until somebody accepts."""


@dataclass(frozen=True)
class Step:
    """One step about a shift: who did it, when, with what note."""

    step: str
    person: str
    at: datetime
    note: str


@dataclass(frozen=True)
class Shift:
    """One person's duty. start, end: wall time. state: as its steps left it; `over` by time is for `at`."""

    ref: EntryRef
    party: str
    role: str
    holder: str
    start: datetime
    end: datetime
    state: str
    offered_to: str | None = None
    steps: tuple[Step, ...] = field(default=())

    def at(self, now: datetime) -> str:
        """The state at this wall time: over once its end has come."""
        return "over" if now >= self.end else self.state

    def counts(self, now: datetime) -> bool:
        """Whether somebody is on duty by this shift now."""
        return self.start <= now < self.end and self.state in ON_DUTY


class Roster:
    """Every shift of every party, fed with verified statements in each journal's order."""

    def __init__(self) -> None:
        self._shifts: dict[EntryRef, Shift] = {}
        self._of_role: dict[tuple[str, str], list[EntryRef]] = {}
        self._first_start: dict[str, datetime] = {}
        self._last_end: dict[str, datetime] = {}
        self.refusals: list[tuple[EntryRef, str]] = []

    def check(self, said: Duty) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        held = None if said.shift is None else self._shifts.get(said.shift)
        if held is not None and held.party != said.party:
            raise InputError("that shift is another party's")
        state = "absent" if held is None else held.at(said.at)
        side: Side = "own" if held is None or held.holder == said.person else "other"
        after = SHIFT.next(state, said.step, side, where="roster")
        if said.step == "accept" and held is not None and held.offered_to != said.person:
            raise InputError("the shift was offered to somebody else", where="roster")
        return after

    def take(self, ref: EntryRef, said: Duty) -> Shift:
        """Take a verified step. RefusedError: it does not hold, and counts for nothing."""
        try:
            after = self.check(said)
        except InputError as error:
            self.refusals = [*self.refusals, (ref, error.what)][-REFUSALS_SHOWN_MAX:]
            raise RefusedError(error.what) from None
        step = Step(said.step, said.person, said.at, said.note)
        held = None if said.shift is None else self._shifts.get(said.shift)
        if held is None:
            assert said.duty_role is not None  # noqa: S101 (the model has checked it)
            assert said.end is not None  # noqa: S101
            holder = said.holder if said.step == "plan" and said.holder else said.person
            start = said.start if said.step == "plan" and said.start else said.at
            return self._put(
                Shift(ref, said.party, said.duty_role, holder, start, said.end, after, None, (step,))
            )
        offered = said.holder if said.step == "offer" else None
        end = min(held.end, said.at) if after == "over" else held.end
        changed = replace(held, state=after, offered_to=offered, end=end, steps=(*held.steps, step))
        self._put(changed)
        if said.step == "accept":
            return self._put(
                Shift(ref, held.party, held.role, said.person, said.at, held.end, "on duty", None, (step,))
            )
        return changed

    def _put(self, shift: Shift) -> Shift:
        if shift.ref not in self._shifts:
            self._of_role.setdefault((shift.party, shift.role), []).append(shift.ref)
        self._shifts[shift.ref] = shift
        self._first_start[shift.party] = min(self._first_start.get(shift.party, shift.start), shift.start)
        self._last_end[shift.party] = max(self._last_end.get(shift.party, shift.end), shift.end)
        return shift

    def get(self, ref: EntryRef) -> Shift | None:
        """The shift that this entry opened."""
        return self._shifts.get(ref)

    def kept(self, party: str, now: datetime) -> bool:
        """Whether this party keeps a roster at this time: from its first shift on, so that the time before it
        is not read as a time when nobody was there."""
        last = self._last_end.get(party)
        if last is None:
            return False
        return self._first_start[party] <= now < last + timedelta(seconds=KEPT_FOR_S)

    def on_duty(self, party: str, role: str, now: datetime) -> list[Shift]:
        """Who is on duty in this role, in the order of their shifts' beginnings."""
        found = (self._shifts[ref] for ref in self._of_role.get((party, role), ()))
        return sorted((one for one in found if one.counts(now)), key=lambda one: one.start)

    def vacant(self, party: str, role: str, now: datetime) -> bool:
        """Whether by the party's own roster nobody is on duty in this role now."""
        return self.kept(party, now) and not self.on_duty(party, role, now)

    def current(self, now: datetime) -> list[Shift]:
        """Shifts that are not over, by party, role and start."""
        found = (one for one in self._shifts.values() if one.at(now) != "over")
        return sorted(found, key=lambda one: (one.party, one.role, one.start, one.ref.sequence))

    def all(self) -> list[Shift]:
        """Every shift, by its beginning."""
        return sorted(self._shifts.values(), key=lambda one: (one.start, one.party, one.ref.sequence))

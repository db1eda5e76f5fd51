"""Drills: procedures practised, marked EXERCISE, with a result that is computed, never written by hand.

A drill names the phrases to be said and in how many seconds each must be acknowledged. Its messages name the
drill. It is passed when every phrase was said, and each was acknowledged by a person of every party asked,
in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.machine import Side
from skyaccord.hotline import acts
from skyaccord.hotline.tables import DRILL
from skyaccord.record.fields import EntryRef


@dataclass(frozen=True)
class DrillRun:
    """One drill. opened_at: when it was opened; started_at, ended_at: None until then."""

    ref: EntryRef
    party: str
    accord: str | None
    phrases: tuple[str, ...]
    answer_within_s: float
    state: str
    opened_at: datetime
    starts: datetime | None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class DrillLine:
    """One phrase of a drill towards one party. *_s: wall-clock seconds from saying it; None: not yet."""

    code: str
    party: str
    message: EntryRef | None
    delivered_s: float | None
    read_s: float | None
    acknowledged_s: float | None
    role: str | None
    in_time: bool


class Drills:
    """Every drill, fed with verified statements."""

    def __init__(self) -> None:
        self._drills: dict[EntryRef, DrillRun] = {}
        self._waiting: dict[EntryRef, list[acts.Drill]] = {}

    def check(self, said: acts.Drill) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        held = None if said.drill is None else self._drills.get(said.drill)
        state = "absent" if held is None else held.state
        side: Side = "own" if held is None or held.party == said.party else "other"
        return DRILL.next(state, said.step, side, where="drill")

    def check_message(self, drill: EntryRef, party: str) -> None:
        """InputError if a message cannot be part of this drill now."""
        held = self._drills.get(drill)
        side: Side = "own" if held is not None and held.party == party else "other"
        DRILL.next("absent" if held is None else held.state, "say", side, where="drill")

    def take(self, ref: EntryRef, said: acts.Drill) -> DrillRun | None:
        """Take a verified step; the drill. None while the entry that opened it has not arrived.

        RefusedError: the step does not hold, and counts for nothing.
        """
        if said.drill is not None and said.drill not in self._drills:
            if said.drill.origin == ref.origin:
                raise RefusedError("no such drill is known here")
            self._waiting.setdefault(said.drill, []).append(said)
            return None
        try:
            after = self.check(said)
        except InputError as error:
            raise RefusedError(error.what) from None
        if said.drill is None:
            assert said.answer_within_s is not None  # noqa: S101 (the model has checked it)
            started = said.at if said.step == "start" else None
            found = DrillRun(
                ref,
                said.party,
                said.accord,
                tuple(said.phrases),
                said.answer_within_s,
                after,
                said.at,
                said.starts,
                started,
                None,
                said.note,
            )
            self._drills[ref] = found
            for late in self._waiting.pop(ref, ()):
                self.take(ref, late)
            return self._drills[ref]
        held = self._drills[said.drill]
        changed = replace(held, state=after)
        if after == "running":
            changed = replace(changed, started_at=said.at)
        elif after in ("closed", "cancelled"):
            changed = replace(changed, ended_at=said.at)
        self._drills[held.ref] = changed
        return changed

    def get(self, ref: EntryRef) -> DrillRun | None:
        """The drill that this entry opened."""
        return self._drills.get(ref)

    def all(self) -> list[DrillRun]:
        """Every drill, by its opening."""
        return sorted(
            self._drills.values(), key=lambda one: (one.opened_at, one.ref.origin, one.ref.sequence)
        )

    def last_closed(self, accord: str | None) -> datetime | None:
        """When a drill under this accord was last closed."""
        ended = [
            one.ended_at
            for one in self._drills.values()
            if one.state == "closed" and one.accord == accord and one.ended_at is not None
        ]
        return max(ended, default=None)


def outcome(drill: DrillRun, lines: list[DrillLine]) -> str:
    """`passed`, `failed`, or `open` while it runs; `cancelled`, `planned` as it stands."""
    if drill.state in ("planned", "cancelled"):
        return drill.state
    said = {line.code for line in lines if line.message is not None}
    if set(drill.phrases) <= said and lines and all(line.in_time for line in lines):
        return "passed"
    return "failed" if drill.state == "closed" else "open"

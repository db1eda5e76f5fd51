"""Does a scenario's steps: commands of `skyaccord` as people would type them, each at its party's node.

What a step names by its role in the story ({heard}: the message that came last) is filled in when it is done.
A step that has to be refused is done like any other; that it is refused, and why, is what it is scored by.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from skyaccord.base.errors import SkyAccordError
from skyaccord.base.times import format_utc
from skyaccord.exercise.scenario import PLACEHOLDER, Step

ACCORD: Final = "exercise-accord"

Run = Callable[..., str]
Write = Callable[[str], None]


@dataclass(frozen=True)
class Seat:
    """One party's side of a playing. keys: role → key and passphrase files."""

    party: str
    folder: Path
    keys: Mapping[str, tuple[Path, Path]]


@dataclass(frozen=True)
class Done:
    """One step as it was played. error: why it could not be. reason: why it was refused, as it had to be."""

    step: Step
    at: datetime
    error: str = ""
    reason: str = ""


@dataclass
class Doer:
    """run: runs `skyaccord` with these words, raising what the command raises. sign: puts a party's signature
    under the accord, whose file is `draft`. people: sides that persons play; for them it only says what it
    would have done.
    """

    seats: Mapping[str, Seat]
    run: Run
    sign: Callable[[str], None]
    now: Callable[[], datetime]
    write: Write
    draft: Path
    people: Collection[str] = ()
    done: list[Done] = field(default_factory=list)

    def do(self, step: Step) -> None:
        """One step; one that goes otherwise than it should is said and scored, and the exercise goes on."""
        who = f"{step.party}'s {step.role}"
        if step.party in self.people:
            self.write(f"EXERCISE  {who}: now it is time to: {step.what}")
            return
        self.write(f"EXERCISE  {who}: {step.what}")
        error = reason = ""
        try:
            if step.sign:
                self.sign(step.party)
            else:
                self._command(step)
        except SkyAccordError as failed:
            reason = str(failed)
        if step.refused and not reason:
            error = f"was not refused: {step.what[:120]}"
        elif step.refused not in reason or (reason and not step.refused):
            error, reason = reason, ""
        if error and step.answers and set(self.people) - {step.party}:
            self.write(f"EXERCISE  {who}: left out, for want of what it answers: {error}")
            return
        if reason:
            self.write(f"EXERCISE  {who}: refused, as it must be: {reason}")
        if error:
            self.write(f"EXERCISE  {who}: could not: {error}")
        self.done.append(Done(step, self.now(), error, reason))

    def _command(self, step: Step) -> None:
        seat = self.seats[step.party]
        key, passphrase = seat.keys[step.role]
        words = [PLACEHOLDER.sub(lambda found: self._known(found[1], seat), word) for word in step.do]
        self.run(
            *words, "--node", str(seat.folder), "--as", str(key),
            "--person-passphrase-file", str(passphrase),
        )  # fmt: skip

    def _known(self, name: str, seat: Seat) -> str:
        """What a placeholder stands for at this party, at this moment. SkyAccordError: there is none yet."""
        if name == "accord":
            return ACCORD
        if name == "draft":
            return str(self.draft)
        if name.startswith("now"):
            return format_utc(self.now() + timedelta(seconds=int(name[3:] or 0)))
        found: str | None = None
        if name == "incident":
            listed = self._json(seat, "incident", "list")
            found = str(listed[-1]["incident"]) if listed else None
        elif name in ("heard", "said"):
            rows = self._json(seat, "hotline", "list")["messages"]
            found = _last(rows, seat.party, own=name == "said")
        elif name == "voice":
            rows = self._json(seat, "hotline", "voice", "list")
            found = _last(rows["voices"] if isinstance(rows, dict) else rows, seat.party, own=False)
        else:
            found = _last(self._json(seat, "hotline", "roster", "show")["roster"], seat.party, own=True)
        if found is None:
            raise SkyAccordError(f"nothing at party {seat.party} yet that {{{name}}} could stand for")
        return found

    def _json(self, seat: Seat, *words: str) -> Any:
        return json.loads(self.run(*words, "--node", str(seat.folder), "--format", "json"))


def _last(rows: list[dict[str, Any]], party: str, *, own: bool) -> str | None:
    """PARTY:NUMBER of the newest entry of this party, or of any other."""
    refs = [row["ref"] for row in rows]
    named = [(one["origin"].split("/")[1], one["sequence"]) for one in refs]
    fitting = [(number, who) for who, number in named if (who == party) is own]
    return f"{max(fitting)[1]}:{max(fitting)[0]}" if fitting else None

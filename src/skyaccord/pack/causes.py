"""Why two parties' accounts of one sky differ: each cause with what on the record shows it.

    not-held      our copy of the other side's journal ends before: nothing is known yet
    sealed        what the other side saw of this kind it keeps to itself, as every party may
    not-in-force  that side's signature under the accord came later, by its own journal
    other-rule    it judged the same meeting under another accord or rule
    feed-gap      its feed brought nothing at all then, by its own coverage
    one-sensor    its feed was there, and did not hear one of the aircraft, by its own coverage
    other-clock   the two clocks differ by an offset that many meetings agree on
    tolerance     what was measured lies nearer to the limit than measuring goes
    doubtful      the side that saw it said itself that it was not sure
    follows       it follows from another difference that is listed and has its own causes

A difference without evidence for any of these is *unexplained*, and stays so: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

CauseName = Literal[
    "not-held",
    "sealed",
    "not-in-force",
    "other-rule",
    "feed-gap",
    "one-sensor",
    "other-clock",
    "tolerance",
    "doubtful",
    "follows",
]
CAUSES: Final[tuple[CauseName, ...]] = (
    "not-held",
    "sealed",
    "not-in-force",
    "other-rule",
    "feed-gap",
    "one-sensor",
    "other-clock",
    "tolerance",
    "doubtful",
    "follows",
)
UNEXPLAINED: Final = "unexplained"
NOT_SIGNED: Final = "no"  # in place of the entry of a signature that never came

What = Literal["observed", "count", "verdict", "start", "end", "dwell", "distance", "rule", "opened"]


@dataclass(frozen=True)
class Cause:
    """One cause. party: at whose side it lies, None if that cannot be told. evidence: named facts, text.

    Every value of `evidence` can be looked up: an entry (`B:17`), a time, a number with its unit in the name.
    `dwell_s.A`, `under.A`: of party A.
    """

    name: CauseName
    party: str | None
    evidence: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """What differs between two sides. values: party → what it says. causes: in the order of CAUSES.

    note: for what is unexplained, what would have to be known.
    """

    what: What
    values: Mapping[str, str]
    causes: tuple[Cause, ...]
    note: str = ""

    @property
    def explained(self) -> bool:
        """Whether there is evidence for at least one cause."""
        return bool(self.causes)

    @property
    def names(self) -> tuple[str, ...]:
        """The causes' names; `unexplained` alone if there is none."""
        return tuple(cause.name for cause in self.causes) or (UNEXPLAINED,)

"""One incident with everything both sides said of it: the shared record.

Made anew from the journals whenever it is asked for, so that the same entries give the same record on every
node. It is closed when every side's last closing names the digest of the record as it stands: nobody's
closing covers what they had not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.base.errors import InputError
from skyaccord.base.machine import Side
from skyaccord.incidents.covering import covers, digest_of
from skyaccord.incidents.crossings import CrossingBody
from skyaccord.incidents.dues import Due, IncidentSilenceBody, What, deadlines, due
from skyaccord.incidents.facts import Fact
from skyaccord.incidents.questions import Question
from skyaccord.incidents.reconstruction import ReconstructionBody
from skyaccord.incidents.scales import ScaleName
from skyaccord.incidents.severity import VERDICTS, Inputs, Proposal, gravest, propose
from skyaccord.incidents.sightings import Observation
from skyaccord.incidents.statements import (
    AccountStatement,
    CloseStatement,
    NoteStatement,
    ReportIncident,
    SeverityStatement,
)
from skyaccord.incidents.tables import RECORD
from skyaccord.incidents.words import Word, last_words
from skyaccord.record.acts import PersonStatement
from skyaccord.record.fields import EntryRef

Level = Literal["conflict", "approach", "crossing", "report"]
RecordState = Literal["open", "closing", "closed"]
SeverityState = Literal["proposed", "given", "confirmed", "differs"]


@dataclass(frozen=True)
class Opening:
    """One entry that opened it. automatic: by the node, or by a program in an exercise."""

    ref: EntryRef
    party: str
    recorded_at: datetime
    sky_time: datetime
    exercise: bool
    reason: str
    automatic: bool
    role: str | None = None
    note: str = ""
    about: EntryRef | None = None


@dataclass(frozen=True)
class Reconstructed:
    """One side's newest reconstruction and where it stands."""

    ref: EntryRef
    party: str
    recorded_at: datetime
    body: ReconstructionBody


@dataclass(frozen=True)
class Silence:
    """A missed deadline that a party has put on the record."""

    ref: EntryRef
    seen_by: str
    recorded_at: datetime
    body: IncidentSilenceBody


@dataclass(frozen=True)
class SeverityStanding:
    """One scale: what the software proposes of each side's numbers, and what people of each side say."""

    scale: ScaleName
    by_side: dict[str, Proposal]
    proposed: Proposal | None
    given: dict[str, Word[SeverityStatement]]
    state: SeverityState


@dataclass(frozen=True)
class Case:
    """One incident. Times start and end are sky time. parties: who must account for it.

    observations: party → what its monitor saw. crossings: the same for a crossing. words: of all, for the
    digest. erased: entries named by a closing whose contents are gone; their leaves are not.
    """

    id: str
    level: Level
    accord: str | None
    parties: tuple[str, ...]
    procedure: IncidentProcedure | None
    reason: str
    aircraft: tuple[str, ...]
    callsigns: tuple[str | None, ...]
    start: datetime
    end: datetime
    openings: tuple[Opening, ...]
    observations: dict[str, Observation] = field(default_factory=dict)
    crossings: dict[str, CrossingBody] = field(default_factory=dict)
    reconstructions: dict[str, Reconstructed] = field(default_factory=dict)
    conduct: tuple[Word[ReportIncident], ...] = ()
    accounts: tuple[Word[AccountStatement], ...] = ()
    facts: tuple[Fact, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Word[NoteStatement], ...] = ()
    severities: tuple[Word[SeverityStatement], ...] = ()
    closings: tuple[Word[CloseStatement], ...] = ()
    silences: tuple[Silence, ...] = ()
    refs: tuple[EntryRef, ...] = ()
    words: tuple[Word[PersonStatement], ...] = ()
    erased: tuple[EntryRef, ...] = ()

    @property
    def ref(self) -> EntryRef:
        """The entry by which it is named in statements: that of its first opening."""
        return self.openings[0].ref

    @property
    def opened_at(self) -> datetime:
        """Wall time of the first opening."""
        return self.openings[0].recorded_at

    @property
    def opened_by(self) -> tuple[str, ...]:
        """Parties that opened it, first first."""
        return tuple(dict.fromkeys(opening.party for opening in self.openings))

    @property
    def exercise(self) -> bool:
        """Whether it is an exercise's. No word and no opening marked so makes what is real one: else whoever
        marks a word could take a real incident out of the pack."""
        return all(one.exercise for one in self.openings)

    @property
    def account_of(self) -> dict[str, Word[AccountStatement]]:
        """party → its newest account."""
        return last_words(self.accounts)

    # ── the record's state ──────────────────────────────────────────────────────────────────────────────

    @cached_property
    def digest(self) -> str:
        """Of everything that a closing covers: openings, reconstructions, words; not the closings.

        Of an incident whose contents went when their time was over: what its standing closings say.
        """
        counted = Counter(self._standing.values())
        return min(counted, key=lambda one: (-counted[one], one)) if counted else digest_of(self.refs)

    @cached_property
    def _standing(self) -> dict[str, str]:
        """party → the digest by which its last closing covers all that is here, and what is erased of it."""
        found = {}
        for party, word in last_words(self.closings).items():
            gone = [ref for ref in self.erased if covers(word.said.entries, ref)]
            if word.said.step == "close" and word.said.record == digest_of((*self.refs, *gone)):
                found[party] = word.said.record
        return {party: record for party, record in found.items() if party in self.parties}

    @property
    def closed_by(self) -> tuple[str, ...]:
        """Parties whose closing stands: their last such word closes the record as it is now."""
        return tuple(party for party, record in self._standing.items() if record == self.digest)

    @property
    def outdated_by(self) -> tuple[str, ...]:
        """Parties that closed an earlier state of the record: more has been said since."""
        closed = self.closed_by
        return tuple(
            party
            for party, word in last_words(self.closings).items()
            if word.said.step == "close" and party not in closed
        )

    @property
    def state(self) -> RecordState:
        """open, closing (some side has closed it as it stands), closed (all have)."""
        closed = self.closed_by
        if not closed:
            return "open"
        return "closed" if set(closed) >= set(self.parties) else "closing"

    def side(self, party: str) -> Side:
        """On which side of the record's table a party stands."""
        return "own" if party in self.closed_by else "other"

    def check(self, party: str, step: str) -> str:
        """The state that this step leads to, with two sides. InputError says why it cannot be taken."""
        return RECORD.next(self.state, step, self.side(party), where=f"incident {self.id}")

    def steps(self, party: str) -> tuple[str, ...]:
        """What a party may do now."""
        return RECORD.open_steps(self.state, self.side(party))

    def check_close(self, party: str) -> None:
        """InputError if this side cannot close it yet: it has not done its own part."""
        missing = self.missing(party)
        if missing:
            raise InputError(f"not yet: {missing[0]}", where=f"incident {self.id}")

    def missing(self, party: str) -> list[str]:
        """What this side has still to do before it can close."""
        found = []
        if party not in self.account_of:
            found.append("your side has given no account")
        if any(one.to == party and one.state == "asked" for one in self.questions):
            found.append("a question to your side has no answer")
        given = {(word.party, word.said.scale) for word in self.severities}
        found += [
            f"nobody of your side has confirmed the severity on the scale {scale}"
            for scale in self.scales
            if (party, scale) not in given
        ]
        return found

    # ── severity ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def scales(self) -> tuple[ScaleName, ...]:
        """The scales that people must confirm: those of the accord, where two aircraft met."""
        if self.procedure is None or len(self.aircraft) < 2:
            return ()
        return self.procedure.severity_scales

    def inputs(self) -> dict[str, Inputs]:
        """party → the numbers of its own reconstruction, else of its own observation."""
        broken = sum(word.said.conduct == "not-kept" for word in self.conduct)
        found = {}
        for party in sorted({*self.reconstructions, *self.observations}):
            seen = self.observations.get(party)
            made = self.reconstructions.get(party)
            horizontal, vertical = _numbers(seen)
            confident = seen.confident if seen is not None else True
            if made is not None and made.body.closest is not None:
                horizontal = made.body.closest.horizontal_nm
                vertical = made.body.closest.vertical_ft
                confident = confident and not any(track.quality.doubts for track in made.body.tracks)
            found[party] = Inputs(
                horizontal,
                vertical,
                None if seen is None else seen.verdict,
                confident,
                broken,
                None if made is None else _inside(made.body),
            )
        if not found and broken and len(self.aircraft) < 2:
            found[self.opened_by[0]] = Inputs(None, None, None, True, broken)
        return found

    def severity(self) -> dict[ScaleName, SeverityStanding]:
        """How it stands on every scale that has a proposal or a person's word."""
        proposals = {party: propose(one) for party, one in self.inputs().items()}
        found: dict[ScaleName, SeverityStanding] = {}
        scales: tuple[ScaleName, ...] = ("airprox", "nmac", "encounter")
        for scale in scales:
            by_side = {party: one[scale] for party, one in proposals.items()}
            given = last_words(word for word in self.severities if word.said.scale == scale)
            if by_side or given:
                state = _severity_state(given, self.parties)
                found[scale] = SeverityStanding(scale, by_side, gravest(by_side.values()), given, state)
        return found

    # ── what is due ─────────────────────────────────────────────────────────────────────────────────────

    def dues(self) -> tuple[Due, ...]:
        """What is due of each party by the accord, whether it has come or not.

        Nothing where contents are erased: whether it came can no longer be told, and nobody is missed.
        """
        if self.erased:
            return ()
        return tuple(
            due(what, party, self.opened_at, seconds, self._met_at(what, party))
            for what, seconds in deadlines(self.procedure).items()
            for party in self.parties
        )

    def _met_at(self, what: What, party: str) -> datetime | None:
        """When this side did what was due: its first entry about it, its first account, its first meeting."""
        if what == "report":
            times = [opening.recorded_at for opening in self.openings if opening.party == party]
            times += [word.recorded_at for word in self.words if word.party == party]
        elif what == "account":
            times = [word.recorded_at for word in self.accounts if word.party == party]
        else:
            met = [word.recorded_at for word in self.notes if word.said.about == "meeting"]
            closed = [word.recorded_at for word in self.closings if word.party == party]
            times = met + closed
        return min(times, default=None)

    def silence_of(self, one: Due, seen_by: str) -> Silence | None:
        """The silence that a party has put on the record of a missed deadline."""
        return next(
            (
                silence
                for silence in self.silences
                if silence.seen_by == seen_by
                and (silence.body.party, silence.body.what) == (one.party, one.what)
            ),
            None,
        )


def _numbers(seen: Observation | None) -> tuple[float | None, float | None]:
    """Distance and difference in altitude at the closest point of an observation."""
    if seen is None:
        return None, None
    if seen.verdict == "approach":
        return seen.min_horizontal_nm, seen.vertical_ft
    return seen.cpa_horizontal_nm, seen.cpa_vertical_ft


def _inside(body: ReconstructionBody) -> bool | None:
    """Whether the closest point lies inside the rule's limits, as the accord reads them."""
    closest, limits = body.closest, body.limits
    if closest is None or limits is None or limits.rule is None:
        return None
    near = closest.horizontal_nm < limits.horizontal_nm
    if limits.vertical_ft is None:
        return near
    level = None if closest.vertical_ft is None else closest.vertical_ft < limits.vertical_ft
    if limits.combinator == "either":  # either distance is enough: broken when both are
        return False if not near else level
    return True if near else level


def _severity_state(given: dict[str, Word[SeverityStatement]], parties: tuple[str, ...]) -> SeverityState:
    values = {word.said.value for word in given.values()}
    if not values:
        return "proposed"
    if len(values) > 1:
        return "differs"
    return "confirmed" if set(given) >= set(parties) else "given"


def gravest_verdict(observations: Iterable[Observation]) -> str | None:
    """The gravest verdict that any side observed."""
    return max((one.verdict for one in observations), key=VERDICTS.index, default=None)

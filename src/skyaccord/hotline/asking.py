"""Who has been asked to acknowledge what, who did, and whose time has run out.

An *ask* is one entry (an alert, a message) that asks one party's role. It ends only with a person's signed
statement of that same party; any role of the party may answer (a deputy's answer is an answer). Until then
a clock runs from the entry's `recorded_at`, as long as the role's terms allow. When it has run out and the
asker has journalled the silence, the role it escalates to is asked, and its clock runs from the silence.

Deadlines are wall clock: a replay at 10x must not give a duty officer a tenth of the time. They run from the
asker's clock, held between two receipts of our own: not after the one that covers the ask (with a clock far
ahead it would never be overdue), and not before the receipt that came before (with a date set back it would
be overdue before anybody here could read it).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from skyaccord.record.fields import EntryRef


@dataclass(frozen=True)
class RoleTerms:
    """How long a role has to acknowledge (read, respond: None, no limit of its own), in wall-clock seconds,
    and who is asked next (None: nobody).
    """

    acknowledge_within_s: float
    escalates_to: str | None
    read_within_s: float | None = None
    respond_within_s: float | None = None


ANSWER_REACH_S: Final = 900.0
"""How long after it was signed an acknowledgement still answers for further alerts of the same event: as long
as a statement may be on its way. Events join by what both sides say; without this bound, one report that
claims to span years would let last week's answer silence today's alert."""

EARLY_SILENCES_MAX: Final = 1000
"""Silences of one journal about asks that have not come. An ask stands before the silence about it, so an
honest journal has none; more are a peer's invention, and are left out."""
DATED_MAX: Final = 10_000
"""Entries of one journal whose date our next receipt of it may still hold back. A receipt stands beside each
batch of the link, which has some hundred; if ever more wait, the earliest keep the date that they have."""
YEAR_ONE: Final = datetime.min.replace(tzinfo=UTC)  # before any receipt

TermsOf = Callable[[str | None, str], RoleTerms]
"""Accord digest (None: none) and role → its terms."""
VacantAt = Callable[[str, str, datetime], bool]
"""Party, role, wall time → whether by the party's own roster nobody is on duty in it then."""


def _never_vacant(_party: str, _role: str, _at: datetime) -> bool:
    return False


@dataclass(frozen=True)
class Acknowledgement:
    """A person's "I have read and act on it", verified against the party's enrolments.

    of: what is acknowledged. ref: the entry it stands in. automatic: an exercise's automatic officer.
    """

    of: EntryRef
    ref: EntryRef
    party: str
    role: str
    name: str
    at: datetime
    automatic: bool
    exercise: bool


@dataclass(frozen=True)
class Silence:
    """The asker's record that a role's time ran out. recorded_at: wall clock, when the next role is asked.
    ref: the entry it stands in. vacant: nobody was on duty in the role, so that it was asked past at once.
    """

    of: EntryRef
    party: str
    role: str
    deadline_s: float
    recorded_at: datetime
    ref: EntryRef | None = None
    vacant: bool = False


@dataclass(frozen=True)
class Standing:
    """How one party stands towards one ask. role: whom it has come to. deadline_at: wall clock.

    passed: the roles that were asked before it. vacant: nobody is on duty in `role`, and another can be asked
    at once. exhausted: the last role of the chain was silent as well.
    """

    subject: EntryRef
    party: str
    role: str
    deadline_at: datetime
    deadline_s: float
    acknowledged: bool
    silence_recorded: bool
    passed: tuple[str, ...] = ()
    vacant: bool = False
    exhausted: bool = False

    def overdue(self, now: datetime) -> bool:
        """Asked, not answered, and out of time (or past it once, with a further role asked since)."""
        return not self.acknowledged and (self.silence_recorded or now >= self.deadline_at)


@dataclass
class _Ask:
    subject: EntryRef
    accord: str | None
    roles: dict[str, str]
    asked_at: datetime
    within_s: float | None = None
    silences: dict[str, list[Silence]] = field(default_factory=dict)


def _alone(subject: EntryRef) -> Collection[EntryRef]:
    return (subject,)


class Asking:
    """All asks, acknowledgements and silences, whatever order their journals arrive in."""

    def __init__(self, terms: TermsOf, vacant: VacantAt = _never_vacant, own: str | None = None) -> None:
        """own: our own journal, which no receipt of ours dates: it was written by our own clock."""
        self._own = own
        self._terms = terms
        self._vacant = vacant
        self._asks: dict[EntryRef, _Ask] = {}
        # By journal, so that what a peer asks costs nothing where only our own is looked through.
        self._open: dict[str, dict[tuple[EntryRef, str], None]] = {}
        self._dated: dict[str, dict[int, list[_Ask]]] = {}  # journal → entry → asks that run from its date
        self._receipted: dict[str, datetime] = {}
        self._acknowledgements: dict[EntryRef, dict[EntryRef, Acknowledgement]] = {}
        self._early_silences: dict[EntryRef, list[Silence]] = {}
        self._early: dict[str, int] = {}

    def ask(
        self,
        subject: EntryRef,
        accord: str | None,
        roles: Mapping[str, str],
        asked_at: datetime,
        *,
        within_s: float | None = None,
    ) -> None:
        """`subject` asks these parties' roles, since `asked_at` (wall clock).

        within_s: how long the first role has, where what is asked says so itself (a circuit check, a drill).
        """
        if subject in self._asks or not roles:
            return
        ask = self._asks[subject] = _Ask(subject, accord, dict(roles), asked_at, within_s)
        self._open.setdefault(subject.origin, {}).update(dict.fromkeys((subject, party) for party in roles))
        self._runs_from(subject, ask)
        for silence in self._early_silences.pop(subject, ()):
            self._early[subject.origin] -= 1
            self.silence(silence)

    def acknowledge(self, acknowledgement: Acknowledgement) -> None:
        """Take a verified statement. The caller has checked signature, enrolment and party."""
        self._acknowledgements.setdefault(acknowledgement.of, {})[acknowledgement.ref] = acknowledgement

    def silence(self, silence: Silence) -> None:
        """Take a journalled silence; one that comes before its ask waits for it, if not too many do."""
        ask = self._asks.get(silence.of)
        if ask is None:
            waiting = self._early.get(silence.of.origin, 0)
            if waiting < EARLY_SILENCES_MAX:
                self._early[silence.of.origin] = waiting + 1
                self._early_silences.setdefault(silence.of, []).append(silence)
        elif all(held.role != silence.role for held in ask.silences.get(silence.party, ())):
            ask.silences.setdefault(silence.party, []).append(silence)
            if silence.ref is not None:
                self._runs_from(silence.ref, ask)

    def _runs_from(self, entry: EntryRef, ask: _Ask) -> None:
        if entry.origin == self._own:
            return
        dated = self._dated.setdefault(entry.origin, {})
        dated.setdefault(entry.sequence, []).append(ask)
        if len(dated) > DATED_MAX:
            del dated[next(iter(dated))]

    def undated(self, origin: str) -> int:
        """How many entries of this journal wait for a receipt of ours to hold their date."""
        return len(self._dated.get(origin, ()))

    def received(self, origin: str, first: int, last: int, at: datetime) -> None:
        """Our own receipt says that we hold these entries of a journal since `at`, by our own clock: whatever
        they ask began then at the latest, and not before our last receipt of that journal.
        """
        before = self._receipted.get(origin, YEAR_ONE)
        self._receipted[origin] = at

        def held(moment: datetime) -> datetime:
            return min(max(moment, before), at)

        dated = self._dated.get(origin, {})
        span = range(first, last + 1)
        for place in [one for one in (span if len(span) < len(dated) else list(dated)) if one in span]:
            for ask in dated.pop(place, ()):
                if ask.subject.sequence == place:
                    ask.asked_at = held(ask.asked_at)
                for silences in ask.silences.values():
                    silences[:] = [
                        replace(one, recorded_at=held(one.recorded_at))
                        if one.ref is not None and one.ref.sequence == place
                        else one
                        for one in silences
                    ]

    def asked(self, subject: EntryRef) -> dict[str, str]:
        """Party → role first asked."""
        ask = self._asks.get(subject)
        return dict(ask.roles) if ask else {}

    def acknowledgements(self, subjects: Iterable[EntryRef]) -> list[Acknowledgement]:
        """Every verified acknowledgement of any of these entries, earliest first."""
        found = [ack for subject in subjects for ack in self._acknowledgements.get(subject, {}).values()]
        return sorted(found, key=lambda ack: (ack.at, ack.party, ack.ref.sequence))

    def standing(
        self, subject: EntryRef, party: str, related: Collection[EntryRef] | None = None
    ) -> Standing | None:
        """How `party` stands towards `subject`; None if it was not asked.

        related: entries whose acknowledgement counts for this one as well (the same event's alerts), unless
        it is older than the ask by more than ANSWER_REACH_S.
        """
        ask = self._asks.get(subject)
        if ask is None or party not in ask.roles:
            return None
        oldest = ask.asked_at - timedelta(seconds=ANSWER_REACH_S)
        acknowledged = any(
            ack.party == party and (one == subject or ack.at >= oldest)
            for one in (subject, *(related or ()))
            for ack in self._acknowledgements.get(one, {}).values()
        )
        role, since = ask.roles[party], ask.asked_at
        terms = self._terms(ask.accord, role)
        within_s = ask.within_s or terms.acknowledge_within_s
        silent = {silence.role: silence for silence in ask.silences.get(party, ())}
        passed: list[str] = []
        while role in silent and terms.escalates_to is not None and terms.escalates_to not in (*passed, role):
            passed.append(role)
            since, role = silent[role].recorded_at, terms.escalates_to
            terms = self._terms(ask.accord, role)
            within_s = terms.acknowledge_within_s
        return Standing(
            subject=subject,
            party=party,
            role=role,
            deadline_at=since + timedelta(seconds=within_s),
            deadline_s=within_s,
            acknowledged=acknowledged,
            silence_recorded=any(not silence.vacant for silence in silent.values()),
            passed=tuple(passed),
            vacant=terms.escalates_to not in (None, role, *passed) and self._vacant(party, role, since),
            exhausted=role in silent,
        )

    def silences(self, subject: EntryRef) -> list[Silence]:
        """Every silence and vacancy about this ask, in their order."""
        ask = self._asks.get(subject)
        found = [one for silences in ask.silences.values() for one in silences] if ask else []
        return sorted(found, key=lambda one: one.recorded_at)

    def due(
        self,
        now: datetime,
        *,
        origin: str,
        related: Callable[[EntryRef], Collection[EntryRef]] = _alone,
    ) -> list[Standing]:
        """Asks of journal `origin` whose present role is out of time with no silence journalled about it
        yet; or has nobody on duty (`vacant`), so that it is asked past at once.
        """
        missed = []
        own = self._open.get(origin, {})
        for subject, party in list(own):
            standing = self.standing(subject, party, related(subject))
            if standing is None or standing.acknowledged:
                if any(ack.party == party for ack in self._acknowledgements.get(subject, {}).values()):
                    del own[subject, party]  # answered itself: that can never change
                continue
            silent = {silence.role for silence in self._asks[subject].silences.get(party, ())}
            if standing.role in silent:
                del own[subject, party]  # the chain of roles has ended; nothing more to journal
            elif standing.vacant or now >= standing.deadline_at:
                missed.append(standing)
        return sorted(missed, key=lambda one: (one.subject.sequence, one.party))

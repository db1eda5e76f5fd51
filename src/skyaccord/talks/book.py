"""Which accords there are, who signed them, which are in force: a projection of the journals' accord steps.

    entries of every journal ──► add() ──► one standing per digest ──► in_force, watched (sky time)

An accord's state at a sky time:

    proposed        a party has signed, another has not
    not yet valid   every party has signed, its validity begins later
    in force        every party has signed the same digest, and the sky time is within its validity
    suspended       as in force, but a party has suspended it (`course.py`): it is watched as before
    withdrawn       every party had signed, and one has left it
    superseded      it would be in force, but so is a higher version of its name between the same parties
    expired         every party has signed, its validity is over

The standing's reason says why. This is the political status; whether the line to a party works is the
circuit's, and is shown apart. Annexes run in versions of their own (`amending.py`), and who was told the
rules stands beside (`told.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from skyaccord.accord.annexes import LoadedAmendment
from skyaccord.accord.model import Accord
from skyaccord.accord.source import LoadedAccord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.keychain import KeyChain
from skyaccord.talks.amending import AmendmentBook, AnnexVersion
from skyaccord.talks.course import Course, Courses
from skyaccord.talks.instructing import Instructions
from skyaccord.talks.signing import SIGNED_KIND, check_signed, short
from skyaccord.talks.told import Confirmation, ToldBook

_SIGN: Final = "it signs with `skyaccord accord sign FILE --node DIR`, and the link brings the signature here"

PROPOSALS_MAX: Final = 100
"""Accords that one party has signed and another has not. Each is shown and compared every second; more is no
negotiation."""
REFUSALS_SHOWN_MAX: Final = 100
"""Entries that count for nothing, as far as they are listed: the newest. The record has them all."""

State = Literal["proposed", "not yet valid", "in force", "suspended", "withdrawn", "superseded", "expired"]
WATCHED: Final = ("in force", "suspended")
"""States in which an accord's rules are watched: a suspension is about politics, aircraft go on meeting."""


@dataclass(frozen=True)
class Signature:
    """One party's signature, and where it stands on the record."""

    party: str
    origin: str
    sequence: int
    sky_time: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Refusal:
    """An `accord.signed` entry that counts for nothing, and why."""

    party: str
    origin: str
    sequence: int
    reason: str


@dataclass(frozen=True)
class Standing:
    """One accord as the record has it at one sky time.

    signatures: each party's first, in the order of the accord's parties. missing: who has not signed.
    reason: the state in one sentence. superseded_by: the digest of the accord that took its place.
    course: suspensions and withdrawals, announced or in effect. annexes: which version of each runs.
    told: party → member → its confirmation, None for who has not confirmed. instructed: party → key of the
    person on whose word it signed at a console.
    """

    loaded: LoadedAccord
    state: State
    signatures: tuple[Signature, ...]
    missing: tuple[str, ...]
    reason: str
    superseded_by: str | None = None
    course: Course = field(default_factory=Course)
    annexes: tuple[AnnexVersion, ...] = ()
    told: Mapping[str, Mapping[str, Confirmation | None]] = field(default_factory=dict)
    instructed: Mapping[str, str] = field(default_factory=dict)

    @property
    def accord(self) -> Accord:
        return self.loaded.accord

    @property
    def digest(self) -> str:
        return self.loaded.digest

    @property
    def signed_by(self) -> tuple[str, ...]:
        return tuple(signature.party for signature in self.signatures)


@dataclass
class _Page:
    """All that the book holds of one digest."""

    loaded: LoadedAccord
    signatures: dict[str, Signature] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(party.id for party in self.loaded.accord.parties if party.id not in self.signatures)


class AccordBook:
    """Fed with journal entries in any order between journals; the same entries give the same book."""

    def __init__(self, pins: Mapping[str, str]) -> None:
        """pins: party id → public key (base64), one's own party included."""
        self._pins = dict(pins)
        self._chains: dict[str, KeyChain] = {}
        self._pages: dict[str, _Page] = {}
        self._refusals: list[Refusal] = []
        self._courses = Courses()
        self._amendments = AmendmentBook()
        self._told = ToldBook()
        self._instructions = Instructions()

    def pin(self, party: str, public_key: str) -> None:
        """A party's key, known from here on (a peer's card was pinned)."""
        self._pins[party] = public_key

    def follow(self, party: str, chain: KeyChain) -> None:
        """A party's keys by place, as its root key changed them; the chain may grow later."""
        self._chains[party] = chain

    def _key_at(self, header: Header) -> str | None:
        """The key that signs this entry's journal at this place."""
        chain = self._chains.get(header.party)
        return self._pins.get(header.party) if chain is None else chain.at(header.sequence)

    def keys_in_force(self, sky_time: datetime) -> dict[str, frozenset[str]]:
        """Party → the keys that the accords in force at this sky time name for it."""
        found: dict[str, set[str]] = {}
        for loaded in self.in_force(sky_time):
            for party in loaded.accord.parties:
                if party.public_key is not None:
                    found.setdefault(party.id, set()).add(party.public_key)
        return {party: frozenset(keys) for party, keys in found.items()}

    def take(self, ref: EntryRef, header: Header, body: Mapping[str, Any]) -> bool:
        """Take one entry of any kind, checked by the record; whether it was about an accord.

        RefusedError: it was, and counts for nothing; it is kept among the refusals.
        """
        try:
            about = (
                self._courses.add(ref, header, dict(body))
                or self._told.add(ref, header, dict(body))
                or self._instructions.add(header, dict(body))
                or self._amendments.add(header, body, self._key_at(header))
            )
        except RefusedError as error:
            self._refuse(header, error)
            raise
        return about is not None or self.add(header, body) is not None

    def _refuse(self, header: Header, error: RefusedError) -> None:
        refusal = Refusal(header.party, header.origin, header.sequence, error.what)
        if refusal not in self._refusals:
            self._refusals = [*self._refusals, refusal][-REFUSALS_SHOWN_MAX:]

    def add(self, header: Header, body: Mapping[str, Any]) -> LoadedAccord | None:
        """Take one signature. Other kinds are left alone (None); one that does not hold raises RefusedError.

        The refusal is kept as well, so that people can be shown why a signature does not count.
        Taking the same entry again changes nothing.
        """
        if header.kind != SIGNED_KIND:
            return None
        try:
            loaded = check_signed(
                header.party, dict(body), self._key_at(header), self._chains.get(header.party)
            )
            if header.accord not in (None, loaded.digest):
                raise RefusedError("the envelope names another accord than its body")
            if loaded.accord.exercise and not header.exercise:
                raise RefusedError("an exercise accord in an envelope that is not marked exercise")
            self._check_room(header.party, loaded.digest)
        except RefusedError as error:
            self._refuse(header, error)
            raise
        page = self._pages.setdefault(loaded.digest, _Page(loaded))
        signature = Signature(
            header.party, header.origin, header.sequence, header.sky_time, header.recorded_at
        )
        page.signatures.setdefault(header.party, signature)
        return page.loaded

    def _check_room(self, party: str, digest: str) -> None:
        """RefusedError if this would be one proposal of the party too many; one that is there is joined."""
        if digest in self._pages:
            return
        waiting = sum(party in page.signatures and bool(page.missing) for page in self._pages.values())
        if waiting >= PROPOSALS_MAX:
            raise RefusedError(f"party {party} has {PROPOSALS_MAX} accords waiting for signatures already")

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Entries that were refused, in the order they came; at most the newest REFUSALS_SHOWN_MAX."""
        return tuple(self._refusals)

    def get(self, digest: str) -> LoadedAccord | None:
        """The accord with this digest, if anybody signed it."""
        page = self._pages.get(digest)
        return page.loaded if page else None

    def has_signed(self, party: str, digest: str) -> bool:
        """Whether this party's signature under this digest is in the book."""
        page = self._pages.get(digest)
        return page is not None and party in page.signatures

    def other_texts(self, loaded: LoadedAccord) -> dict[str, tuple[str, ...]]:
        """Other texts of this very version that somebody signed: digest → who, in the accord's order."""
        return {
            page.loaded.digest: tuple(p.id for p in loaded.accord.parties if p.id in page.signatures)
            for page in sorted(self._pages.values(), key=_order)
            if page.loaded.digest != loaded.digest
            and page.loaded.accord.version == loaded.accord.version
            and _same_line(page.loaded.accord, loaded.accord)
        }

    def in_force(self, sky_time: datetime) -> tuple[LoadedAccord, ...]:
        """The accords that bind at this sky time, by name and version."""
        return tuple(standing.loaded for standing in self.standings(sky_time) if standing.state == "in force")

    def watched(self, sky_time: datetime) -> tuple[LoadedAccord, ...]:
        """The accords whose rules are watched at this sky time, with the annexes that run: those in force,
        and those that are suspended. Each keeps the digest that was signed.
        """
        return tuple(
            self.as_it_runs(standing.loaded, sky_time)
            for standing in self.standings(sky_time)
            if standing.state in WATCHED
        )

    def as_it_runs(self, loaded: LoadedAccord, sky_time: datetime) -> LoadedAccord:
        """The accord with the versions of its annexes that run at this sky time."""
        return replace(loaded, accord=self._amendments.amended(loaded.digest, loaded.accord, sky_time))

    def amendment(self, digest: str) -> LoadedAmendment | None:
        """The amendment with this digest, if anybody signed it."""
        return self._amendments.get(digest)

    def has_amended(self, party: str, digest: str) -> bool:
        """Whether this party has signed the amendment with this digest."""
        return self._amendments.has_signed(party, digest)

    def standing(self, digest: str, sky_time: datetime) -> Standing | None:
        """How one accord stands."""
        return next((entry for entry in self.standings(sky_time) if entry.digest == digest), None)

    def standings(self, sky_time: datetime) -> tuple[Standing, ...]:
        """How every accord on the record stands at this sky time, by name, version, digest."""
        pages = sorted(self._pages.values(), key=_order)
        return tuple(self._standing(page, sky_time, pages) for page in pages)

    def _standing(self, page: _Page, sky_time: datetime, pages: list[_Page]) -> Standing:
        accord, digest = page.loaded.accord, page.loaded.digest
        course = self._courses.at(digest, accord, sky_time)
        standing = _standing(page, sky_time, pages, course)
        return replace(
            standing,
            course=course,
            annexes=self._amendments.versions(digest, accord, sky_time),
            told=self._told.of(digest, accord),
            instructed=self._instructions.of(digest),
        )

    def require_in_force(self, loaded: LoadedAccord, sky_time: datetime) -> Standing:
        """The standing of this accord if it is in force; else AccordError says in one line why it is not."""
        where = str(loaded.path) if loaded.path else loaded.accord.name
        standing = self.standing(loaded.digest, sky_time)
        if standing is None:
            raise AccordError(*_unsigned(loaded, self._pages.values()), where=where)
        if standing.state != "in force":
            do = _SIGN if standing.missing else None
            raise AccordError(f"not in force: {standing.reason}", where=where, do=do)
        return standing


def _order(page: _Page) -> tuple[str, int, str]:
    return page.loaded.accord.name, page.loaded.accord.version, page.loaded.digest


def _runs(page: _Page, sky_time: datetime) -> bool:
    return not page.missing and page.loaded.accord.validity.covers(sky_time)


def _same_line(one: Accord, other: Accord) -> bool:
    """Whether two accords are versions of one: same name, same parties."""
    return one.name == other.name and {p.id for p in one.parties} == {p.id for p in other.parties}


def _standing(page: _Page, sky_time: datetime, pages: Iterable[_Page], course: Course) -> Standing:
    accord, digest = page.loaded.accord, page.loaded.digest
    signatures = tuple(page.signatures[p.id] for p in accord.parties if p.id in page.signatures)
    related = [
        other for other in pages if other.loaded.digest != digest and _same_line(other.loaded.accord, accord)
    ]
    running = [other.loaded for other in related if _runs(other, sky_time)]
    later = [other for other in running if other.accord.version > accord.version]
    twins = [other for other in running if other.accord.version == accord.version]
    superseded_by = None
    state: State
    if page.missing:
        state, reason = "proposed", f"party {', '.join(page.missing)} has not signed {short(digest)}"
        for other in related:
            signers = [party for party in page.missing if party in other.signatures]
            if signers and other.loaded.accord.version == accord.version:
                reason += f"; {', '.join(signers)} signed another text of it, {short(other.loaded.digest)}"
    elif sky_time < accord.validity.start:
        state, reason = "not yet valid", f"valid from {format_utc(accord.validity.start)}"
    elif not accord.validity.covers(sky_time):
        end = accord.validity.end
        state, reason = "expired", f"valid until {format_utc(end) if end else ''}"
    elif course.withdrawn:
        state, reason = "withdrawn", course.told
    elif later:
        superseded_by = later[-1].digest
        state = "superseded"
        reason = f"version {later[-1].accord.version} ({short(superseded_by)}) is in force in its place"
    elif course.suspended:
        state = "suspended"
        reason = f"{course.told}; monitoring, hotline and record go on"
    else:
        state, reason = "in force", "every party has signed it"
        if course.announced:
            reason += f"; {course.told}"
        if twins:
            reason += f"; so is another version {accord.version}, {short(twins[0].digest)}: both are watched"
    return Standing(page.loaded, state, signatures, page.missing, reason, superseded_by)


def _unsigned(loaded: LoadedAccord, pages: Iterable[_Page]) -> tuple[str]:
    """Why a file's digest is not on the record: changed after signing, or never signed."""
    related = sorted((page for page in pages if _same_line(page.loaded.accord, loaded.accord)), key=_order)
    if not related:
        return (f"nobody has signed it (digest {short(loaded.digest)})",)
    same_version = [page for page in related if page.loaded.accord.version == loaded.accord.version]
    signed = (same_version or related)[-1]
    signers = ", ".join(sorted(signed.signatures))
    if same_version:
        return (
            f"changed after signing: its digest is {short(loaded.digest)}, party {signers} signed "
            f"{short(signed.loaded.digest)}",
        )
    return (
        f"nobody has signed version {loaded.accord.version} ({short(loaded.digest)}); party {signers} signed "
        f"version {signed.loaded.accord.version}",
    )

"""The link by hand: the same batches and answers in a file, for when there is no network between the parties.

    line 1       {"parcel": <DSSE by the party>}   from, to, when, from which entry on, and an answer: what
                                                   the sender holds of the addressee's journal
    lines 2…     a batch each, byte for byte what `POST /link/v1/entries` carries
    last line    {"end": batches, "sha256": of everything before it}

Batches prove themselves, so a parcel may come late, twice, in any order and beside the network: what is held
already changes nothing, what would leave a gap is not taken. Each parcel answers for the other direction, so
an import that writes one back closes the circle. The cover is checked after the batches, because a rotation
of the key that signed it may be among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from skyaccord.base.errors import InputError, JournalError, RefusedError, UnreadableError
from skyaccord.base.times import format_utc
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.changes import announced
from skyaccord.record.copies import newest_held
from skyaccord.record.dsse import first_fault, read_dsse, sign_dsse, verify_dsse
from skyaccord.record.fields import HashHex, Origin, PartyId, RecordModel, Sequence, UtcTime
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, journal_info
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.pins import chain_of
from skyaccord.record.wire import (
    ANSWER_WIRE_BYTES_MAX,
    BATCH_WIRE_BYTES_MAX,
    NOT_YET,
    Answer,
    Batch,
    read_batch,
)

PARCEL: Final = "parcel"
PARCEL_FORMAT: Final = "skyaccord.parcel/1"
PARCEL_BATCHES_MAX: Final = 100_000  # 25 million entries: more wants another way
LINE_BYTES_MAX: Final = BATCH_WIRE_BYTES_MAX + 1  # with its end
COVER_BYTES_MAX: Final = 2 * ANSWER_WIRE_BYTES_MAX
_NOT_A_PARCEL: Final = "give a file that `skyaccord link export` wrote"


class Cover(RecordModel):
    """What is signed of a parcel. size: entries of the sender's journal when it was made; `at` says nothing
    of later ones, over which a carrier may put an old cover. answer: what the sender holds of the other."""

    format: Literal["skyaccord.parcel/1"]
    origin: Origin
    to: PartyId
    at: UtcTime
    first: Sequence
    size: Sequence | None = None
    answer: Answer | None = None


class _Wrapped(RecordModel):
    parcel: dict[str, Any]


class _End(RecordModel):
    end: Annotated[int, Field(ge=0, le=PARCEL_BATCHES_MAX)]
    sha256: HashHex


@dataclass(frozen=True)
class Packed:
    """What was written. last: one less than first if there was nothing to carry. holds: of the peer's."""

    first: int
    last: int
    batches: int
    holds: int


@dataclass
class Taken:
    """What came of a parcel. before, after: entries of the sender's journal held then and now. theirs: what
    the sender holds of ours, None if its parcel does not say. faults: one line for each thing not taken.
    """

    party: str
    at: datetime
    first: int
    before: int
    after: int
    theirs: int | None = None
    faults: list[str] = field(default_factory=list)


def pack(journal: Journal, peer: str, file: BinaryIO) -> Packed:
    """Write everything that the peer is not known to hold. TrustError, JournalError if it is no peer."""
    outgoing = Outgoing(journal, peer)
    answer = _answer(journal, peer)
    first = outgoing.held()
    cover = Cover(
        format=PARCEL_FORMAT,
        origin=journal.origin,
        to=peer,
        at=journal.clock.now(),
        first=first,
        size=journal.size(),
        answer=answer,
    )
    digest = hashlib.sha256()

    def write(line: bytes) -> None:
        digest.update(line + b"\n")
        file.write(line + b"\n")

    signed = sign_dsse(PARCEL, canonical_json(cover.model_dump(exclude_none=True)), journal.key)
    write(canonical_json({"parcel": signed}))
    upto, batches = first, 0
    while batches < PARCEL_BATCHES_MAX and (batch := outgoing.batch(upto)).entries:
        write(batch.dumps())
        upto = batch.entries[-1].sequence + 1
        batches += 1
    file.write(canonical_json({"end": batches, "sha256": digest.hexdigest()}) + b"\n")
    return Packed(first, upto - 1, batches, answer.held)


def take_parcel(journal: Journal, path: Path) -> Taken:
    """Take what a parcel brings. UnreadableError: no whole parcel; InputError: not for us, or of nobody
    pinned; nothing has been taken then. Everything else is in `Taken.faults`.
    """
    cover, signed = _open(path)
    if cover.to != journal.party:
        raise InputError(f"this parcel is for party {cover.to}, not for {journal.party}", where=str(path))
    with journal.store.reading() as connection:
        known = {info.origin: info for info in all_journals(connection) if not info.own}
    if cover.origin not in known:
        raise InputError(
            f"this parcel is from {cover.origin}, a journal of nobody pinned here",
            where=str(path),
            do="pin the party's card first: skyaccord node peer",
        )
    info = known[cover.origin]
    taken = Taken(info.party, cover.at, cover.first, info.size, info.size)
    _take_batches(journal, path, taken, cover if _covered(journal, path, signed, info) else None)
    with journal.store.reading() as connection:
        now = journal_info(connection, cover.origin)
    taken.after = now.size
    try:
        verify_dsse(read_dsse(signed), PARCEL, now.public_key)
    except RefusedError as error:
        taken.faults.append(f"its cover does not hold, so what it says of our journal is left alone: {error}")
        return taken
    _take_answer(journal, cover, taken)
    return taken


def _covered(journal: Journal, path: Path, signed: dict[str, Any], info: JournalInfo) -> bool:
    """Whether the cover is signed with that party's key, as far as is known before anything is taken: what
    its clock showed when the parcel was made is then its own word, and not its carrier's."""
    first = next(_batches(path), None)
    try:
        ahead = None if first is None else read_batch(first).rotations
        with journal.store.reading() as connection:
            key = announced(chain_of(connection, info.origin), info.origin, ahead or ()).current
        if key is not None:
            verify_dsse(read_dsse(signed), PARCEL, key)
    except RefusedError:
        return False
    return key is not None


def _speaks_of(cover: Cover, batch: Batch) -> bool:
    """Whether everything in the batch was there when its party signed this cover."""
    return cover.size is not None and all(entry.sequence < cover.size for entry in batch.entries)


def _take_batches(journal: Journal, path: Path, taken: Taken, cover: Cover | None) -> None:
    incoming = Incoming(journal)
    for line in _batches(path):
        batch = read_batch(line)
        made_at = None if cover is None or not _speaks_of(cover, batch) else cover.at
        answer = incoming.accept(batch, party=taken.party, live=False, sent_at=made_at)  # whoever carries it
        if answer.reason is not None:
            waits = answer.reason.startswith(NOT_YET)
            taken.faults.append(
                f"{answer.reason.removeprefix(NOT_YET)}; nothing is refused for good: import it again, or a "
                "newer parcel"
                if waits
                else f"refused: {answer.reason}"
            )
            return
        if batch.entries and batch.entries[0].sequence > answer.held:
            taken.faults.append(
                f"it goes on with entry {batch.entries[0].sequence}, and we hold {answer.held} of party"
                f" {taken.party}'s journal: with our answer in hand its next parcel begins there"
            )
            return


def _take_answer(journal: Journal, cover: Cover, taken: Taken) -> None:
    """What the sender holds of ours, unless a later parcel has said so already.

    Which is later goes by the sender's clock, as far as that is not ahead of ours; who holds more than we
    knew is believed in any case: a clock that was wrong once must not silence what comes after.
    """
    if cover.answer is None:
        return
    taken.theirs = cover.answer.held
    newest = f"parcel.{taken.party}"
    now = format_utc(journal.clock.now())
    at, known = min(format_utc(cover.at), now), journal.store.setting(newest) or ""
    outgoing = Outgoing(journal, taken.party)
    if at <= known <= now and cover.answer.held <= outgoing.held():
        return
    try:
        outgoing.answered(cover.answer)
    except JournalError as error:
        taken.faults.append(str(error))
    journal.store.put_setting(newest, at)


def _answer(journal: Journal, party: str) -> Answer:
    """What we hold of the peer's journal, as the link would answer."""
    with journal.store.reading() as connection:
        info = journal.peer_info(connection, party)
        newest = newest_held(connection, info.origin)
    return Answer(held=info.size, cosigned=None if newest is None else newest[1])


def _open(path: Path) -> tuple[Cover, dict[str, Any]]:
    """The cover of a whole parcel, read but not verified, and the object that is signed."""
    digest, lines, last, first = hashlib.sha256(), 0, b"", b""
    for line in _lines(path):
        if lines:
            digest.update(last)
        first, last, lines = first or line, line, lines + 1
    try:
        end = _End.model_validate(parse_json(last))
    except ValueError:
        whole = False
    else:
        whole = (end.end, end.sha256) == (lines - 2, digest.hexdigest())
    try:
        signed = _Wrapped.model_validate(parse_json(first)).parcel
        cover = Cover.model_validate(parse_json(read_dsse(signed).payload_bytes()))
    except ValidationError as error:
        raise UnreadableError(
            f"not a parcel ({first_fault(error)})", where=str(path), do=_NOT_A_PARCEL
        ) from None
    except (ValueError, RefusedError) as error:
        raise UnreadableError(f"not a parcel ({error})", where=str(path), do=_NOT_A_PARCEL) from None
    if not whole:
        raise UnreadableError(
            "a parcel that was cut off or changed on the way; nothing was taken",
            where=str(path),
            do="copy the file again",
        )
    return cover, signed


def _batches(path: Path) -> Iterator[bytes]:
    """The lines between cover and end."""
    held: bytes | None = None
    for number, line in enumerate(_lines(path)):
        if number == 0:
            continue
        if held is not None:
            yield held.rstrip(b"\n")
        held = line


def _lines(path: Path) -> Iterator[bytes]:
    """A file's lines with their ends, each bounded. UnreadableError."""
    try:
        with path.open("rb") as file:
            for number in range(PARCEL_BATCHES_MAX + 2):
                line = file.readline(LINE_BYTES_MAX + 1)
                if not line:
                    return
                if len(line) > (LINE_BYTES_MAX if number else COVER_BYTES_MAX):
                    raise UnreadableError(
                        f"line {number + 1} is too long for a parcel", where=str(path), do=_NOT_A_PARCEL
                    )
                yield line
            if file.read(1):
                raise UnreadableError(f"more than {PARCEL_BATCHES_MAX} batches", where=str(path))
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(path)) from None

"""A witness: remembers the newest checkpoint of each journal it follows, and cosigns only what continues it.

C2SP tlog-witness (https://c2sp.org/tlog-witness). It needs no entry of a journal, only checkpoints and
consistency proofs: a neutral third party can settle "your key was stolen" without reading a line. What it has
cosigned is on its disk before it answers; check and store are one transaction.

    POST …/add-checkpoint        old 5                    the size it is believed to have cosigned last
                                 JtQ1…=                   the proof from there, a hash a line
                                 (an empty line)
                                 the checkpoint, a signed note
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, RefusedError, TrustError
from skyaccord.record import schema
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import (
    NOTE_BYTES_MAX,
    Checkpoint,
    key_hash,
    open_checkpoint,
    read_checkpoint,
    split_note,
)
from skyaccord.record.cosign import add_signature, bare_note, cosign, own_lines
from skyaccord.record.evidence import write_proof
from skyaccord.record.fields import HASH_BYTES, SEQUENCE_MAX, decode_base64, encode_base64
from skyaccord.record.fork import FORMAT, ForkProof
from skyaccord.record.keys import SigningKey
from skyaccord.record.merkle import EMPTY_ROOT, verify_consistency
from skyaccord.record.store import Store
from skyaccord.record.words import counted_entries

ADD_CHECKPOINT_PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
REQUEST_BYTES_MAX: Final = NOTE_BYTES_MAX + 8 * 1024  # 63 proof lines of 45 bytes and the first line
PROOF_LINES_MAX: Final = 63
LOGS_MAX: Final = 1000  # parties of one witness
DATABASE_FILE: Final = "witness.db"


class WitnessError(RefusedError):
    """A request that is not cosigned: the HTTP status, and the body that goes with it."""

    def __init__(self, status: HTTPStatus, what: str, *, size: int | None = None) -> None:
        super().__init__(what)
        self.status = status
        self.body = f"{what}\n" if size is None else f"{size}\n"
        self.content_type = "text/plain; charset=utf-8" if size is None else SIZE_TYPE


@dataclass(frozen=True)
class WitnessedLog:
    """A journal that is followed. size 0, note None: nothing cosigned yet."""

    origin: str
    public_key: str
    size: int
    root: bytes
    note: str | None


@dataclass(frozen=True)
class AddCheckpoint:
    """The request: the size cosigned last, the proof from there, the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def dumps(self) -> bytes:
        """The request's body."""
        lines = "".join(f"{encode_base64(item)}\n" for item in self.proof)
        return f"old {self.old}\n{lines}\n{self.note}".encode()


def read_request(data: bytes) -> AddCheckpoint:
    """A request's body. WitnessError (400) says what is wrong."""
    if len(data) > REQUEST_BYTES_MAX:
        raise _bad(f"{len(data)} bytes; the limit is {REQUEST_BYTES_MAX}")
    try:
        head, _, note = data.decode("utf-8").partition("\n\n")
        first, *lines = head.split("\n")
        if len(lines) > PROOF_LINES_MAX:
            raise _bad(f"more than {PROOF_LINES_MAX} proof lines")
        proof = tuple(decode_base64(line, length=HASH_BYTES) for line in lines)
    except ValueError as error:
        raise _bad(f"the proof is not lines of hashes in base64 ({error})") from None
    word, _, number = first.partition(" ")
    plain = number.isascii() and number.isdigit() and (number == "0" or number[0] != "0")
    if word != "old" or not plain or len(number) > len(str(SEQUENCE_MAX)):
        raise _bad("the first line must be `old` and a size")
    return AddCheckpoint(int(number), proof, note)


class Witness:
    """Follows journals and cosigns their checkpoints, under `name` with `key`.

    store: of its own, or a node's. forks_folder: where proofs of forks are written; None: nowhere.
    """

    def __init__(
        self, store: Store, name: str, key: SigningKey, clock: Clock, *, forks_folder: Path | None = None
    ) -> None:
        if not name or "+" in name or any(character.isspace() for character in name):
            raise InputError(f"{name!r} cannot be a witness's name", do="write no blanks and no '+'")
        self.store = store
        self.name = name
        self.clock = clock
        self._key = key
        self._forks_folder = forks_folder

    @property
    def public_key(self) -> str:
        """The key whose cosignatures are this witness's."""
        return self._key.public

    def follow(self, card: Card) -> bool:
        """Follow the journal of a card from now on; False if it was followed already with that key.

        A card whose earlier keys hold the known one replaces it: compared by voice, as the first was (its
        fingerprint is of key and root). TrustError: it is followed with another key.
        """
        with self.store.writing() as connection:
            known = _log(connection, card.origin)
            if known is not None:
                if known.public_key == card.public_key:
                    return False
                if known.public_key not in (one.public_key for one in card.earlier_keys or []):
                    raise TrustError(
                        f"the journal of party {card.party!r} is followed with another key",
                        do="settle by voice which card is right",
                    )
                connection.execute(
                    update(schema.witnessed)
                    .where(schema.witnessed.c.origin == card.origin)
                    .values(public_key=card.public_key)
                )
                return True
            if len(_logs(connection)) >= LOGS_MAX:
                raise InputError(f"{LOGS_MAX} journals are followed already")
            connection.execute(
                insert(schema.witnessed).values(
                    origin=card.origin, public_key=card.public_key, size=0, root=EMPTY_ROOT, note=None
                )
            )
            return True

    def logs(self) -> list[WitnessedLog]:
        """Every journal that is followed, by origin."""
        return logs_of(self.store)

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: str) -> str:
        """Check, store and cosign a checkpoint; returns the cosignature's line. WitnessError says why not.

        old: the size the sender believes was cosigned last; proof: RFC 6962's from there to the checkpoint.
        """
        log, checkpoint = self._open(note)  # without the write lock: strangers cannot hold it
        if old > checkpoint.size:
            raise _bad("the old size is larger than the checkpoint's")
        with self.store.writing() as connection:
            log = _log(connection, log.origin) or log
            if old != log.size:
                raise WitnessError(HTTPStatus.CONFLICT, f"cosigned last: {log.size}", size=log.size)
            if old == checkpoint.size and log.root != checkpoint.root:
                self._keep_fork(log, note)
                raise WitnessError(
                    HTTPStatus.CONFLICT, f"another root of {counted_entries(old)}", size=log.size
                )
            self._check(old, proof, log, checkpoint)
            text, _ = split_note(note)
            line = cosign(text, self.name, self._key, self.clock.now())
            bare = bare_note(note, log.origin, key_hash(log.origin, log.public_key))
            table = schema.witnessed
            connection.execute(
                update(table)
                .where(table.c.origin == log.origin)
                .values(size=checkpoint.size, root=checkpoint.root, note=add_signature(bare, line))
            )
        return line.line()

    def _open(self, note: str) -> tuple[WitnessedLog, Checkpoint]:
        try:
            text, _ = split_note(note)
            checkpoint = read_checkpoint(text)
        except RefusedError as error:
            raise _bad(str(error)) from None
        with self.store.reading() as connection:
            log = _log(connection, checkpoint.origin)
        if log is None:
            raise WitnessError(HTTPStatus.NOT_FOUND, "this journal is not followed here")
        try:
            return log, open_checkpoint(note, log.origin, log.public_key)
        except RefusedError as error:
            raise WitnessError(HTTPStatus.FORBIDDEN, str(error)) from None

    def _check(self, old: int, proof: Sequence[bytes], log: WitnessedLog, checkpoint: Checkpoint) -> None:
        if old == 0:
            if proof:
                raise _bad("a first checkpoint has no proof")
            if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
                raise WitnessError(HTTPStatus.UNPROCESSABLE_ENTITY, "no entries have another root than that")
            return
        try:
            verify_consistency(old, checkpoint.size, log.root, checkpoint.root, proof)
        except RefusedError as error:
            raise WitnessError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None

    def _keep_fork(self, log: WitnessedLog, note: str) -> None:
        if self._forks_folder is None or log.note is None:
            return
        proof = ForkProof.model_validate(
            {
                "format": FORMAT,
                "party": log.origin.split("/")[1],
                "origin": log.origin,
                "public_key": log.public_key,
                "proves": "two-checkpoints",
                "says": f"shown to the witness {self.name}: another root of {counted_entries(log.size)}",
                "found_at": self.clock.now(),
                "checkpoints": [own_lines(one, log.origin) for one in (log.note, note)],
            }
        )
        write_proof(self._forks_folder, log.origin, proof.dumps())


def logs_of(store: Store) -> list[WitnessedLog]:
    """Every journal that is followed in this store, by origin. Needs no key."""
    with store.reading() as connection:
        return _logs(connection)


def _log(connection: Connection, origin: str) -> WitnessedLog | None:
    table = schema.witnessed
    row = connection.execute(select(table).where(table.c.origin == origin)).one_or_none()
    return None if row is None else WitnessedLog(*row)


def _logs(connection: Connection) -> list[WitnessedLog]:
    table = schema.witnessed
    return [WitnessedLog(*row) for row in connection.execute(select(table).order_by(table.c.origin))]


def _bad(what: str) -> WitnessError:
    return WitnessError(HTTPStatus.BAD_REQUEST, what)

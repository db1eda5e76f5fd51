"""Our journal on its way to a witness: what to ask, what to make of the answer. Nothing here knows HTTP.

Witnessing.request()      ── old size, proof, checkpoint ──►      Witness.add_checkpoint
Witnessing.answered()     ◄── cosignature, or its size ──
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from skyaccord.base.errors import InputError, JournalError, RefusedError, TrustError
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint, split_note
from skyaccord.record.cosign import COSIGNATURE_TYPE, cosigner_key
from skyaccord.record.fields import PUBLIC_KEY_BYTES, SEQUENCE_MAX, decode_base64, encode_base64
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info
from skyaccord.record.standing import newest_by, remember, take_shown
from skyaccord.record.tree import prove_consistency, tree_root
from skyaccord.record.witness import AddCheckpoint
from skyaccord.record.words import counted_entries

ANSWER_BYTES_MAX = 16 * 1024
_NAME_CHARS_MAX = 200


@dataclass(frozen=True)
class KnownWitness:
    """A witness as settings name it: its name, and its Ed25519 key in base64."""

    name: str
    public_key: str

    @property
    def key_text(self) -> str:
        """`name+hash+base64(0x04 ‖ key)`."""
        return cosigner_key(self.name, self.public_key)


def read_witness_key(text: str) -> KnownWitness:
    """A witness from its verifier key, `name+hash+base64(0x04 ‖ key)`. InputError says what is wrong."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        raw = decode_base64(encoded, length=1 + PUBLIC_KEY_BYTES)
    except ValueError as error:
        raise InputError(f"not a witness's key ({error})", do="write name+hash+key as it shows it") from None
    found = KnownWitness(name, encode_base64(raw[1:]))
    if not name or len(name) > _NAME_CHARS_MAX or raw[:1] != COSIGNATURE_TYPE or found.key_text != text:
        raise InputError("not a witness's key of type 0x04", do="write name+hash+key as it shows it")
    return found


class Witnessing:
    """Our journal and one witness. What it cosigned last is known, or asked for."""

    def __init__(self, journal: Journal, witness: KnownWitness) -> None:
        self.journal = journal
        self.witness = witness
        self._old: int | None = None
        self._asked: str | None = None

    def request(self) -> bytes | None:
        """The body to send, or None: it has cosigned everything there is, or nothing may be signed now."""
        with self.journal.store.reading() as connection:
            info = journal_info(connection, self.journal.origin)
            known = newest_by(connection, self.witness.name)
            if info.size == 0 or info.halted is not None or (known is not None and known[0] == info.size):
                return None
            if self._old is None:
                self._old = 0 if known is None else known[0]
            old = self._old
            proof: list[bytes] = []
            if 0 < old < info.size:
                proof = prove_consistency(connection, info.origin, old, info.size)
            root = tree_root(connection, info.origin, info.size)
        self._asked = sign_checkpoint(Checkpoint(info.origin, info.size, root), self.journal.key)
        return AddCheckpoint(old, tuple(proof), self._asked).dumps()

    def answered(self, status: int, body: bytes) -> bool:
        """Take note of the answer; True when a cosignature was stored, False when it must be asked again.

        JournalError: it has cosigned more of our journal than we hold. TrustError: it does not cosign, or its
        cosignature does not hold.
        """
        text = body[:ANSWER_BYTES_MAX].decode("utf-8", "replace")
        if status == HTTPStatus.CONFLICT:
            return self._conflict(text)
        if status != HTTPStatus.OK or self._asked is None:
            raise TrustError(f"the witness {self.witness.name} answered {status}: {text.strip()[:200]}")
        try:
            split_note(self._asked + text)
            with self.journal.store.writing() as connection:
                info = journal_info(connection, self.journal.origin)
                take_shown(
                    connection, info, self.witness.name, (self.witness.public_key,), self._asked + text
                )
        except RefusedError as error:
            raise TrustError(f"the witness {self.witness.name}: {error}") from None
        try:
            remember(Path(self.journal.store.where).parent, info, self._asked + text)
        except OSError as error:
            raise JournalError(
                f"what the witness {self.witness.name} cosigned cannot be written ({error.strerror})",
                where=self.journal.store.where,
            ) from None
        self._old = None
        return True

    def _conflict(self, text: str) -> bool:
        number = text.strip()
        if not (number.isascii() and number.isdigit()) or len(number) > len(str(SEQUENCE_MAX)):
            raise TrustError(f"the witness {self.witness.name} does not say what it cosigned last")
        size = int(number)
        own = self.journal.size()
        if size > own:
            raise JournalError(
                f"the witness {self.witness.name} says it cosigned {counted_entries(size)} of our journal, "
                f"{own} here: was this folder restored from an older copy?",
                where=self.journal.origin,
            )
        if size == self._old:
            raise JournalError(
                f"the witness {self.witness.name} has another history of our journal at "
                f"{counted_entries(size)}",
                where=self.journal.origin,
            )
        self._old = size
        return False

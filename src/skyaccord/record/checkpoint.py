"""Checkpoints: a journal's size and Merkle root as a signed note, which transparency-log tools read.

C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint) on C2SP signed-note (https://c2sp.org/signed-note):

    skyaccord.journal/A/0123456789abcdef        the journal's origin
    5                                           entries
    JtQ1…=                                      root, base64
                                                (an empty line)
    — skyaccord.journal/A/0123456789abcdef hkX…=      name, base64 of key hash (4 bytes) ‖ signature

The key's name is the origin. Further signature lines are other parties' (cosignatures); a reader ignores the
lines of keys it does not know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from skyaccord.base.errors import RefusedError
from skyaccord.record.dsse import SIGNATURE_BYTES
from skyaccord.record.fields import HASH_BYTES, SEQUENCE_MAX, decode_base64, encode_base64
from skyaccord.record.keys import public_bytes, verify_signature
from skyaccord.record.signer import PartySigner

NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 16  # of one note; more is nobody's log
_ED25519 = b"\x01"  # signed-note's signature type identifier
_KEY_HASH_BYTES = 4
_DASH = "\u2014 "
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")  # all but the newline


@dataclass(frozen=True)
class Checkpoint:
    """What the note says: journal, number of entries, Merkle root over their leaves."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed text, which ends with a newline."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: the key's name, its four-byte hash, the signature."""

    name: str
    key_hash: bytes
    signature: bytes

    def line(self) -> str:
        """The line as it stands in the note."""
        return f"{_DASH}{self.name} {encode_base64(self.key_hash + self.signature)}\n"


def key_hash(name: str, public_key: str) -> bytes:
    """signed-note's key hash: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ raw key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_bytes(public_key)).digest()[:4]


def verifier_key(name: str, public_key: str) -> str:
    """The key as other tools take it: `name+hash+base64(0x01 ‖ raw key)`."""
    raw = _ED25519 + public_bytes(public_key)
    return f"{name}+{key_hash(name, public_key).hex()}+{encode_base64(raw)}"


def sign_checkpoint(checkpoint: Checkpoint, key: PartySigner) -> str:
    """The note, signed by the journal's own party."""
    text = checkpoint.text()
    signature = NoteSignature(
        checkpoint.origin, key_hash(checkpoint.origin, key.public), key.sign(text.encode())
    )
    return f"{text}\n{signature.line()}"


def open_by_any(note: str, origin: str, keys: Sequence[str]) -> tuple[Checkpoint, str]:
    """The checkpoint, and which of the journal's keys signed it. RefusedError if none of them did."""
    if not keys:
        raise RefusedError("note: no key signs for this journal; the last one was revoked")
    _, signatures = split_note(note)
    lines = {(line.name, line.key_hash) for line in signatures}
    for key in keys:
        if (origin, key_hash(origin, key)) in lines:
            return open_checkpoint(note, origin, key), key
    return open_checkpoint(note, origin, keys[-1]), keys[-1]


def open_checkpoint(note: str, origin: str, public_key: str) -> Checkpoint:
    """The checkpoint, if it is of this journal and its party's key signed it; else RefusedError."""
    text, signatures = split_note(note)
    verify_note(text, signatures, origin, public_key)
    checkpoint = read_checkpoint(text)
    if checkpoint.origin != origin:
        raise RefusedError(f"checkpoint of {checkpoint.origin}, expected {origin}")
    return checkpoint


def read_checkpoint(text: str) -> Checkpoint:
    """A note's text as a checkpoint; extension lines are ignored. RefusedError says what is wrong."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or "" in lines[:-1]:
        raise RefusedError("checkpoint: origin, size and root must stand on three lines")
    size_text = lines[1]
    if not (size_text.isascii() and size_text.isdigit()) or (len(size_text) > 1 and size_text[0] == "0"):
        raise RefusedError("checkpoint: the size is not a plain number")
    size = int(size_text) if len(size_text) <= len(str(SEQUENCE_MAX)) else SEQUENCE_MAX + 1
    if size > SEQUENCE_MAX:
        raise RefusedError("checkpoint: the size is too large")
    try:
        root = decode_base64(lines[2], length=HASH_BYTES)
    except ValueError as error:
        raise RefusedError(f"checkpoint: the root is {error}") from None
    return Checkpoint(lines[0], size, root)


def split_note(note: str) -> tuple[str, list[NoteSignature]]:
    """A signed note's text (with its last newline) and signature lines. RefusedError if it is none."""
    if len(note.encode("utf-8", "replace")) > NOTE_BYTES_MAX:
        raise RefusedError(f"note: the limit is {NOTE_BYTES_MAX} bytes")
    if _CONTROLS.search(note):
        raise RefusedError("note: control characters")
    place = note.rfind("\n\n")
    if place < 0 or not note.endswith("\n"):
        raise RefusedError("note: text, an empty line and signatures are needed")
    text, block = note[: place + 1], note[place + 2 :]
    lines = block.split("\n")[:-1]
    if not 1 <= len(lines) <= SIGNATURES_MAX:
        raise RefusedError(f"note: 1 to {SIGNATURES_MAX} signatures, not {len(lines)}")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name or "+" in name:
        raise RefusedError("note: a signature line is `— name base64`")
    try:
        raw = decode_base64(encoded)
    except ValueError as error:
        raise RefusedError(f"note: a signature is {error}") from None
    if len(raw) <= _KEY_HASH_BYTES:
        raise RefusedError("note: a signature is too short")
    return NoteSignature(name, raw[:_KEY_HASH_BYTES], raw[_KEY_HASH_BYTES:])


def verify_note(text: str, signatures: Sequence[NoteSignature], name: str, public_key: str) -> None:
    """RefusedError unless the note carries one signature by this key under this name, and it holds."""
    expected = key_hash(name, public_key)
    ours = [one for one in signatures if (one.name, one.key_hash) == (name, expected)]
    if len(ours) != 1:
        raise RefusedError(f"note: {len(ours)} signatures by {name} with the key known of it, expected 1")
    (found,) = ours
    if len(found.signature) != SIGNATURE_BYTES or not verify_signature(
        public_key, found.signature, text.encode("utf-8")
    ):
        raise RefusedError(f"note: the signature by {name} does not hold")

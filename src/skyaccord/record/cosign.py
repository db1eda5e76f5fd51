"""Cosignatures: "this checkpoint continues everything I have seen of that journal", with the time.

C2SP tlog-cosignature/v1, Ed25519 (https://c2sp.org/tlog-cosignature). The signed message is

    cosignature/v1
    time 1679315147                              POSIX seconds
    skyaccord.journal/A/0123456789abcdef         the checkpoint's text, with its last newline
    5
    JtQ1…=

and the note's signature line carries key hash ‖ time (8 bytes, big endian) ‖ signature. The key hash has type
0x04, so that the same Ed25519 key under the same name is another key for checkpoints (0x01) than for
cosignatures. A party cosigns under its own journal's origin; a neutral witness under a name of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.record.checkpoint import SIGNATURES_MAX, NoteSignature, split_note
from skyaccord.record.dsse import SIGNATURE_BYTES
from skyaccord.record.fields import YEAR_MAX, encode_base64
from skyaccord.record.keys import public_bytes, verify_signature
from skyaccord.record.signer import Signer

COSIGNATURE_TYPE = b"\x04"
_TIME_BYTES = 8
_TIME_MAX_S = int(datetime(YEAR_MAX + 1, 1, 1, tzinfo=UTC).timestamp()) - 1


class UnknownCosignerError(RefusedError):
    """None of the keys that are known of a cosigner made a line: it may have a newer one."""


def cosigner_hash(name: str, public_key: str) -> bytes:
    """The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x04 ‖ raw key)."""
    return hashlib.sha256(name.encode() + b"\n" + COSIGNATURE_TYPE + public_bytes(public_key)).digest()[:4]


def cosigner_key(name: str, public_key: str) -> str:
    """The key as other tools take it: `name+hash+base64(0x04 ‖ raw key)`."""
    raw = COSIGNATURE_TYPE + public_bytes(public_key)
    return f"{name}+{cosigner_hash(name, public_key).hex()}+{encode_base64(raw)}"


def cosign(text: str, name: str, key: Signer, at: datetime) -> NoteSignature:
    """A cosignature on a checkpoint's text. The caller has checked that it continues what was seen."""
    time_s = int(at.timestamp())
    if not 0 <= time_s <= _TIME_MAX_S:
        raise InputError(f"the time {at.isoformat()} cannot be cosigned")
    signature = time_s.to_bytes(_TIME_BYTES, "big") + key.sign(_message(text, time_s))
    return NoteSignature(name, cosigner_hash(name, key.public), signature)


def verify_cosignature(
    text: str, signatures: Sequence[NoteSignature], name: str, public_key: str
) -> datetime:
    """When this key cosigned the text under this name. RefusedError unless it did, once."""
    expected = cosigner_hash(name, public_key)
    found = [one for one in signatures if (one.name, one.key_hash) == (name, expected)]
    if len(found) != 1:
        raise RefusedError(f"note: {len(found)} cosignatures by {name}, expected 1")
    data = found[0].signature
    time_s = int.from_bytes(data[:_TIME_BYTES], "big")
    if (
        len(data) != _TIME_BYTES + SIGNATURE_BYTES
        or time_s > _TIME_MAX_S
        or not verify_signature(public_key, data[_TIME_BYTES:], _message(text, time_s))
    ):
        raise RefusedError(f"note: the cosignature by {name} does not hold")
    return datetime.fromtimestamp(time_s, UTC)


def verify_cosigned(
    text: str, signatures: Sequence[NoteSignature], name: str, keys: Sequence[str]
) -> datetime:
    """`verify_cosignature` by whichever of the cosigner's keys made it."""
    for key in keys:
        hashed = cosigner_hash(name, key)
        if any((one.name, one.key_hash) == (name, hashed) for one in signatures):
            return verify_cosignature(text, signatures, name, key)
    raise UnknownCosignerError(f"note: no cosignature by {name}")


def add_signature(note: str, signature: NoteSignature) -> str:
    """The note with one more line; one by the same key under the same name is replaced."""
    text, signatures = split_note(note)
    mine = (signature.name, signature.key_hash)
    kept = [one for one in signatures if (one.name, one.key_hash) != mine]
    if len(kept) >= SIGNATURES_MAX:
        raise RefusedError(f"note: {SIGNATURES_MAX} signatures already")
    return f"{text}\n{''.join(one.line() for one in (*kept, signature))}"


def bare_note(note: str, name: str, key_hash: bytes) -> str:
    """The note with the lines of one key alone: what others added says nothing about what it signed."""
    text, signatures = split_note(note)
    mine = [one for one in signatures if (one.name, one.key_hash) == (name, key_hash)]
    return f"{text}\n{''.join(one.line() for one in mine)}"


def own_lines(note: str, name: str) -> str:
    """The note with the lines under this name alone: a journal's own, by whichever of its keys."""
    text, signatures = split_note(note)
    return f"{text}\n{''.join(one.line() for one in signatures if one.name == name)}"


def _message(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()

"""The journal's hash chain: pure functions on bytes.

    leaf_n = SHA-256(0x00 ‖ salt ‖ envelope)           RFC 6962 §2.1's leaf prefix; salt is 16 random bytes
    head_n = SHA-256(0x02 ‖ head_(n-1) ‖ leaf_n)       0x01 is left to RFC 6962's inner nodes
    head_(-1) = SHA-256("skyaccord-journal/1\\n" ‖ origin)

The salt hides an envelope from whoever holds only its leaf, even when the envelope is easy to guess. A Merkle
tree can stand on the same leaves.
"""

from __future__ import annotations

import hashlib

from skyaccord.record.fields import HASH_BYTES

SALT_BYTES = 16
_LEAF_PREFIX = b"\x00"
_HEAD_PREFIX = b"\x02"
_START_PREFIX = b"skyaccord-journal/1\n"


def leaf_hash(salt: bytes, envelope: bytes) -> bytes:
    """The 32-byte leaf of an envelope under its 16-byte salt."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt has {len(salt)} bytes, expected {SALT_BYTES}")
    return hashlib.sha256(_LEAF_PREFIX + salt + envelope).digest()


def start_head(origin: str) -> bytes:
    """The head of an empty journal of this name."""
    return hashlib.sha256(_START_PREFIX + origin.encode("utf-8")).digest()


def next_head(head: bytes, leaf: bytes) -> bytes:
    """The head after one more leaf."""
    if len(head) != HASH_BYTES or len(leaf) != HASH_BYTES:
        raise ValueError(f"heads and leaves have {HASH_BYTES} bytes")
    return hashlib.sha256(_HEAD_PREFIX + head + leaf).digest()

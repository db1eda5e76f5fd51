from __future__ import annotations

import hashlib

import pytest

from skyaccord.record.chain import leaf_hash, next_head, start_head


def test_leaf_is_rfc_6962s_over_salt_and_envelope() -> None:
    assert leaf_hash(b"s" * 16, b"envelope") == hashlib.sha256(b"\x00" + b"s" * 16 + b"envelope").digest()


def test_worked_chain() -> None:
    start = start_head("skyaccord.journal/A/0123456789abcdef")
    assert start == hashlib.sha256(b"skyaccord-journal/1\nskyaccord.journal/A/0123456789abcdef").digest()
    leaf = leaf_hash(bytes(16), b"{}")
    assert next_head(start, leaf) == hashlib.sha256(b"\x02" + start + leaf).digest()
    assert next_head(start, leaf).hex() == "492618e2597ededcaf60fa9a4add47924d53100bb45114ee54d8db9b11583b94"


@pytest.mark.parametrize("salt", [b"", b"s" * 15, b"s" * 17])
def test_a_salt_of_another_length_would_move_the_border_to_the_envelope(salt: bytes) -> None:
    with pytest.raises(ValueError, match="salt"):
        leaf_hash(salt, b"envelope")


def test_heads_and_leaves_have_one_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        next_head(bytes(31), bytes(33))

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.checkpoint import Checkpoint, key_hash, open_checkpoint, sign_checkpoint, split_note
from skyaccord.record.cosign import (
    add_signature,
    bare_note,
    cosign,
    cosigner_hash,
    cosigner_key,
    verify_cosignature,
)
from skyaccord.record.keys import PartyKey
from tests.record.worlds import START

ORIGIN = "skyaccord.journal/A/0123456789abcdef"
NAME = "skyaccord.journal/B/fedcba9876543210"
KEY, OTHER = PartyKey.generate(SeededRandomness(2)), PartyKey.generate(SeededRandomness(3))
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(range(32))), KEY)
TEXT = split_note(NOTE)[0]
COSIGNED = add_signature(NOTE, cosign(TEXT, NAME, OTHER, START))

# The example of the specification (C2SP tlog-cosignature): it names no public key, but its line has the form.
SPEC_LINE = (
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)


def test_a_cosignature_says_when_and_leaves_the_note_as_it_was() -> None:
    text, signatures = split_note(COSIGNED)
    assert verify_cosignature(text, signatures, NAME, OTHER.public) == START
    assert open_checkpoint(COSIGNED, ORIGIN, KEY.public).size == 5
    assert bare_note(COSIGNED, ORIGIN, key_hash(ORIGIN, KEY.public)) == NOTE


def test_the_line_has_the_form_of_the_specification() -> None:
    raw = base64.b64decode(SPEC_LINE)
    ours = base64.b64decode(COSIGNED.splitlines()[-1].split(" ")[2])
    assert len(ours) == len(raw) == 4 + 8 + 64
    assert datetime.fromtimestamp(int.from_bytes(raw[4:12], "big"), UTC).year == 2023
    assert ours[4:12] == int(START.timestamp()).to_bytes(8, "big")


def test_a_key_for_checkpoints_is_another_than_the_same_for_cosignatures() -> None:
    assert cosigner_hash(NAME, OTHER.public) != key_hash(NAME, OTHER.public)
    assert base64.b64decode(cosigner_key(NAME, OTHER.public).split("+", 2)[2])[:1] == b"\x04"
    own = add_signature(NOTE, cosign(TEXT, ORIGIN, KEY, START))
    assert open_checkpoint(own, ORIGIN, KEY.public).size == 5
    assert verify_cosignature(*split_note(own), ORIGIN, KEY.public) == START


@given(st.data())
def test_no_character_of_what_was_cosigned_can_be_changed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(COSIGNED) - 1))
    character = data.draw(st.sampled_from("A0+/=\n x"))
    changed = COSIGNED[:place] + character + COSIGNED[place + 1 :]
    if changed == COSIGNED:
        return
    before = COSIGNED.index("\u2014")
    own_line = (
        before <= place < COSIGNED.index("\u2014", before + 1)
    )  # A's own line is not under B's signature
    try:
        text, signatures = split_note(changed)
        verify_cosignature(text, signatures, NAME, OTHER.public)
    except RefusedError:
        return
    assert own_line


def test_what_is_no_cosignature_by_that_key_is_refused() -> None:
    for name, key in ((ORIGIN, OTHER), (NAME, KEY)):
        with pytest.raises(RefusedError, match="cosignature"):
            verify_cosignature(*split_note(COSIGNED), name, key.public)
    twice = COSIGNED + cosign(TEXT, NAME, OTHER, START).line()
    with pytest.raises(RefusedError, match="cosignature"):
        verify_cosignature(*split_note(twice), NAME, OTHER.public)
    again = add_signature(COSIGNED, cosign(TEXT, NAME, OTHER, START.replace(year=2016)))
    assert verify_cosignature(*split_note(again), NAME, OTHER.public).year == 2016
    assert again.count("\u2014") == 2


def test_times_that_cannot_be_are_not_signed() -> None:
    for year in (1960, 3001):
        with pytest.raises(InputError, match="cannot be cosigned"):
            cosign(TEXT, NAME, OTHER, START.replace(year=year))

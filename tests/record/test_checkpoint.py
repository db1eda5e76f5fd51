from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.checkpoint import (
    NOTE_BYTES_MAX,
    Checkpoint,
    key_hash,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    split_note,
    verifier_key,
    verify_note,
)
from skyaccord.record.keys import PartyKey

# The example of Go's golang.org/x/mod/sumdb/note, which the C2SP format comes from.
GO_NAME = "PeterNeumann"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_PUBLIC = base64.b64encode(base64.b64decode(GO_VERIFIER.split("+", 2)[2])[1:]).decode()

ORIGIN = "skyaccord.journal/A/0123456789abcdef"
KEY = PartyKey.generate(SeededRandomness(2))
CHECKPOINT = Checkpoint(ORIGIN, 5, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_a_note_of_another_program_is_read_and_verified() -> None:
    text, signatures = split_note(GO_NOTE)
    assert key_hash(GO_NAME, GO_PUBLIC).hex() == "c74f20a3"
    assert verifier_key(GO_NAME, GO_PUBLIC) == GO_VERIFIER
    verify_note(text, signatures, GO_NAME, GO_PUBLIC)


def test_a_checkpoint_comes_back() -> None:
    assert open_checkpoint(NOTE, ORIGIN, KEY.public) == CHECKPOINT
    assert NOTE.split("\n")[:4] == [ORIGIN, "5", base64.b64encode(bytes(range(32))).decode(), ""]
    assert NOTE.split("\n")[4].startswith(f"\u2014 {ORIGIN} ")


def test_lines_of_unknown_keys_are_ignored() -> None:
    cosigned = NOTE + "\u2014 witness.example/w " + base64.b64encode(b"1234" + bytes(72)).decode() + "\n"
    assert open_checkpoint(cosigned, ORIGIN, KEY.public) == CHECKPOINT


@given(st.data())
def test_no_character_of_a_checkpoint_can_be_changed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != NOTE[place]))
    with pytest.raises(RefusedError):
        open_checkpoint(NOTE[:place] + other + NOTE[place + 1 :], ORIGIN, KEY.public)


def test_another_key_or_journal_is_refused() -> None:
    with pytest.raises(RefusedError, match="0 signatures"):
        open_checkpoint(NOTE, ORIGIN, PartyKey.generate().public)
    other = ORIGIN.replace("0123", "ffff")
    with pytest.raises(RefusedError, match="0 signatures"):
        open_checkpoint(NOTE, other, KEY.public)
    renamed = sign_checkpoint(CHECKPOINT, KEY).replace(f"\u2014 {ORIGIN}", f"\u2014 {other}")
    with pytest.raises(RefusedError):
        open_checkpoint(renamed, ORIGIN, KEY.public)
    doubled = NOTE + NOTE.split("\n\n")[1]
    with pytest.raises(RefusedError, match="2 signatures"):
        open_checkpoint(doubled, ORIGIN, KEY.public)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{ORIGIN}\n5\n", "three lines"),
        ("\n5\nAAAA\n", "three lines"),
        (f"{ORIGIN}\n05\n{'A' * 43}=\n", "plain number"),
        (f"{ORIGIN}\n-5\n{'A' * 43}=\n", "plain number"),
        (f"{ORIGIN}\n٥\n{'A' * 43}=\n", "plain number"),
        (f"{ORIGIN}\n{'9' * 5000}\n{'A' * 43}=\n", "too large"),
        (f"{ORIGIN}\n5\nAAAA\n", "the root"),
    ],
)
def test_what_is_no_checkpoint(text: str, what: str) -> None:
    with pytest.raises(RefusedError, match=what):
        read_checkpoint(text)


def test_extension_lines_are_allowed() -> None:
    assert read_checkpoint(CHECKPOINT.text() + "more\n") == CHECKPOINT


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("", "needed"),
        (CHECKPOINT.text(), "needed"),
        (NOTE[:-1], "needed"),
        (NOTE.replace("\u2014", "-"), "signature line"),
        (NOTE + "\u2014 x \n", "too short"),
        (NOTE + "\u2014 x !!!!\n", "not standard base64"),
        (NOTE + "\u2014 x+y AAAAAAAA\n", "signature line"),
        ("\x07" + NOTE, "control"),
        (NOTE + "\u2014 x AAAAAAAAAA==\n" * 20, "signatures, not"),
        ("x" * NOTE_BYTES_MAX + NOTE, "limit"),
    ],
)
def test_what_is_no_note(note: str, what: str) -> None:
    with pytest.raises(RefusedError, match=what):
        split_note(note)

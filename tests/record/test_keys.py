from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from skyaccord.base.errors import InputError, TrustError, UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.keys import (
    PartyKey,
    PersonKey,
    fingerprint,
    key_id,
    read_public_key,
    verify_signature,
)

# RFC 8032, section 7.1, test 1
RFC8032_PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def test_a_key_comes_back_from_its_file(tmp_path: Path) -> None:
    key = PartyKey.generate()
    key.save(tmp_path / "party.key", "correct horse")
    again = PartyKey.load(tmp_path / "party.key", "correct horse")
    assert again.public == key.public
    assert verify_signature(key.public, again.sign(b"text"), b"text")
    assert not verify_signature(key.public, again.sign(b"text"), b"other")


def test_the_file_is_for_its_owner_only_and_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "party.key"
    PartyKey.generate().save(path, "correct horse")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "party.key"
    path.write_text("precious")
    with pytest.raises(InputError, match="exists already"):
        PartyKey.generate().save(path, "correct horse")
    assert path.read_text() == "precious"


@pytest.mark.parametrize("wrong", ["wrong", "", "Correct horse", "correct horse "])
def test_a_wrong_passphrase_is_one_line(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "party.key"
    PartyKey.generate().save(path, "correct horse")
    with pytest.raises(TrustError) as caught:
        PartyKey.load(path, wrong)
    assert str(caught.value) == f"{path}: wrong passphrase for this party key; try again, nothing was changed"


def test_an_empty_passphrase_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        PartyKey.generate().save(tmp_path / "party.key", "")
    assert not (tmp_path / "party.key").exists()


def test_what_is_no_key_file_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "person"
    with pytest.raises(UnreadableError, match="no such key file"):
        PersonKey.load(path, "x")
    path.write_text("not a key")
    with pytest.raises(TrustError, match="not an encrypted person key file"):
        PersonKey.load(path, "x")
    path.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
    with pytest.raises(TrustError, match="damaged"):
        PersonKey.load(path, "x")
    path.write_bytes(b"x" * 20_000)
    with pytest.raises(TrustError, match="too large"):
        PersonKey.load(path, "x")


def test_a_plain_key_and_another_algorithm_are_refused(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    path = tmp_path / "key"
    path.write_bytes(key.private_bytes(*form, serialization.NoEncryption()))
    with pytest.raises(TrustError, match="not an encrypted"):
        PartyKey.load(path, "x")
    path.write_bytes(key.private_bytes(*form, serialization.BestAvailableEncryption(b"x")))
    with pytest.raises(TrustError, match="not an Ed25519 key"):
        PartyKey.load(path, "x")


def test_the_fingerprint_is_digits_for_reading_aloud() -> None:
    assert fingerprint(RFC8032_PUBLIC) == "10565 22880 29447 22884 16547 67957 54184 75456"
    assert key_id(RFC8032_PUBLIC) == "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9"


def test_a_seed_repeats_a_key_for_simulations() -> None:
    assert PartyKey.generate(SeededRandomness(7)).public == PartyKey.generate(SeededRandomness(7)).public
    assert PartyKey.generate().public != PartyKey.generate().public


def test_a_public_key_is_read_from_its_text_or_its_file(tmp_path: Path) -> None:
    path = tmp_path / "officer.pub"
    path.write_text(RFC8032_PUBLIC + "\n")
    assert read_public_key(str(path)) == RFC8032_PUBLIC
    assert read_public_key(RFC8032_PUBLIC) == RFC8032_PUBLIC
    path.write_text("AAAA\n")
    with pytest.raises(InputError, match="not a public key file"):
        read_public_key(str(path))
    with pytest.raises(InputError, match="neither a public key nor such a file"):
        read_public_key(str(tmp_path / "none"))

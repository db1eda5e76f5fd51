from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record import pkcs8

pytestmark = pytest.mark.usefixtures("shipped_scrypt")


def test_the_standard_reader_opens_it_and_only_with_the_passphrase() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = pkcs8.encrypt_pkcs8(key, b"correct horse", SeededRandomness(1))
    read = serialization.load_pem_private_key(pem, b"correct horse")
    assert isinstance(read, Ed25519PrivateKey)
    assert read.private_bytes_raw() == key.private_bytes_raw()
    with pytest.raises(ValueError, match="password"):
        serialization.load_pem_private_key(pem, b"another")


def test_the_bytes_are_those_of_the_seed_so_the_format_cannot_drift() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = pkcs8.encrypt_pkcs8(key, b"correct horse", SeededRandomness(1))
    assert pkcs8._OID_SCRYPT in base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
    assert (
        hashlib.sha256(pem).hexdigest() == "10e3a2f61ba3ff8656b279d491d42e9d0b582f56c591de886a95270646be2069"
    )


@pytest.mark.parametrize(("length", "start"), [(5, "0405"), (200, "0481c8"), (300, "0482012c")])
def test_der_lengths(length: int, start: str) -> None:
    assert pkcs8._octets(b"x" * length).hex().startswith(start)


@pytest.mark.parametrize(
    ("value", "der"), [(5, "020105"), (128, "02020080"), (8, "020108"), (16384, "02024000")]
)
def test_der_integers_are_never_negative(value: int, der: str) -> None:
    assert pkcs8._integer(value).hex() == der

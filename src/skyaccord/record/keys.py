"""Ed25519 keys in files: one for a party's node, its offline root, one for each person.

The person's key is never the node's to use; the root key is needed only to change the party's key.

A file holds the private key encrypted with a passphrase (`pkcs8.py`), mode 0600, and is never overwritten.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from skyaccord.base.errors import InputError, TrustError, UnreadableError
from skyaccord.base.randomness import Randomness, SystemRandomness
from skyaccord.record.fields import PUBLIC_KEY_BYTES, decode_base64, encode_base64
from skyaccord.record.pkcs8 import encrypt_pkcs8

KEYS_REMEMBERED = 1024  # decoded forms of public keys: a node meets a few dozen, again and again
KEY_FILE_BYTES_MAX = 16 * 1024  # an encrypted Ed25519 key is 400 bytes
# Decimal digits, because every language reads them aloud alike. Each group of five digits comes from 40 bits
# of the hash (16.6 bits of it remain): eight groups leave 2^132 tries to whoever wants another key that reads
# the same.
FINGERPRINT_GROUPS = 8
FINGERPRINT_GROUP_DIGITS = 5
_GROUP_BYTES = 5


def fingerprint(public: str, root: str | None = None) -> str:
    """A public key (base64) as eight groups of five digits, for two people to compare by voice.

    SHA-512 of the raw key; each five bytes, big endian, modulo 100000. root: a party's root key, which then
    stands before the key in what is hashed: both are compared at once.
    """
    raw = public_bytes(public) if root is None else public_bytes(root) + public_bytes(public)
    digest = hashlib.sha512(raw).digest()
    groups = []
    for index in range(FINGERPRINT_GROUPS):
        number = int.from_bytes(digest[index * _GROUP_BYTES : (index + 1) * _GROUP_BYTES], "big")
        groups.append(f"{number % 10**FINGERPRINT_GROUP_DIGITS:0{FINGERPRINT_GROUP_DIGITS}d}")
    return " ".join(groups)


@lru_cache(KEYS_REMEMBERED)
def key_id(public: str) -> str:
    """The DSSE key id: hex SHA-256 of the raw public key. A hint: trust comes from cards and enrolments."""
    return hashlib.sha256(public_bytes(public)).hexdigest()


@lru_cache(KEYS_REMEMBERED)
def public_bytes(public: str) -> bytes:
    """The raw 32 bytes of a base64 public key. TrustError if it is none."""
    try:
        return decode_base64(public, length=PUBLIC_KEY_BYTES)
    except ValueError as error:
        raise TrustError(f"not an Ed25519 public key in base64 ({error})") from error


def verify_signature(public: str, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by the owner of the base64 public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_public_key(text: str) -> str:
    """A public key in base64: from the path of a `.pub` file, or its own text. InputError says why not."""
    try:
        public_bytes(text.strip())
    except TrustError:
        pass
    else:
        return text.strip()
    path = Path(text)
    if not path.is_file():
        raise InputError("neither a public key nor such a file", where=text, do="give FILE.pub of the person")
    with path.open("rb") as file:
        data = file.read(KEY_FILE_BYTES_MAX)
    try:
        public = data.decode("ascii").strip()
        public_bytes(public)
    except (UnicodeDecodeError, TrustError):
        raise InputError("not a public key file", where=text, do="give FILE.pub of the person") from None
    return public


class SigningKey:
    """A private Ed25519 key in memory, a `Signer`. Party's, root's and person's are types apart: none stands
    for another."""

    owner = "key"

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public: str = encode_base64(raw)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.fingerprint}>"

    @classmethod
    def generate(cls, randomness: Randomness | None = None) -> Self:
        """A new key. A seeded `randomness` is for simulations only."""
        if randomness is None:
            return cls(Ed25519PrivateKey.generate())
        return cls(Ed25519PrivateKey.from_private_bytes(randomness.token_bytes(PUBLIC_KEY_BYTES)))

    @property
    def fingerprint(self) -> str:
        """The public key for reading aloud."""
        return fingerprint(self.public)

    @property
    def key_id(self) -> str:
        """The DSSE key id."""
        return key_id(self.public)

    @property
    def private(self) -> Ed25519PrivateKey:
        """The private key itself, for what cannot ask a `Signer`: TLS."""
        return self._private

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""
        return self._private.sign(message)

    def save(self, path: Path, passphrase: str) -> None:
        """Write the encrypted key, mode 0600. InputError if the file exists or the passphrase is empty."""
        if not passphrase:
            raise InputError(
                "the passphrase is empty", do="choose one; a private key is never stored in the open"
            )
        data = encrypt_pkcs8(self._private, passphrase.encode("utf-8"), SystemRandomness())
        write_new_file(path, data, mode=0o600)

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Self:
        """Read and decrypt. UnreadableError: no such file. TrustError: wrong passphrase, or no such key."""
        data = _read_key_file(path)
        if b"-----BEGIN ENCRYPTED PRIVATE KEY-----" not in data:
            raise TrustError(f"not an encrypted {cls.owner} file", where=str(path))
        try:
            private = serialization.load_pem_private_key(data, passphrase.encode("utf-8"))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            if isinstance(error, TypeError) or "password" in str(error).lower():
                raise TrustError(
                    f"wrong passphrase for this {cls.owner}",
                    where=str(path),
                    do="try again, nothing was changed",
                ) from None
            raise TrustError(f"not a {cls.owner} file, or damaged", where=str(path)) from None
        if not isinstance(private, Ed25519PrivateKey):
            raise TrustError("not an Ed25519 key", where=str(path))
        return cls(private)


class PartyKey(SigningKey):
    """The key with which a party's node signs envelopes."""

    owner = "party key"
    signs_for: Literal["party"] = "party"


class RootKey(SigningKey):
    """The key that says which key is the party's. Kept offline; a node never needs it."""

    owner = "root key"
    signs_for: Literal["root"] = "root"


class PersonKey(SigningKey):
    """The key with which a person signs acknowledgements and messages; the node never holds it."""

    owner = "person key"
    signs_for: Literal["person"] = "person"


def write_new_file(path: Path, data: bytes, *, mode: int) -> None:
    """Write a new file and see it onto the disk. InputError if it exists or cannot be made."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise InputError(
            "exists already", where=str(path), do="choose another name; it is not overwritten"
        ) from None
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from None


def _read_key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(KEY_FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise UnreadableError("no such key file", where=str(path)) from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(path)) from None
    if len(data) > KEY_FILE_BYTES_MAX:
        raise TrustError("too large for a key file", where=str(path))
    return data

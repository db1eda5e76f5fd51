"""Private keys at rest: PKCS#8 PEM, PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914).

Why not `BestAvailableEncryption` of `cryptography`: for PKCS#8 it is PBKDF2-HMAC-SHA-256 with 2,048 rounds,
which one graphics card tries millions of times a second. scrypt makes each guess cost 16 MiB. The container
is the standard one, so `cryptography` and `openssl pkey` read it; only the writer is ours.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from skyaccord.base.randomness import Randomness

# N = 2^14, r = 8, p = 5 is one of OWASP's equivalent minimum settings for scrypt, and the one whose 16 MiB
# fits under the 32 MiB that OpenSSL allows by default, so that stock tools can still open the file.
SCRYPT_N = 2**14
SCRYPT_R = 8
SCRYPT_P = 5
SCRYPT_MEMORY_MAX_BYTES = 64 * 2**20
SALT_BYTES = 16
AES_KEY_BYTES = 32
AES_BLOCK_BYTES = 16

_OID_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_OID_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_OID_AES256_CBC = bytes.fromhex("060960864801650304012a")


def _der(tag: int, content: bytes) -> bytes:
    """One DER element. Lengths up to 65,535, far more than a key needs."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    if length < 0x100:
        return bytes([tag, 0x81, length]) + content
    return bytes([tag, 0x82]) + length.to_bytes(2, "big") + content


def _sequence(*elements: bytes) -> bytes:
    return _der(0x30, b"".join(elements))


def _octets(content: bytes) -> bytes:
    return _der(0x04, content)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encrypt_pkcs8(key: Ed25519PrivateKey, passphrase: bytes, randomness: Randomness) -> bytes:
    """The key as an encrypted PKCS#8 PEM file's bytes."""
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt = randomness.token_bytes(SALT_BYTES)
    initial = randomness.token_bytes(AES_BLOCK_BYTES)
    secret = hashlib.scrypt(
        passphrase,
        salt=salt,
        n=SCRYPT_N,
        r=SCRYPT_R,
        p=SCRYPT_P,
        maxmem=SCRYPT_MEMORY_MAX_BYTES,
        dklen=AES_KEY_BYTES,
    )
    padder = padding.PKCS7(AES_BLOCK_BYTES * 8).padder()
    padded = padder.update(plain) + padder.finalize()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(initial)).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    derivation = _sequence(
        _OID_SCRYPT, _sequence(_octets(salt), _integer(SCRYPT_N), _integer(SCRYPT_R), _integer(SCRYPT_P))
    )
    scheme = _sequence(_OID_AES256_CBC, _octets(initial))
    der = _sequence(_sequence(_OID_PBES2, _sequence(derivation, scheme)), _octets(encrypted))
    return _pem(der)


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(
        ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]
    ).encode("ascii")

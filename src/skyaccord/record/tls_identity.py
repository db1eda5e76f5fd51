"""The key a node shows on the link, and the certificate that its party's card carries.

A key of its own: the party's key signs what is kept for years, perhaps in hardware, and never speaks to a
stranger; and the link still works while a rotation of the party's key is on its way to the peers. Nobody
certifies anybody: a certificate is right if it is, byte for byte, the one in the pinned card. Its dates mean
nothing (they cover all of them), so a wrong clock does not cut a link.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from skyaccord.record.keys import SigningKey

CERTIFICATE_BYTES_MAX = 2048  # ours have about 330; nothing in it grows
_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_TO = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # "no well-defined expiration", RFC 5280, 4.1.2.5
_SERIAL_BYTES = 16  # RFC 5280 allows 20


class LinkKey(SigningKey):
    """The key with which a node proves on the link that it is its party's node. It signs no envelope."""

    owner = "link key"

    def certificate(self, name: str) -> bytes:
        """Its self-signed certificate in DER, always the same for the same key and `name` (64 characters)."""
        subject = _subject(name)
        public = self.private.public_key()
        digest = hashlib.sha256(self.public.encode("ascii")).digest()
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(public)
            .serial_number(int.from_bytes(digest[:_SERIAL_BYTES], "big") | 1)
            .not_valid_before(_FROM)
            .not_valid_after(_TO)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        return builder.sign(self.private, None).public_bytes(serialization.Encoding.DER)


def certificate_name(origin: str) -> str:
    """What a certificate calls its node: party and journal, `A.0123456789abcdef`."""
    return ".".join(origin.split("/")[1:])


def check_certificate(der: bytes, name: str) -> None:
    """A card may carry this certificate: small, Ed25519, signed by its own key for this `name`, so that
    nobody's card carries another's. ValueError if not.
    """
    if len(der) > CERTIFICATE_BYTES_MAX:
        raise ValueError(f"a certificate of {len(der)} bytes; the limit is {CERTIFICATE_BYTES_MAX}")
    try:
        certificate = x509.load_der_x509_certificate(der)
        public = certificate.public_key()
        if not isinstance(public, Ed25519PublicKey):
            raise ValueError("the certificate's key is not Ed25519")
        public.verify(certificate.signature, certificate.tbs_certificate_bytes)
        if certificate.subject != _subject(name):
            raise ValueError("the certificate is another node's")
    except InvalidSignature:
        raise ValueError("the certificate is not signed by its own key") from None
    except (UnsupportedAlgorithm, x509.InvalidVersion) as error:  # neither is a ValueError
        raise ValueError(f"no certificate that can be used ({error})") from None


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate_pem(der: bytes) -> str:
    """The certificate as TLS libraries read it from files."""
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM).decode("ascii")


def certificate_fingerprint(der: bytes) -> str:
    """SHA-256 of the certificate, in hex."""
    return hashlib.sha256(der).hexdigest()

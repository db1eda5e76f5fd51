"""TLS 1.3 both ways, without any authority: each side shows its certificate, each knows the other's by heart.

OpenSSL checks that the peer holds the key of a certificate that we trust, and we trust exactly those in the
pinned cards. Which party a certificate means is looked up by its whole bytes (`Pins`), never by a name in it.
Names of hosts, authorities, dates and revocation lists decide nothing. A resumed session would skip the
certificates, so none is resumed; early data, which could be replayed, is never accepted.
"""

from __future__ import annotations

import secrets
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization

from skyaccord.record.tls_identity import LinkKey, certificate_pem

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL: a pin has no dates, and a wrong clock must not cut the link."""
ANYBODY: Final = b""
"""In place of a pinned certificate: whoever answers. Only to ask for what proves itself, telling nothing."""
_PASSWORD_BYTES: Final = 32


class LinkTls:
    """What this node shows on the link, and the contexts made of it."""

    def __init__(self, key: LinkKey, certificate: bytes) -> None:
        self._key = key
        self.certificate = certificate

    def server_context(self, trusted: Iterable[bytes] = ()) -> ssl.SSLContext:
        """For our listener. trusted: certificates (DER) of those who may connect; `trust` adds more."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0
        self._prepare(context)
        for certificate in trusted:
            trust(context, certificate)
        return context

    def client_context(self, pinned: bytes) -> ssl.SSLContext:
        """For connections to one peer, whose certificate (DER) must be `pinned`; ANYBODY: may be any."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # the pin says more than a name
        self._prepare(context)
        if pinned == ANYBODY:
            context.verify_mode = ssl.CERT_NONE
        else:
            trust(context, pinned)
        return context

    def _prepare(self, context: ssl.SSLContext) -> None:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags = ssl.VerifyFlags(context.verify_flags | NO_CHECK_TIME)
        # Python takes a private key from a file only: it lies there for a moment, under a random password.
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        pem = self._key.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode("ascii")),
        )
        with tempfile.TemporaryDirectory(prefix="skyaccord-link-") as folder:
            file = Path(folder) / "link.pem"
            file.touch(mode=0o600)
            file.write_bytes(certificate_pem(self.certificate).encode("ascii") + pem)
            context.load_cert_chain(file, password=password)


def trust(context: ssl.SSLContext, certificate: bytes) -> None:
    """Accept this certificate (DER) from now on. A context never forgets one: `Pins` does."""
    context.load_verify_locations(cadata=certificate)

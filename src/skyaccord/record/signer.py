"""What signs: an interface, so that no code here needs the bytes of a private key.

A key from a file (`keys.py`) is one implementation. A hardware token behind PKCS#11, another process or a
signing service is another: whatever has a public key and makes Ed25519 signatures. Journal, checkpoints,
cards and DSSE envelopes ask for nothing else.

Party, root and person are types apart, so that none is handed in where another belongs: `signs_for` says
which one a signer is.
"""

from __future__ import annotations

from typing import Literal, Protocol


class Signer(Protocol):
    """Somebody who signs."""

    @property
    def public(self) -> str:
        """The public key: base64 of the raw 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature (RFC 8032, pure) over `message`. TrustError when it cannot be had."""
        ...


class PartySigner(Signer, Protocol):
    """Signs for a party's node: envelopes, checkpoints, cards."""

    @property
    def signs_for(self) -> Literal["party"]: ...


class RootSigner(Signer, Protocol):
    """Signs for a party's root: which key is the party's, and that one no longer is."""

    @property
    def signs_for(self) -> Literal["root"]: ...


class PersonSigner(Signer, Protocol):
    """Signs for a person: statements."""

    @property
    def signs_for(self) -> Literal["person"]: ...

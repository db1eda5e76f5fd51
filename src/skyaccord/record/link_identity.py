"""The link's key in a node's folder: made with it, or later in a folder from before the link had TLS.

`link.key` is encrypted with the party's passphrase; `link.crt` is the certificate as TLS tools read it; the
card carries the same certificate. Who changes node.toml's address gets a new card with it at the next start.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from skyaccord.base.errors import TrustError
from skyaccord.record.cards import Card
from skyaccord.record.keys import write_new_file
from skyaccord.record.signer import PartySigner
from skyaccord.record.tls_identity import LinkKey, certificate_name, certificate_pem

LINK_KEY_FILE = "link.key"
LINK_CERTIFICATE_FILE = "link.crt"


def write_link_key(folder: Path, origin: str, passphrase: str) -> bytes:
    """Make a node's `link.key` and `link.crt`, instead of any that are there; the certificate in DER."""
    return write_link_key_of(folder, certificate_name(origin), passphrase)


def write_link_key_of(folder: Path, name: str, passphrase: str) -> bytes:
    """The same, with a certificate for this name."""
    link = LinkKey.generate()
    certificate = link.certificate(name)
    for file in (LINK_KEY_FILE, LINK_CERTIFICATE_FILE):
        (folder / file).unlink(missing_ok=True)
    link.save(folder / LINK_KEY_FILE, passphrase)
    write_new_file(folder / LINK_CERTIFICATE_FILE, certificate_pem(certificate).encode("ascii"), mode=0o644)
    return certificate


class CardFolder(Protocol):
    """A folder with a party's card in it."""

    @property
    def path(self) -> Path: ...
    @property
    def card_file(self) -> Path: ...
    def card(self) -> Card: ...


def load_link_key(folder: CardFolder, passphrase: str) -> LinkKey:
    """The link's key. TrustError when it is not the one in the card."""
    link = LinkKey.load(folder.path / LINK_KEY_FILE, passphrase)
    card = folder.card()
    if link.certificate(certificate_name(card.origin)) != card.certificate:
        raise TrustError(
            "the card carries another certificate than this key's",
            where=str(folder.path / LINK_KEY_FILE),
            do="restore both from one copy of the folder",
        )
    return link


def renew_card(folder: CardFolder, key: PartySigner, passphrase: str, link_address: str) -> Card | None:
    """A new card if the present one has no certificate or another address; written in one step. None: it is
    right as it is."""
    card = folder.card()
    certificate = card.certificate
    if certificate is not None and card.link_address == link_address:
        return None
    if certificate is None:
        certificate = write_link_key(folder.path, card.origin, passphrase)
    renewed = card.renewed(key, link_address=link_address, certificate=certificate)
    draft = folder.card_file.with_name(f"{folder.card_file.name}.draft")  # `.new` is a rotation's
    draft.unlink(missing_ok=True)
    write_new_file(draft, renewed.dumps().encode("utf-8"), mode=0o644)
    os.replace(draft, folder.card_file)  # noqa: PTH105 (one step, also where a file is there already)
    return renewed

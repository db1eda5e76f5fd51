"""The party's key files while its key is replaced: safe against a crash at any place.

    1. party.key.new, party.card.json.new     written and on the disk
    2. key.rotated                            journalled: from here on the new key signs
    3. renamed over the old ones              the old key is kept as party.key.<first entry it did not sign>

A crash between 2 and 3 is made good at the next start: the journal says which key is the party's. The link's
key stays, unless it must be taken for stolen as well: then peers learn its certificate from the rotation,
which they fetch from our listener (node/link_renewal.py), or which `skyaccord link export` carries to them.
"""

from __future__ import annotations

from pathlib import Path

from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.folder import Folder
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey, write_new_file
from skyaccord.record.link_identity import LINK_CERTIFICATE_FILE, LINK_KEY_FILE
from skyaccord.record.rotation import next_card, rotate_key
from skyaccord.record.signer import RootSigner
from skyaccord.record.tls_identity import LinkKey, certificate_name, certificate_pem

NEW_SUFFIX = ".new"


def rotate_in_folder(
    folder: Folder,
    journal: Journal,
    root: RootSigner,
    new: PartyKey,
    passphrase: str,
    *,
    new_link_key: bool = False,
) -> Entry:
    """Replace the party's key: journal and files. passphrase: the folder's, for all keys in it.

    TrustError: not the root key, or the passphrase does not open the link's key, which stays.
    """
    finish_rotation(folder, journal)
    _drop(folder)
    link = LinkKey.generate() if new_link_key else folder.load_link_key(passphrase)
    certificate = link.certificate(certificate_name(journal.origin))
    card = folder.card()
    renewed = next_card(journal, root, new, card, certificate)
    try:
        new.save(_new(folder.key_file), passphrase)
        write_new_file(_new(folder.card_file), renewed.dumps().encode("utf-8"), mode=0o644)
        if new_link_key:
            pem = certificate_pem(certificate).encode("ascii")
            link.save(_new(folder.path / LINK_KEY_FILE), passphrase)
            write_new_file(_new(folder.path / LINK_CERTIFICATE_FILE), pem, mode=0o644)
        entry = rotate_key(journal, root, new, card, certificate)
    except BaseException:
        _drop(folder)
        raise
    finish_rotation(folder, journal)
    return entry


def finish_rotation(folder: Folder, journal: Journal) -> bool:
    """Put the files in order after a crash in the middle of a rotation; True if there was something to do."""
    if not _new(folder.card_file).exists():
        return False
    waiting = Card.load(_new(folder.card_file))
    if waiting.public_key != journal.info().public_key:
        return False  # it was never journalled
    places = [one.until for one in waiting.earlier_keys or []]
    if not places:
        return False  # no card that a rotation made
    try:
        if _new(folder.key_file).exists() and folder.key_file.exists():
            folder.key_file.replace(folder.path / f"{folder.key_file.name}.{places[-1]}")
        for path in _files(folder):
            if _new(path).exists():
                _new(path).replace(path)
    except OSError as error:
        raise InputError(f"cannot be renamed ({error.strerror})", where=str(folder.path)) from None
    return True


def settle_keys(folder: Folder) -> None:
    """`finish_rotation` before a node starts, if there may be something to finish."""
    if not _new(folder.card_file).exists():
        return
    store = folder.open_store()
    try:
        finish_rotation(folder, folder.open_journal(store, None, SystemClock(), SystemRandomness()))
    finally:
        store.close()


def _files(folder: Folder) -> tuple[Path, ...]:
    """The card last: as long as its new one waits, there is something to finish."""
    link = (folder.path / LINK_KEY_FILE, folder.path / LINK_CERTIFICATE_FILE)
    return (folder.key_file, *link, folder.card_file)


def _new(path: Path) -> Path:
    return path.with_name(path.name + NEW_SUFFIX)


def _drop(folder: Folder) -> None:
    for path in _files(folder):
        _new(path).unlink(missing_ok=True)

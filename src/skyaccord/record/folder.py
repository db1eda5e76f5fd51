"""A node's folder: `node.toml`, `node.db`, `party.card.json`, and the keys. Made whole or not at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, NotANodeError
from skyaccord.base.randomness import Randomness
from skyaccord.record.behind import recall
from skyaccord.record.cards import Card
from skyaccord.record.journal import Journal
from skyaccord.record.journals import create_journal
from skyaccord.record.keys import PartyKey, RootKey, write_new_file
from skyaccord.record.kinds import NODE_OPENED, NodeOpened
from skyaccord.record.link_identity import load_link_key, write_link_key
from skyaccord.record.signer import PartySigner
from skyaccord.record.store import DATABASE_FILE, Store, open_store
from skyaccord.record.tls_identity import LinkKey

KEY_FILE = "party.key"
ROOT_FILE = "party.root"
CARD_FILE = "party.card.json"
SETTINGS_FILE = "node.toml"
ORIGIN_RANDOM_BYTES = 8  # 16 hex digits: two journals of one party id never share a name


@dataclass(frozen=True)
class Folder:
    """The paths of a node's folder, and how to open what is in it."""

    path: Path

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.path / DATABASE_FILE

    @property
    def key_file(self) -> Path:
        """The party's encrypted key."""
        return self.path / KEY_FILE

    @property
    def root_file(self) -> Path:
        """The party's encrypted root key, as long as nobody has taken it offline."""
        return self.path / ROOT_FILE

    @property
    def card_file(self) -> Path:
        """The party's own card, to be handed out."""
        return self.path / CARD_FILE

    @property
    def settings_file(self) -> Path:
        """The node's settings."""
        return self.path / SETTINGS_FILE

    def card(self) -> Card:
        """The party's own card."""
        return Card.load(self.card_file)

    def load_key(self, passphrase: str) -> PartyKey:
        """The party's key. TrustError for a wrong passphrase."""
        return PartyKey.load(self.key_file, passphrase)

    def load_link_key(self, passphrase: str) -> LinkKey:
        """The key the node shows on the link. TrustError for a wrong passphrase."""
        return load_link_key(self, passphrase)

    def open_store(self) -> Store:
        """The store; close it when done."""
        return open_store(self.path)

    def open_journal(
        self, store: Store, key: PartySigner | None, clock: Clock, randomness: Randomness
    ) -> Journal:
        """The party's journal in this store. key: None for reading only.

        With a key it may be appended to, unless it is behind what is remembered of it (`behind.recall`).
        """
        journal = Journal(store, self.card().origin, key, clock, randomness)
        if key is not None:
            recall(journal)
        return journal


def open_folder(path: Path) -> Folder:
    """The folder of a node. NotANodeError says what is missing."""
    folder = Folder(path)
    if not path.is_dir():
        raise NotANodeError("no such folder", where=str(path), do="make one with `skyaccord node init`")
    for file in (folder.database, folder.card_file):
        if not file.is_file():
            raise NotANodeError(
                f"not a node's folder: {file.name} is missing",
                where=str(path),
                do="make one with `skyaccord node init`",
            )
    return folder


def init_folder(
    path: Path,
    *,
    party: str,
    name: str,
    link_address: str,
    passphrase: str,
    settings_text: str,
    clock: Clock,
    randomness: Randomness,
    exercise: bool = False,
    root_passphrase: str | None = None,
    root_file: Path | None = None,
) -> Folder:
    """Make a node's folder: new keys, card, store with the first entry, settings.

    root_passphrase: None: the party has no root key, and its key can never be replaced. root_file: where the
    root key goes, if not to `party.root` in the folder. Everything is made beside the target and moved there
    in one step: nothing half-written stays behind. InputError if the folder exists and is not empty.
    """
    _check_free(path)
    if root_file is not None and root_file.exists():
        raise InputError("exists already", where=str(root_file), do="choose another name")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{randomness.token_bytes(4).hex()}.new"
    try:
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(path)) from None
    try:
        folder = Folder(draft)
        key = PartyKey.generate()
        origin = f"skyaccord.journal/{party}/{randomness.token_bytes(ORIGIN_RANDOM_BYTES).hex()}"
        root = None if root_passphrase is None else RootKey.generate()
        certificate = write_link_key(folder.path, origin, passphrase)
        card = Card.make(
            party=party,
            name=name,
            origin=origin,
            link_address=link_address,
            key=key,
            certificate=certificate,
            root_key=None if root is None else root.public,
        )
        key.save(folder.key_file, passphrase)
        write_new_file(folder.card_file, card.dumps().encode("utf-8"), mode=0o644)
        write_new_file(folder.settings_file, settings_text.encode("utf-8"), mode=0o600)
        store = open_store(folder.path, create=True)
        try:
            open_new_journal(store, card, key, clock, randomness, exercise=exercise)
        finally:
            store.close()
        if root is not None and root_passphrase is not None:
            root.save(root_file or folder.root_file, root_passphrase)
        try:
            draft.rename(path)
        except OSError:
            if root_file is not None:
                root_file.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(path)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _sync_directory(path)
    _sync_directory(path.parent)
    return Folder(path)


def _check_free(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise InputError("exists and is not a folder", where=str(path), do="choose another name")
    if (path / DATABASE_FILE).exists():
        raise InputError("is a node's folder already", where=str(path), do="choose another name")
    if any(path.iterdir()):
        raise InputError("the folder is not empty", where=str(path), do="choose a new or an empty one")


def open_new_journal(
    store: Store,
    card: Card,
    key: PartySigner,
    clock: Clock,
    randomness: Randomness,
    *,
    exercise: bool = False,
) -> Journal:
    """The party's journal in an empty store, with its first entry. exercise: so are all that follow, until
    the node says otherwise."""
    if exercise:
        store.put_exercise(True)
    journal = Journal(store, card.origin, key, clock, randomness)
    with store.writing() as connection:
        create_journal(connection, card.origin, card.party, card.public_key, own=True)
        journal.append_within(
            connection, NODE_OPENED, NodeOpened(card=card), recipients=["*"], exercise=exercise
        )
    return journal


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A witness's folder: `witness.db`, `witness.key`, `witness.card.json`, `link.key`, `link.crt`. Made whole or
not at all."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, NotANodeError, TrustError
from skyaccord.base.randomness import Randomness
from skyaccord.record.cards import Card
from skyaccord.record.keys import write_new_file
from skyaccord.record.link_identity import LINK_KEY_FILE, write_link_key_of
from skyaccord.record.store import Store, open_store
from skyaccord.record.tls_identity import LinkKey
from skyaccord.record.witness import DATABASE_FILE, LOGS_MAX, Witness
from skyaccord.record.witness_card import WITNESS_NAME_PATTERN, WitnessCard, WitnessKey

KEY_FILE: Final = "witness.key"
CARD_FILE: Final = "witness.card.json"
FORKS_FOLDER: Final = "forks"
_CARDS: Final = "cards"
"""Name of the stored fact: the cards of the parties whose journals are followed, by origin."""


@dataclass(frozen=True)
class WitnessFolder:
    """The paths of a witness's folder, and how to open what is in it."""

    path: Path

    def card(self) -> WitnessCard:
        """The witness's own card."""
        return WitnessCard.load(self.path / CARD_FILE)

    def load_key(self, passphrase: str) -> WitnessKey:
        """The key that cosigns. TrustError for a wrong passphrase."""
        return WitnessKey.load(self.path / KEY_FILE, passphrase)

    def load_link_key(self, passphrase: str) -> LinkKey:
        """The key shown on the link. TrustError when it is not the one in the card."""
        link, card = LinkKey.load(self.path / LINK_KEY_FILE, passphrase), self.card()
        if link.certificate(card.name) != card.certificate:
            raise TrustError("the card carries another certificate than this key's", where=str(self.path))
        return link

    def open_store(self) -> Store:
        """The store; close it when done."""
        return open_store(str(self.path / DATABASE_FILE))

    def witness(self, store: Store, key: WitnessKey, clock: Clock) -> Witness:
        """The witness over an open store."""
        return Witness(store, self.card().name, key, clock, forks_folder=self.path / FORKS_FOLDER)


def open_witness_folder(path: Path) -> WitnessFolder:
    """A witness's folder. NotANodeError if it is none."""
    for name in (DATABASE_FILE, CARD_FILE):
        if not (path / name).is_file():
            raise NotANodeError(
                f"not a witness's folder: {name} is missing",
                where=str(path),
                do="make one with `skyaccord witness init`",
            )
    return WitnessFolder(path)


def init_witness_folder(
    path: Path, *, name: str, link_address: str, passphrase: str, randomness: Randomness
) -> WitnessFolder:
    """Make a witness's folder beside the target, and move it there in one step. InputError, TrustError."""
    if re.fullmatch(WITNESS_NAME_PATTERN, name) is None:
        raise InputError(
            f"{name!r} cannot be a witness's name",
            do="write letters, digits, '.', '_', '/' and '-' only, a letter or digit first, at most 60",
        )
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError("exists already", where=str(path), do="choose a new or an empty folder")
    draft = path.parent / f".{path.name}.{randomness.token_bytes(4).hex()}.new"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
        key = WitnessKey.generate()
        certificate = write_link_key_of(draft, name, passphrase)
        card = WitnessCard.make(name=name, link_address=link_address, key=key, certificate=certificate)
        key.save(draft / KEY_FILE, passphrase)
        write_new_file(draft / CARD_FILE, card.dumps().encode("utf-8"), mode=0o644)
        open_store(str(draft / DATABASE_FILE), create=True).close()
        draft.rename(path)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(path)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return WitnessFolder(path)


def follow(witness: Witness, card: Card) -> bool:
    """Follow a party's journal, and let its node connect; False if nothing is new.

    TrustError: another key, which no card links to the one that is followed; or another root key.
    """
    cards = witness.store.setting(_CARDS) or {}
    known = cards.get(card.origin)
    if known is not None and known.get("root_key") != card.root_key:
        raise TrustError(
            f"the journal of party {card.party!r} is followed with another root key",
            do="a root key is never replaced: settle by voice who made this card",
        )
    new = witness.follow(card)
    if not new and cards.get(card.origin) == card.model_dump():
        return False
    witness.store.put_setting(
        _CARDS, {**dict(list(cards.items())[-LOGS_MAX:]), card.origin: card.model_dump()}
    )
    return True


def followed_cards(store: Store) -> dict[str, Card]:
    """origin → the card whose holder may connect."""
    cards = store.setting(_CARDS) or {}
    return {origin: Card.loads(json.dumps(card).encode("utf-8")) for origin, card in cards.items()}

"""Replacing a party's key, and taking it back: made with the offline root key, followed by every peer.

A thief of the party's key can sign as the party until it is replaced. He cannot replace it himself:
`key.rotated` and `key.revoked` are signed with the root key, which no running node holds. Both name the chain
head before them, so the root also says up to where the old key's history is the party's own.
"""

from __future__ import annotations

from sqlalchemy import Connection

from skyaccord.base.errors import TrustError
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.envelope import KEY_REVOKED, KEY_ROTATED
from skyaccord.record.fields import EVERY_PEER
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info
from skyaccord.record.keychain import KeyChain
from skyaccord.record.kinds import KeyRevoked, KeyRotated
from skyaccord.record.pins import chain_of
from skyaccord.record.signer import PartySigner, RootSigner

_WHICH = "give the party.root that `skyaccord node init` made with this folder"


def next_card(
    journal: Journal, root: RootSigner, new: PartySigner, card: Card, certificate: bytes | None = None
) -> Card:
    """The card that `rotate_key` would journal now. TrustError as there."""
    with journal.store.reading() as connection:
        _chain(connection, journal, root)
        size = journal_info(connection, journal.origin).size
        return card.renewed(new, certificate=certificate, replaced_at=size)


def rotate_key(
    journal: Journal, root: RootSigner, new: PartySigner, card: Card, certificate: bytes | None = None
) -> Entry:
    """Journal that `new` signs from now on; the journal is then opened with it. card: the present one.
    certificate: the link's, if that is replaced as well.

    TrustError: another root key than the card's, or none is on it; or the key is not new.
    """
    with journal.store.writing() as connection:
        info = journal_info(connection, journal.origin)
        chain = _chain(connection, journal, root)
        if new.public in (*chain.keys, root.public):
            raise TrustError("this key was the party's before", do="let a new one be made")
        renewed = card.renewed(new, certificate=certificate, replaced_at=info.size)
        body = KeyRotated(old=chain.keys[-1], new=new.public, card=renewed)
        return journal.append_within(connection, KEY_ROTATED, body, recipients=[EVERY_PEER], root=root)


def revoke_key(journal: Journal, root: RootSigner, reason: str) -> Entry:
    """Journal that the party's key signs nothing from now on. TrustError: another root key than the card's,
    or it was revoked already."""
    with journal.store.writing() as connection:
        chain = _chain(connection, journal, root)
        if chain.current is None:
            raise TrustError("the key is revoked already", do="`skyaccord node rotate-key` brings a new one")
        body = KeyRevoked(key=chain.current, reason=reason)
        return journal.append_within(connection, KEY_REVOKED, body, recipients=[EVERY_PEER], root=root)


def _chain(connection: Connection, journal: Journal, root: RootSigner) -> KeyChain:
    chain = chain_of(connection, journal.origin)
    if chain.root is None:
        raise TrustError(
            "this party's card names no root key (its folder was made by an older SkyAccord)",
            do="its key cannot be replaced; `skyaccord node init` makes a party that has one",
        )
    if chain.root != root.public:
        raise TrustError("this is not the root key on the party's card", do=_WHICH)
    return chain

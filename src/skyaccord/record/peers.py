"""Peers: the parties whose cards were pinned at first contact. Pinning is journalled, for nobody else."""

from __future__ import annotations

from skyaccord.base.errors import TrustError
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.journal import Journal
from skyaccord.record.journals import create_journal
from skyaccord.record.kinds import PEER_PINNED, PeerPinned
from skyaccord.record.pins import pinned_cards


def pin_peer(journal: Journal, card: Card) -> Entry | None:
    """Pin a party's card: from now on its envelopes must be signed with this key.

    None if the very same identity is pinned already and the card says nothing new; a new name or link address
    is journalled again. TrustError for our own card, or another key or journal for a pinned party.
    """
    if card.party == journal.party:
        raise TrustError(f"this is a card of party {card.party!r} itself", do="pin the other party's card")
    with journal.store.writing() as connection:
        known = pinned_cards(connection, journal.origin).get(card.party)
        if known is None:
            create_journal(connection, card.origin, card.party, card.first_key, own=False)
        elif known == card:
            return None
        elif not known.same_identity(card):
            raise TrustError(
                f"party {card.party!r} is pinned already, with another key or journal",
                do="settle by voice which card is right; a pinned key is never replaced",
            )
        return journal.append_within(
            connection, PEER_PINNED, PeerPinned(card=card, fingerprint=card.fingerprint), recipients=[]
        )


def peers(journal: Journal) -> dict[str, Card]:
    """party → its card now: as pinned, or as the last rotation of its key brought it."""
    with journal.store.reading() as connection:
        return pinned_cards(connection, journal.origin)

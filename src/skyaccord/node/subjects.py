"""What a statement is about: the entry it refers to, and who may read the answer."""

from __future__ import annotations

from skyaccord.base.errors import InputError
from skyaccord.node.keeper import Keeper
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EVERY_PEER, EntryRef


def subject(keeper: Keeper, ref: EntryRef, kinds: tuple[str, ...]) -> Entry:
    """The entry that a statement is about. InputError: not held, or of no kind that a person can answer."""
    entry = keeper.journal.find(ref)
    if entry is None or entry.sealed:
        raise InputError("no such entry is held here", do="wait for it to arrive, or check the reference")
    if entry.refused is not None or entry.kind not in kinds:
        raise InputError("that entry is nothing that a person can answer")
    return entry


def readers(keeper: Keeper, answered: Entry) -> list[str]:
    """Who may read an answer: whoever could read what it answers, and its writer."""
    recipients = answered.header.recipients
    if EVERY_PEER in recipients:
        return [EVERY_PEER]
    return sorted({answered.party, *recipients} - {keeper.projections.own.party})


def parties_of(keeper: Keeper, accord: str | None) -> list[str]:
    """The other parties of a statement's accord; every peer without one. InputError: not known here."""
    if accord is None:
        return [EVERY_PEER]
    loaded = keeper.projections.book.get(accord)
    if loaded is None:
        raise InputError("no accord with this digest is known here", do="sign without one, or wait")
    own = keeper.projections.own.party
    return [party.id for party in loaded.accord.parties if party.id != own]

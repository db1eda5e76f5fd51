"""The accords of a node's folder: read the book from its journals, put a signature into its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from skyaccord.accord.annexes import LoadedAmendment
from skyaccord.accord.source import LoadedAccord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.record.entries import Entry
from skyaccord.record.journal import Journal
from skyaccord.record.peers import peers
from skyaccord.record.pins import chain_of
from skyaccord.record.store import read_sky_clock
from skyaccord.talks import acts
from skyaccord.talks.amending import ANNEX_SIGNED, sign_amendment
from skyaccord.talks.book import AccordBook, Standing
from skyaccord.talks.course import COURSE
from skyaccord.talks.instructing import INSTRUCTED
from skyaccord.talks.signing import SIGNED_KIND, short, sign_accord
from skyaccord.talks.table import TalksTable
from skyaccord.talks.told import TOLD

ACCORD_KINDS: Final = (SIGNED_KIND, COURSE, ANNEX_SIGNED, TOLD, INSTRUCTED)
"""Kinds of entries that the book of accords is made of."""


def read_book(journal: Journal) -> AccordBook:
    """The book as every journal that this node holds has it. Refused entries are in its `refusals`."""
    held = journal.journals()
    book = AccordBook({info.party: info.public_key for info in held})
    with journal.store.reading() as connection:
        for info in held:
            book.follow(info.party, chain_of(connection, info.origin))
    for info in held:
        for entry in journal.entries(info.origin, kinds=ACCORD_KINDS):
            if entry.refused is None and not entry.sealed:
                with suppress(RefusedError):
                    book.take(entry.ref, entry.header, entry.body)
    return book


def read_talks(journal: Journal) -> TalksTable:
    """The talks as every journal that this node holds has them."""
    table = TalksTable()
    for info in journal.journals():
        for entry in journal.entries(info.origin, kinds=acts.KINDS):
            table.add(entry)
    return table


def sky_now(journal: Journal) -> datetime:
    """Sky time as the serving node said last; wall time where none has."""
    now = journal.clock.now()
    with journal.store.reading() as connection:
        clock = read_sky_clock(connection)
    return now if clock is None else clock.at(now)


def sign_into(journal: Journal, loaded: LoadedAccord, *, second_text: bool = False) -> Entry | None:
    """Put this party's signature under the accord into its journal, for every peer to see.

    None if it stands there already. second_text: also where another text of the same version is signed.
    AccordError: as `signature_under`, and where there is another text.
    """
    body, book = signature_under(journal, loaded), read_book(journal)
    if book.has_signed(journal.party, loaded.digest):
        return None
    others = book.other_texts(loaded)
    if others and not second_text:
        raise second_text_refused(loaded, others)
    return journal.append(
        SIGNED_KIND,
        body,
        recipients=["*"],
        accord=loaded.digest,
        exercise=True if loaded.accord.exercise else None,
    )


def second_text_refused(loaded: LoadedAccord, others: Mapping[str, Sequence[str]]) -> AccordError:
    """Why a second text of one version is not signed by the way. others: `AccordBook.other_texts`."""
    signed = "; ".join(
        f"party {', '.join(parties)} signed {short(digest)}" for digest, parties in others.items()
    )
    return AccordError(
        f"another text of version {loaded.accord.version} is signed already: {signed}, this is "
        f"{short(loaded.digest)}",
        where=str(loaded.path) if loaded.path else loaded.accord.name,
        do="compare them with `skyaccord accord diff`; raise the version, or sign this text as well with "
        "`skyaccord accord sign --second-text`",
    )


def signature_under(journal: Journal, loaded: LoadedAccord) -> dict[str, Any]:
    """The body that puts this party's signature under the accord.

    Raises AccordError if the accord cannot be signed by this node, also when it names another key for a peer
    than the one this node has pinned.
    """
    with journal.store.reading() as connection:
        own_keys = chain_of(connection, journal.origin).keys
    body = sign_accord(loaded, journal.party, journal.key, own_keys)
    for party, card in peers(journal).items():
        named = loaded.accord.party(party)
        known = (card.public_key, *(one.public_key for one in card.earlier_keys or []))
        if named is not None and named.public_key not in known:
            raise AccordError(
                f"the accord names another public key for party {party} than the one pinned here",
                where=str(loaded.path) if loaded.path else loaded.accord.name,
                do="settle by voice which is right, and put that one in",
            )
    return body


def amend_into(journal: Journal, loaded: LoadedAmendment) -> Entry | None:
    """Put this party's signature under an amendment of an annex into its journal; None if it stands there.

    AccordError: the accord that it amends is not on the record or not watched now, or it does not fit.
    """
    book, sky_time = read_book(journal), sky_now(journal)
    where = str(loaded.path) if loaded.path else f"annex {loaded.amendment.annex}"
    found = next((one for one in book.watched(sky_time) if one.digest == loaded.amendment.accord), None)
    if book.has_amended(journal.party, loaded.digest):
        return None
    if found is None:
        raise AccordError(
            "the accord that it amends is not in force here",
            where=where,
            do="look at `skyaccord accord status`: every party signs the accord first",
        )
    refuse_second_amendment(book.standing(found.digest, sky_time), loaded, journal.party)
    body = sign_amendment(loaded, found.accord, journal.party, journal.key)
    return journal.append(
        ANNEX_SIGNED,
        body,
        recipients=["*"],
        accord=found.digest,
        exercise=True if found.accord.exercise else None,
    )


def refuse_second_amendment(standing: Standing | None, loaded: LoadedAmendment, party: str) -> None:
    """AccordError where this party has signed another text of the same version of the annex: of two that
    everybody signed only one would run.
    """
    wanted = loaded.amendment
    for one in standing.annexes if standing else ():
        same = (one.annex, one.version) == (wanted.annex, wanted.version) and one.digest is not None
        if same and one.digest != loaded.digest and party in one.signed_by:
            raise AccordError(
                f"party {party} has signed another text of version {one.version} already, "
                f"{short(one.digest or '')}; this is {short(loaded.digest)}",
                where=str(loaded.path) if loaded.path else f"annex {wanted.annex}",
                do=f"make it version {one.version + 1}",
            )

"""A representative has the node sign an accord or an amendment with the party's key, where the party allows.

`[talks] representatives_sign = true` in node.toml allows it; without, the party's key signs by `accord sign`
and its passphrase alone. The representative's statement and the signature are one transaction.
"""

from __future__ import annotations

from typing import Any

import anyio.to_thread

from skyaccord.accord.annexes import LoadedAmendment, parse_amendment
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import InputError, RefusedError
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper
from skyaccord.record.fields import EVERY_PEER, EntryRef
from skyaccord.talks.amending import ANNEX_SIGNED, sign_amendment
from skyaccord.talks.folder import refuse_second_amendment, second_text_refused, signature_under, sky_now
from skyaccord.talks.instructing import ACT, INSTRUCTED, SignStatement
from skyaccord.talks.protocol import draft_of
from skyaccord.talks.signing import SIGNED_KIND, short


def register(acts: Acts, keeper: Keeper, *, allowed: bool) -> None:
    """Add the handler. allowed: the party lets its representatives sign at the console."""

    async def sign(dsse: dict[str, Any], statement: SignStatement) -> EntryRef:
        if not allowed:
            raise RefusedError(
                "this node signs nothing on a representative's word; sign with `skyaccord accord sign`, or "
                "set representatives_sign under [talks] in node.toml"
            )
        if statement.what == "annex":
            kind, body, exercise = await anyio.to_thread.run_sync(_amendment, keeper, statement)
        else:
            kind, body, exercise = await anyio.to_thread.run_sync(_accord, keeper, statement)
        if exercise and not statement.exercise:
            raise InputError("it is marked EXERCISE, and the statement is not")
        return await anyio.to_thread.run_sync(_append, keeper, dsse, statement, kind, body)

    async def sign_and_show(dsse: dict[str, Any], statement: SignStatement) -> EntryRef:
        ref = await sign(dsse, statement)
        await keeper.catch_up()
        return ref

    acts.register(ACT, sign_and_show)


def _accord(keeper: Keeper, statement: SignStatement) -> tuple[str, dict[str, Any], bool]:
    own, book = keeper.projections.own.party, keeper.projections.book
    if book.has_signed(own, statement.digest):
        raise InputError(f"party {own} has signed {short(statement.digest)} already")
    loaded = _found_accord(keeper, statement)
    others = book.other_texts(loaded)
    if any(own in parties for parties in others.values()):  # a peer's other text the page shows beside it
        raise second_text_refused(loaded, others)
    return SIGNED_KIND, signature_under(keeper.journal, loaded), loaded.accord.exercise


def _found_accord(keeper: Keeper, statement: SignStatement) -> LoadedAccord:
    """What has this digest: in the statement, on the record, or agreed in talks."""
    if statement.text:
        loaded = parse_accord(statement.text, "the accord")
        if loaded.digest != statement.digest:
            raise InputError("the text has another digest than the statement")
        return loaded
    held = keeper.projections.book.get(statement.digest)
    if held is not None:
        return held
    for talks in keeper.projections.talks:
        if keeper.projections.own.party not in talks.between:
            continue
        try:
            drafted = parse_accord(draft_of(talks), "the draft")
        except InputError:
            continue
        if drafted.digest == statement.digest:
            return drafted
    raise InputError(
        f"nothing with the digest {short(statement.digest)} is agreed or proposed here",
        do="look whether a clause has changed since",
    )


def _amendment(keeper: Keeper, statement: SignStatement) -> tuple[str, dict[str, Any], bool]:
    projections, journal = keeper.projections, keeper.journal
    if projections.book.has_amended(projections.own.party, statement.digest):
        raise InputError(f"party {projections.own.party} has signed {short(statement.digest)} already")
    loaded: LoadedAmendment | None = projections.book.amendment(statement.digest)
    if statement.text:
        loaded = parse_amendment(statement.text, "the amendment")
    if loaded is None or loaded.digest != statement.digest:
        raise InputError("no amendment with this digest is here", do="give its text")
    if loaded.amendment.accord != statement.accord:
        raise InputError("the amendment is of another accord than the statement")
    standing = projections.book.standing(loaded.amendment.accord, sky_now(journal))
    refuse_second_amendment(standing, loaded, projections.own.party)
    running = projections.book.watched(sky_now(journal))
    accord = next((one.accord for one in running if one.digest == statement.accord), None)
    if accord is None:
        raise InputError("the accord that it amends is not in force here")
    return ANNEX_SIGNED, sign_amendment(loaded, accord, journal.party, journal.key), accord.exercise


def _append(
    keeper: Keeper, dsse: dict[str, Any], statement: SignStatement, kind: str, body: dict[str, Any]
) -> EntryRef:
    """Both or neither: a word without the signature would be taken for a signature."""
    journal = keeper.journal
    marks: dict[str, Any] = {
        "recipients": [EVERY_PEER],
        "accord": statement.accord,
        "exercise": True if statement.exercise else None,
    }
    with journal.store.writing() as connection:
        entry = journal.append_within(connection, INSTRUCTED, {"statement": dsse}, **marks)
        journal.append_within(connection, kind, body, **marks)
    return entry.ref

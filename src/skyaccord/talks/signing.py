"""A party's signature under an accord: made, put into a journal entry's body, and checked again by everybody.

The body of an `accord.signed` entry is {"digest", "text", "signature"}: the accord's identity, its file
with all comments, and a DSSE envelope of type `application/vnd.skyaccord.accord+json` around its
canonical bytes. The envelope of the entry is signed too, but by whoever writes the journal and only about
this one journal; the inner signature stands for itself and can be shown to anyone together with the file.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from pydantic import Field, ValidationError

from skyaccord.accord import limits
from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.model import Accord
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.record.dsse import Dsse, first_fault, sign_dsse, verify_dsse
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import Digest, RecordModel
from skyaccord.record.keychain import KeyChain
from skyaccord.record.kinds import register_kind
from skyaccord.record.signer import PartySigner

SIGNED_KIND = "accord.signed"
DSSE_NAME = "accord"  # payload type application/vnd.skyaccord.accord+json
SHORT_DIGEST_LENGTH = 19  # "sha256:" and twelve digits: enough for people to tell two accords apart


class SignedBody(RecordModel):
    """The body of an `accord.signed` entry."""

    digest: Digest
    text: Annotated[str, Field(max_length=limits.FILE_BYTES_MAX)]
    signature: Dsse


register_kind(SIGNED_KIND, SignedBody)
keep_always(SIGNED_KIND)


def short(digest: str) -> str:
    """A digest as people compare it at a glance; the whole one stands beside it wherever it matters."""
    return digest[:SHORT_DIGEST_LENGTH] + "…"


def sign_accord(
    loaded: LoadedAccord, party: str, key: PartySigner, earlier: Collection[str] = ()
) -> dict[str, Any]:
    """The body that puts `party`'s signature under the accord.

    earlier: keys that the party had before this one; the accord may still name one of them.
    Raises AccordError if the accord cannot be signed: too few parties, a party without a key, this party not
    in it, or another key than this party's.
    """
    accord, where = loaded.accord, str(loaded.path) if loaded.path else loaded.accord.name
    if len(accord.parties) < limits.PARTIES_MIN_TO_SIGN:
        raise AccordError(
            f"the accord has {len(accord.parties)} party; it needs {limits.PARTIES_MIN_TO_SIGN} to be signed",
            where=where,
            do="add a [[party]] for each side",
        )
    if accord.keyless:
        raise AccordError(
            f"a draft: no public key yet for party {', '.join(accord.keyless)}",
            where=where,
            do="fill in the keys from the parties' cards (`skyaccord accord new … --card CARD`)",
        )
    named = accord.party(party)
    if named is None:
        ids = ", ".join(entry.id for entry in accord.parties)
        raise AccordError(
            f"party {party} is not in the accord (its parties: {ids})",
            where=where,
            do="sign with the node of a party that is",
        )
    if named.public_key not in (key.public, *earlier):
        raise AccordError(
            f"the accord names another public key for party {party} than this node's",
            where=where,
            do=f"put this node's key in, from its card: {key.public}",
        )
    signature = sign_dsse(DSSE_NAME, canonical_bytes(accord), key)
    return {"digest": loaded.digest, "text": loaded.text, "signature": signature}


def check_signed(
    party: str, body: dict[str, Any], pinned_key: str | None, chain: KeyChain | None = None
) -> LoadedAccord:
    """The accord that `party`'s entry signs, after every check that makes the signature count.

    pinned_key: the key (base64) that the reader has pinned for this party, None if it has pinned none; where
    that was replaced, the key of the entry's place. chain: the party's keys: the accord may name any of them.
    Raises RefusedError with the reason that goes on the record.
    """
    # 1. The body is one.
    try:
        signed = SignedBody.model_validate(body)
    except ValidationError as error:
        raise RefusedError(f"not a signed accord: {first_fault(error)}") from None
    # 2. Its text is an accord.
    try:
        loaded = parse_accord(signed.text, "signed accord")
    except AccordError as error:
        raise RefusedError(f"the signed text is no accord: {error}") from None
    # 3. It is the accord that the digest names.
    if loaded.digest != signed.digest:
        raise RefusedError(
            f"changed after signing: the text's digest is {loaded.digest}, signed was {signed.digest}"
        )
    # 4. The party is one of it, under the key that the reader has pinned for it.
    _check_key(loaded.accord, party, pinned_key, chain)
    # 5. The signature holds, and over exactly these canonical bytes.
    payload = verify_dsse(signed.signature, DSSE_NAME, pinned_key or "")
    if payload != canonical_bytes(loaded.accord):
        raise RefusedError("changed after signing: the signature covers other bytes than the text's")
    return loaded


def _check_key(accord: Accord, party: str, pinned_key: str | None, chain: KeyChain | None) -> None:
    if len(accord.parties) < limits.PARTIES_MIN_TO_SIGN:
        raise RefusedError("an accord of one party")
    named = accord.party(party)
    if named is None:
        raise RefusedError(f"unknown party: {party} is not in the accord that it signed")
    if accord.keyless:
        raise RefusedError(f"a draft was signed: no key for party {', '.join(accord.keyless)}")
    if pinned_key is None:
        raise RefusedError(f"unknown party: no key is pinned for {party}")
    linked = chain is not None and chain.links(named.public_key or "", pinned_key)
    if named.public_key != pinned_key and not linked:
        raise RefusedError(f"wrong key: the accord names another key for party {party} than the pinned one")

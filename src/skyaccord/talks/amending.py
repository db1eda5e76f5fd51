"""Annexes amended on their own: a new version of one annex, signed by every party like an accord.

The body of an `annex.signed` entry is {"digest", "text", "signature"}: the amendment's identity, its file,
and a DSSE envelope of type `application/vnd.skyaccord.annex+json` around its canonical bytes. The accord
keeps its name, validity and digest; what runs is the accord with the newest version of each annex that
everybody has signed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from skyaccord.accord import limits
from skyaccord.accord.annexes import Amendment, LoadedAmendment, amended, parse_amendment
from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.model import Accord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.record.dsse import Dsse, first_fault, sign_dsse, verify_dsse
from skyaccord.record.envelope import Header
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import Digest, RecordModel
from skyaccord.record.kinds import register_kind
from skyaccord.record.quota import bound_kind
from skyaccord.record.signer import PartySigner

ANNEX_SIGNED: Final = "annex.signed"
DSSE_NAME: Final = "annex"
AMENDMENTS_OF_A_PARTY_MAX: Final = 1000  # to all accords together; an annex a week for twenty years
AMENDMENTS_BYTES_MAX: Final = 32 * 1024 * 1024  # of one party's texts, which are kept in memory
AMENDMENTS_A_DAY: Final = 200


class AnnexBody(RecordModel):
    """The body of an `annex.signed` entry."""

    digest: Digest
    text: Annotated[str, Field(max_length=limits.FILE_BYTES_MAX)]
    signature: Dsse


register_kind(ANNEX_SIGNED, AnnexBody)
keep_always(ANNEX_SIGNED)
bound_kind(ANNEX_SIGNED, AMENDMENTS_A_DAY)


@dataclass(frozen=True)
class AnnexVersion:
    """One version of an annex at one sky time. version 1 and what else the accord itself says has no digest.

    state: proposed (a party has not signed), not yet valid, in force, or superseded by a higher version.
    """

    annex: str
    version: int
    digest: str | None
    state: str
    signed_by: tuple[str, ...]
    missing: tuple[str, ...]
    start: datetime | None


@dataclass
class _Sheet:
    loaded: LoadedAmendment
    signed_by: dict[str, datetime] = field(default_factory=dict)


def sign_amendment(loaded: LoadedAmendment, accord: Accord, party: str, key: PartySigner) -> dict[str, Any]:
    """The body that puts `party`'s signature under an amendment. AccordError: it does not fit the accord, it
    changes frequencies under the plan's old version, or this party's key is not the one that the accord
    names."""
    refuse_same_edition(accord, amended(accord, loaded.amendment), f"annex {loaded.amendment.annex}")
    named = accord.party(party)
    if named is None or named.public_key != key.public:
        raise AccordError(f"party {party} is not in the accord {accord.name} under this node's key")
    signature = sign_dsse(DSSE_NAME, canonical_bytes(loaded.amendment), key)
    return {"digest": loaded.digest, "text": loaded.text, "signature": signature}


def refuse_same_edition(before: Accord, after: Accord, where: str) -> None:
    """AccordError where the frequencies change and `frequency_plan.version` is not raised: messages name that
    version, so that who goes by the old plan is noticed.

    Where the amended annex does not hold the plan's version, nothing can be raised, and nothing is refused.
    """
    old, new = before.frequency_plan, after.frequency_plan
    annex = next((one for one in before.annexes if {"frequency", "frequency_plan"} <= set(one.parts)), None)
    if annex is None or old is None or new is None or _said(before) == _said(after):
        return
    if new.version <= old.version:
        raise AccordError(
            f"the frequencies change, and the plan's version stays {new.version}: messages name that version",
            where=f"{where}, frequency_plan.version",
            do=f"make it {old.version + 1}",
        )


def _said(accord: Accord) -> set[tuple[str, float, str | None]]:
    """What messages and crews go by: names, frequencies in MHz, backups; not what is told of their use."""
    return {(one.name, one.mhz, one.backup) for one in accord.frequencies}


def check_amendment(party: str, body: Mapping[str, Any], pinned_key: str | None) -> LoadedAmendment:
    """The amendment that an entry signs, after every check. RefusedError with the reason."""
    try:
        signed = AnnexBody.model_validate(dict(body))
    except ValidationError as error:
        raise RefusedError(f"not a signed amendment: {first_fault(error)}") from None
    try:
        loaded = parse_amendment(signed.text, "signed amendment")
    except AccordError as error:
        raise RefusedError(f"the signed text is no amendment: {error}") from None
    if loaded.digest != signed.digest:
        raise RefusedError("changed after signing: the text has another digest")
    if pinned_key is None:
        raise RefusedError(f"unknown party: no key is pinned for {party}")
    if verify_dsse(signed.signature, DSSE_NAME, pinned_key) != canonical_bytes(loaded.amendment):
        raise RefusedError("changed after signing: the signature covers other bytes than the text's")
    return loaded


class AmendmentBook:
    """Every amendment that somebody signed, by the digest of its accord."""

    def __init__(self) -> None:
        self._sheets: dict[str, dict[str, _Sheet]] = {}
        self._signed: dict[str, tuple[int, int]] = {}  # party → amendments, and bytes of their texts

    def add(self, header: Header, body: Mapping[str, Any], pinned_key: str | None) -> LoadedAmendment | None:
        """Take one entry; None for other kinds. RefusedError says why it counts for nothing."""
        if header.kind != ANNEX_SIGNED:
            return None
        loaded = check_amendment(header.party, body, pinned_key)
        if header.accord != loaded.amendment.accord:
            raise RefusedError("the envelope names another accord than the amendment")
        held = self._sheets.get(loaded.amendment.accord, {}).get(loaded.digest)
        if held is not None and header.party in held.signed_by:
            return held.loaded
        count, size = self._signed.get(header.party, (0, 0))
        size += len(loaded.text)
        if count >= AMENDMENTS_OF_A_PARTY_MAX or size > AMENDMENTS_BYTES_MAX:
            raise RefusedError(
                f"party {header.party} has signed {count} amendments already; more than "
                f"{AMENDMENTS_OF_A_PARTY_MAX}, or {AMENDMENTS_BYTES_MAX} bytes of them, do not count"
            )
        self._signed[header.party] = count + 1, size
        sheets = self._sheets.setdefault(loaded.amendment.accord, {})
        sheet = sheets.setdefault(loaded.digest, _Sheet(loaded))
        sheet.signed_by[header.party] = header.sky_time
        return sheet.loaded

    def get(self, digest: str) -> LoadedAmendment | None:
        """The amendment with this digest, if anybody signed it."""
        return next((found[digest].loaded for found in self._sheets.values() if digest in found), None)

    def has_signed(self, party: str, digest: str) -> bool:
        """Whether this party's signature under this amendment is in the book."""
        return any(party in found[digest].signed_by for found in self._sheets.values() if digest in found)

    def versions(self, digest: str, accord: Accord, sky_time: datetime) -> tuple[AnnexVersion, ...]:
        """Every version of every annex of an accord, by annex and version; which run, and which wait for
        whom.
        """
        parties = tuple(party.id for party in accord.parties)
        running = {annex.id: annex.version for annex in self.amended(digest, accord, sky_time).annexes}
        found = [
            AnnexVersion(
                annex.id,
                annex.version,
                None,
                "in force" if running[annex.id] == annex.version else "superseded",
                parties,
                (),
                None,
            )
            for annex in accord.annexes
        ]
        for sheet in self._ordered(digest):
            amendment = sheet.loaded.amendment
            missing = tuple(party for party in parties if party not in sheet.signed_by)
            if accord.annex(amendment.annex) is None:
                continue
            if missing:
                state = "proposed"
            elif not _started(sheet, parties, sky_time):
                state = "not yet valid"
            else:
                state = "in force" if running[amendment.annex] == amendment.version else "superseded"
            signers = tuple(party for party in parties if party in sheet.signed_by)
            found.append(
                AnnexVersion(
                    amendment.annex,
                    amendment.version,
                    sheet.loaded.digest,
                    state,
                    signers,
                    missing,
                    amendment.start,
                )
            )
        return tuple(sorted(found, key=lambda one: (one.annex, one.version, one.digest or "")))

    def amended(self, digest: str, accord: Accord, sky_time: datetime) -> Accord:
        """The accord as it runs at this sky time: with the amendments that every party has signed.

        Two amendments of one version that both sides signed cannot both run: the one with the smaller digest
        does, on every node. One that no longer fits what runs by then is left out.
        """
        parties = {party.id for party in accord.parties}
        for sheet in self._ordered(digest):
            if parties <= sheet.signed_by.keys() and _started(sheet, parties, sky_time):
                try:
                    accord = amended(accord, sheet.loaded.amendment)
                except AccordError:
                    continue
        return accord

    def _ordered(self, digest: str) -> list[_Sheet]:
        def order(sheet: _Sheet) -> tuple[str, int, str]:
            amendment: Amendment = sheet.loaded.amendment
            return amendment.annex, amendment.version, sheet.loaded.digest

        return sorted(self._sheets.get(digest, {}).values(), key=order)


def _started(sheet: _Sheet, parties: Collection[str], sky_time: datetime) -> bool:
    """From its own start on, and not before the last party has signed."""
    start = sheet.loaded.amendment.start
    last_signed = max(sheet.signed_by[party] for party in parties)
    return last_signed <= sky_time and (start is None or start <= sky_time)

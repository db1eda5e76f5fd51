"""A link key that was replaced: the root key tells the peers, over a line on which nobody is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_renewal import renewed_card
from skyaccord.record.canonical import canonical_json
from skyaccord.record.cards import Card
from skyaccord.record.envelope import ROOT_KINDS
from skyaccord.record.keys import PartyKey, RootKey
from skyaccord.record.kinds import KeyRotated
from skyaccord.record.rotation import revoke_key, rotate_key
from skyaccord.record.tls_identity import LinkKey, certificate_name
from tests.record.worlds import Party, exchange_all, make_pair, make_party


def rotate(party: Party, seed: int, root: RootKey | None = None) -> Card:
    """Another key and another certificate for the link."""
    key = PartyKey.generate(SeededRandomness(seed))
    certificate = LinkKey.generate(SeededRandomness(seed)).certificate(certificate_name(party.card.origin))
    entry = rotate_key(party.journal, root or party.root, key, party.card, certificate)
    party.key, party.card = key, KeyRotated.model_validate(entry.body).card
    party.reopen()
    return party.card


def told(party: Party) -> bytes:
    """What `GET /link/v1/rotations` answers."""
    entries = party.journal.entries(kinds=tuple(sorted(ROOT_KINDS)))
    return canonical_json({"rotations": [(entry.data or b"").decode() for entry in entries]})


def test_the_newest_card_that_the_root_signed_counts(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    origin = a.card.origin
    exchange_all(a, b)
    assert renewed_card(b.journal, origin, told(a)) is None
    revoke_key(a.journal, a.root, "stolen, EXERCISE")
    rotate(a, 81)
    newest = rotate(a, 82)
    assert renewed_card(b.journal, origin, told(a)) == newest
    exchange_all(a, b)
    assert renewed_card(b.journal, origin, told(a)) is None, "it stands in the journal now"


def test_nobody_else_can_tell_it(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    other = make_party(tmp_path / "other", "A", seed=9)
    other.card = rotate(other, 83)
    for data in (
        told(other),
        b"",
        b"{}",
        b"[]",
        b'{"rotations":["x"]}',
        b'{"rotations":[],"more":1}',
        b"\xff",
    ):
        with pytest.raises(RefusedError):
            renewed_card(b.journal, a.card.origin, data)
    with pytest.raises(RefusedError):
        renewed_card(b.journal, "skyaccord.journal/X/0123456789abcdef", told(a))

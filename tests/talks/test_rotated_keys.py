"""An accord and a key that was replaced: they must agree, or be linked by rotations that the root signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.accord.drafting import Changes, fill_keys
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import AccordError
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.projections import Projections
from skyaccord.record.keys import PartyKey
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.trust import AgreedKeys
from skyaccord.talks.folder import read_book, sign_into
from tests.accord.samples import SMALL
from tests.record.test_rotation import rotate
from tests.record.worlds import Party, exchange_all, make_pair
from tests.talks.world import START


def between(a: str, b: str, changes: Changes | None = None) -> LoadedAccord:
    return parse_accord(fill_keys(SMALL, {"A": a, "B": b}, changes=changes), "accord.toml")


def states(party: Party, loaded: LoadedAccord) -> tuple[str, str]:
    """As the folder's book has it, and as the running node's projections have it."""
    projections = Projections(party.card, RoleTerms(30.0, None))
    for entry in party.journal.since(0):
        projections.apply(entry)
    found = [book.standing(loaded.digest, START) for book in (read_book(party.journal), projections.book)]
    return tuple("none" if one is None else one.state for one in found)  # type: ignore[return-value]


def test_an_accord_stays_in_force_through_a_rotation(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    loaded = between(a.key.public, b.key.public)
    sign_into(a.journal, loaded)
    sign_into(b.journal, loaded)
    exchange_all(a, b)
    rotate(a, 71)
    exchange_all(a, b)
    assert states(a, loaded) == states(b, loaded) == ("in force", "in force")
    projections = Projections(b.card, RoleTerms(30.0, None))
    for entry in b.journal.since(0):
        projections.apply(entry)
    assert projections.cards["A"] == a.card
    named = projections.book.keys_in_force(START)["A"]
    assert named == {loaded.accord.parties[0].public_key}
    agreed = AgreedKeys(projections.book.keys_in_force(START))
    answer = Incoming(b.journal, trust=agreed).accept(Outgoing(a.journal, "B").batch(), party="A")
    assert answer.reason is None


def test_an_accord_that_names_the_key_before_is_signed_with_the_new_one(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    loaded = between(a.key.public, b.key.public)
    sign_into(b.journal, loaded)
    rotate(a, 71)
    exchange_all(a, b)
    sign_into(a.journal, loaded)
    exchange_all(a, b)
    assert states(a, loaded) == states(b, loaded) == ("in force", "in force")
    renewed = between(a.key.public, b.key.public, Changes(name="renewed"))
    sign_into(b.journal, renewed)  # names the new key, which came over the link
    exchange_all(a, b)
    assert states(a, renewed) == ("proposed", "proposed")


def test_a_key_that_no_rotation_links_is_refused(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    stranger = PartyKey.generate().public
    with pytest.raises(AccordError, match="another public key for party A than the one pinned"):
        sign_into(b.journal, between(stranger, b.key.public))
    a.journal.append("sounding", {}, recipients=["*"])
    incoming = Incoming(b.journal, trust=AgreedKeys({"A": frozenset({stranger})}))
    answer = incoming.accept(Outgoing(a.journal, "B").batch(), party="A")
    assert "no rotation signed by its root key links the two" in (answer.reason or "")
    assert answer.held == a.journal.size() - 1

"""Contents go when retention ends, leaves never: chain, tree, receipts and checks close as before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.projections import Projections
from skyaccord.record.erasure import ERASED, ERASED_MAX, NEVER, Retention, erase
from skyaccord.record.keys import PersonKey
from skyaccord.record.kinds import KINDS
from skyaccord.record.listing import list_entries
from skyaccord.record.peers import pin_peer
from skyaccord.record.verify import verify_folder
from tests.record.worlds import Party, enrol, exchange, exchange_all, make_pair, make_party, said

PERSON = PersonKey.generate()
SECRET = "EXERCISE the quick brown fox"


def spoken(a: Party, b: Party, count: int = 3) -> None:
    enrol(a, PERSON)
    for number in range(count):
        a.journal.append_statement("message", said(a, PERSON, text=f"{SECRET} {number}"), recipients=["*"])
    exchange_all(a, b)


def all_before(party: Party, *kinds: str) -> Retention:
    return Retention(frozenset(kinds), party.clock.now() + timedelta(days=1), "retention")


def findings(party: Party, *others: Party) -> list[str]:
    report = verify_folder(party.path, [party.card, *(other.card for other in others)])
    return [str(finding) for finding in report.findings]


def test_contents_go_on_both_sides_and_everything_still_closes(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    spoken(a, b)
    head, root = a.journal.head(), a.journal.root()
    for party in (a, b):
        assert erase(party.journal, all_before(party, "message")) == {"message": 3}
        assert erase(party.journal, all_before(party, "message")) == {}
        held = list(party.journal.entries(a.card.origin))
        assert [entry.filed for entry in held if entry.erased] == ["message"] * 3
        assert findings(party, b if party is a else a) == []
        for file in party.path.glob("node.db*"):
            assert SECRET.encode() not in file.read_bytes()
            assert b"RVhFUkNJU0UgdGhlIHF1aWNr" not in file.read_bytes()  # nor in base64
    size = a.journal.size() - 1
    assert a.journal.root(size=size) == root
    assert next(iter(a.journal.entries(after=size - 2))).head == head
    (said_so,) = b.journal.entries(kinds=(ERASED,))
    assert said_so.header.recipients == []
    assert [one["kind"] for one in said_so.body["entries"]] == ["message"] * 3
    exchange_all(a, b)
    assert findings(a, b) == findings(b, a) == []
    line = next(line for line in list_entries(a.path, limit=50) if line.kind == "message")
    assert line.summary == "erased: its retention has ended (the kind is its holder's word)"
    for party in (a, b):
        noted = [str(one) for one in verify_folder(party.path, [a.card, b.card]).notes]
        assert any("of 3 erased entries the kind is their holder's word" in one for one in noted)


def test_projections_say_erased_and_invent_nothing(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    spoken(a, b)
    erase(b.journal, all_before(b, "message"))
    projections = Projections(b.card, RoleTerms(30.0, None))
    for entry in b.journal.since(0):
        projections.apply(entry)
    assert projections.messages.all() == []
    assert [(one.kind, one.reason) for one in projections.unused] == [
        ("message", "erased: its retention has ended")
    ] * 3


def test_a_newcomer_gets_the_leaves(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    spoken(a, b)
    erase(a.journal, all_before(a, "message"))
    c = make_party(tmp_path, "C", clock=a.clock)
    pin_peer(a.journal, c.card)
    pin_peer(c.journal, a.card)
    exchange(a, c)
    held = list(c.journal.entries(a.card.origin))
    assert sum(entry.sealed and not entry.erased for entry in held) >= 3
    assert [entry.leaf for entry in held] == [entry.leaf for entry in a.journal.entries()][: len(held)]


def test_what_trust_rests_on_and_what_is_not_delivered_stays(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    spoken(a, b)
    for kind in sorted(NEVER & set(KINDS.known())):
        with pytest.raises(InputError, match="never erased"):
            erase(a.journal, all_before(a, kind))
    with pytest.raises(InputError, match="no kind 'massage' is known"):
        erase(a.journal, all_before(a, "massage"))
    a.journal.append_statement("message", said(a, PERSON, text="not yet there"), recipients=["*"])
    young = Retention(frozenset({"message"}), a.clock.now(), "retention")
    assert erase(a.journal, young) == {}
    assert erase(a.journal, all_before(a, "message")) == {"message": 3}
    exchange_all(a, b)
    assert erase(a.journal, all_before(a, "message")) == {"message": 1}
    body = {
        "origin": a.card.origin, "before": "2016-01-01T00:00:00Z", "accord": None, "reason": "x",
        "entries": [{"sequence": 0, "leaf": "0" * 64, "kind": "node.opened"}],
    }  # fmt: skip
    with pytest.raises(RefusedError, match=r"node\.opened is never erased"):
        a.journal.append(ERASED, body, recipients=[])
    assert ERASED_MAX <= 1000


def test_what_is_missing_without_a_word_is_named(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    spoken(a, b)
    with b.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE entries SET salt = NULL, envelope = NULL WHERE kind = 'message' AND origin = ?",
            (a.card.origin,),
        )
    found = findings(b, a)
    assert len(found) == 3
    assert all("no entry says that it was erased" in one for one in found)

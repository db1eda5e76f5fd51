from __future__ import annotations

from pathlib import Path

from skyaccord.record.keys import PersonKey
from skyaccord.record.receipts import Receipts
from tests.record.worlds import enrol, exchange_all, make_pair, make_party, said


def projection(party: object) -> Receipts:
    found = Receipts()
    for entry in party.journal.since(0):  # type: ignore[attr-defined]
        found.add(entry)
    return found


def test_held_by_says_who_receipted_an_entry(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    entry = a.journal.append("note", {}, recipients=["*"])
    assert projection(a).held_by(entry.ref) == []
    exchange_all(a, b)
    assert projection(a).held_by(entry.ref) == ["B"]
    assert projection(a).refused_by(entry.ref) == {}
    later = a.journal.append("note", {}, recipients=["*"])
    assert projection(a).held_by(later.ref) == []


def test_refused_by_says_why(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    person = PersonKey.generate()
    c = make_party(tmp_path, "C")
    enrol(c, person)
    # A's node journals a statement of somebody A never enrolled: its own check is switched off here
    a.journal.kinds, kinds = type(a.journal.kinds)(), a.journal.kinds
    entry = a.journal.append("receipt", {"nonsense": said(c, person)}, recipients=["*"])
    a.journal.kinds = kinds
    exchange_all(a, b)
    found = projection(a)
    assert found.held_by(entry.ref) == ["B"]
    assert found.refused_by(entry.ref)["B"].startswith("body of receipt")

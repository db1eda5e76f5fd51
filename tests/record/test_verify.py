"""Whatever is changed in a folder is found, and the entry is named."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.envelope import seal
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.verify import verify_folder
from tests.record.tampering import Scene, Tampering, cut_tail, own_origin, resign, rewrite, tampering
from tests.record.worlds import copy_folder, enrol, make_party, said


def test_nothing_is_wrong_before(open_folder: Tampering) -> None:
    report = open_folder.verify()
    assert report.findings == []
    assert [journal.verified for journal in report.journals] == [True, True]
    assert all(report.looked_at.get(check, 0) > 0 for check in range(1, 11))


def test_without_cards_the_journals_are_checked_and_unanchored(open_folder: Tampering) -> None:
    report = open_folder.verify(cards=[])
    assert report.ok
    assert [(journal.anchored, journal.verified) for journal in report.journals] == [(False, False)] * 2
    open_folder.run("UPDATE entries SET salt = zeroblob(16) WHERE sequence = 2")
    assert not open_folder.verify(cards=[]).ok


COLUMNS = ["position", "origin", "sequence", "leaf", "head", "salt", "envelope", "kind", "refused"]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_bit_of_an_entry_can_be_flipped(scene: Scene, tmp_path: Path, data: st.DataObject) -> None:
    tampered = tampering(scene, data.draw(st.sampled_from("AB")), tmp_path)
    rows = tampered.rows("SELECT position, origin, sequence FROM entries")
    position, origin, sequence = data.draw(st.sampled_from(rows))
    column = data.draw(st.sampled_from(COLUMNS))
    value, kind = tampered.rows(
        f"SELECT CAST({column} AS BLOB), typeof({column}) FROM entries WHERE position = ?",  # noqa: S608
        position,
    )[0]
    if kind == "integer":
        changed: Any = int(value) ^ 1 << data.draw(st.integers(0, 40))
        as_type = "?"
    else:
        raw = bytearray(value or b"\x00")  # NULL becomes one byte
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << bit % 8
        changed = bytes(raw)
        as_type = "CAST(? AS TEXT)" if column in ("origin", "kind", "refused") else "?"
    try:
        change = f"UPDATE entries SET {column} = {as_type} WHERE position = ?"  # noqa: S608
        tampered.run(change, changed, position)
    except sqlite3.IntegrityError:
        assume(False)  # this place is taken: the store itself refuses
    report = tampered.verify()
    assert not report.ok, (column, origin, sequence)
    named = {(finding.origin, finding.sequence) for finding in report.findings}
    if column in ("origin", "sequence"):
        lines = " ".join(str(finding) for finding in report.findings)
        assert str(sequence) in lines
    else:
        assert (origin, sequence) in named, (column, report.findings)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journals SET size = size + 1 WHERE own = {own}",
        "UPDATE journals SET head = zeroblob(32) WHERE own = {own}",
        "UPDATE journals SET party = 'C' WHERE own = {own}",
        "UPDATE journals SET public_key = 'AAAA' WHERE own = {own}",
        "UPDATE journals SET own = 1 - own WHERE own = {own}",
        "UPDATE journals SET receipted = receipted + 1 WHERE own = 0",
        "UPDATE checkpoints SET size = size + 100 WHERE size = (SELECT max(size) FROM checkpoints)",
        "UPDATE checkpoints SET note = replace(note, 'A', 'B')",
        "UPDATE checkpoints SET note = substr(note, 1, length(note) - 20)",
        "UPDATE checkpoints SET note = (SELECT note FROM checkpoints ORDER BY size LIMIT 1)",
        "UPDATE cosigned SET size = size - 1",
        "UPDATE cosigned SET note = replace(note, 'A', 'B')",
        "UPDATE cosigned SET note = substr(note, 1, length(note) - 20)",
        "UPDATE cursors SET held = held + 1",
        "UPDATE nodes SET hash = zeroblob(32) WHERE node = (SELECT min(node) FROM nodes)",
        "UPDATE nodes SET node = node + 1000 WHERE node = (SELECT max(node) FROM nodes)",
        "DELETE FROM nodes WHERE node = (SELECT max(node) FROM nodes)",
        "DELETE FROM journals WHERE own = {own}",
    ],
)
@pytest.mark.parametrize("own", [0, 1])
def test_what_stands_beside_the_entries_is_checked_too(open_folder: Tampering, change: str, own: int) -> None:
    open_folder.run(change.format(own=own))
    assert not open_folder.verify().ok


def test_a_cut_tail_of_ones_own_journal_is_told_by_the_peers_receipts(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path)
    cut_tail(tampered, own_origin(tampered), 2)
    tampered.run("DELETE FROM cursors")
    findings = tampered.verify().findings
    assert {finding.check for finding in findings} == {8, 9}
    assert any("the end is missing" in str(finding) for finding in findings if finding.check == 8)
    assert any("party B receipted entry" in str(finding) for finding in findings)


def test_a_cut_tail_of_a_copy_is_told_by_ones_own_receipts(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "B", tmp_path)
    cut_tail(tampered, scene.cards[0].origin, 2)
    assert any("receipted entry" in str(finding) for finding in tampered.verify().findings)


def test_what_a_cut_of_both_ends_cannot_hide_from_the_other_side(scene: Scene, tmp_path: Path) -> None:
    """An older copy of B's folder is a whole, true folder: alone it shows nothing. A's folder tells."""
    assert verify_folder(scene.later, scene.cards).ok
    now = {journal.party: journal for journal in verify_folder(scene.a, scene.cards).journals}
    old = {journal.party: journal for journal in verify_folder(scene.later, scene.cards).journals}
    assert now["A"].held_by["B"] > old["A"].entries
    assert now["B"].entries > old["B"].entries


def test_a_dropped_entry_is_named(open_folder: Tampering) -> None:
    origin = own_origin(open_folder)
    open_folder.run("DELETE FROM entries WHERE origin = ? AND sequence = 3", origin)
    lines = [str(finding) for finding in open_folder.verify().findings]
    assert any("entry 3 is missing before it" in line for line in lines), lines


def test_a_dropped_and_closed_up_entry_is_named(open_folder: Tampering) -> None:
    origin = own_origin(open_folder)
    open_folder.run("DELETE FROM entries WHERE origin = ? AND sequence = 3", origin)
    for (sequence,) in open_folder.rows(
        "SELECT sequence FROM entries WHERE origin = ? AND sequence > 3 ORDER BY sequence", origin
    ):
        open_folder.run(
            "UPDATE entries SET sequence = sequence - 1 WHERE origin = ? AND sequence = ?", origin, sequence
        )
    named = {(finding.check, finding.sequence) for finding in open_folder.verify().findings}
    assert (2, 3) in named
    assert (4, 3) in named


def test_swapped_entries_are_named(open_folder: Tampering) -> None:
    origin = own_origin(open_folder)
    for old, new in ((3, 1_000_000), (4, 3), (1_000_000, 4)):
        open_folder.run("UPDATE entries SET sequence = ? WHERE origin = ? AND sequence = ?", new, origin, old)
    named = {(finding.check, finding.sequence) for finding in open_folder.verify().findings}
    assert {(2, 3), (2, 4), (4, 3), (4, 4)} <= named


def test_an_envelope_that_is_taken_away_is_named(scene: Scene, tmp_path: Path) -> None:
    for which, origin in (("A", scene.cards[0].origin), ("B", scene.cards[0].origin)):
        tampered = tampering(scene, which, tmp_path / which)
        tampered.run(
            "UPDATE entries SET salt = NULL, envelope = NULL, kind = NULL WHERE origin = ? AND sequence = 2",
            origin,
        )
        assert any(
            (finding.origin, finding.sequence) == (origin, 2) for finding in tampered.verify().findings
        )


def test_a_refused_entry_cannot_be_made_good(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "B", tmp_path)
    tampered.run("UPDATE entries SET refused = NULL")
    findings = tampered.verify().findings
    assert {finding.check for finding in findings} == {9}


def test_a_whole_forgery_with_another_key_is_told_by_the_card(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path)
    resign(tampered, own_origin(tampered), PartyKey.generate(SeededRandomness(99)))
    anchored = tampered.verify()
    assert "the folder holds another key for it than the card given" in str(anchored.of_check(5)[0])
    assert len(anchored.of_check(3)) == anchored.journals[0].entries
    unanchored = tampered.verify(cards=[])
    # the peer's receipts do not agree, nor the checkpoint it cosigned
    assert {finding.check for finding in unanchored.findings} == {8, 9, 11}


def test_a_forgery_by_the_party_itself_is_told_by_its_peers_receipts(scene: Scene, tmp_path: Path) -> None:
    """The owner of the key can rewrite its own journal, but not what the other side has receipted."""
    tampered = tampering(scene, "A", tmp_path)
    resign(tampered, own_origin(tampered), scene.keys["A"])
    findings = tampered.verify().findings
    assert {finding.check for finding in findings} == {8, 9}
    assert any("not of the entries there are" in str(finding) for finding in findings)
    assert any("names another head than is held" in str(finding) for finding in findings)


def test_cards_must_fit_the_journals(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path / "x")
    other_b = make_party(tmp_path / "y", "B", seed=77).card
    third = make_party(tmp_path / "z", "C", seed=77).card
    report = tampered.verify(cards=[scene.cards[0], other_b, third])
    lines = [str(finding) for finding in report.of_check(5)]
    assert any("the card given for party B names another journal" in line for line in lines)
    assert any("a card of party C was given" in line for line in lines)


def test_a_folders_own_card_must_be_its_own(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path)
    (tampered.folder / CARD_FILE).write_text(scene.cards[1].dumps())
    assert [finding.check for finding in tampered.verify().findings] == [1]
    (tampered.folder / CARD_FILE).unlink()
    assert [finding.check for finding in tampered.verify().findings] == [1]


def test_a_statement_whose_enrolment_is_gone_is_named(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    person = PersonKey.generate(SeededRandomness(4))
    enrol(a, person)
    entry = a.journal.append_statement("message", said(a, person), recipients=["*"])
    a.store.close()
    copy = Tampering(copy_folder(a, tmp_path / "copy"), [a.card])
    assert copy.verify().ok
    copy.run("UPDATE entries SET kind = 'note' WHERE sequence = 1")
    assert [(f.check, f.sequence) for f in copy.verify().findings] == [(6, 1)]

    # the party itself journals a statement of somebody it never enrolled, its node's check switched off
    b = make_party(tmp_path, "B")
    with b.store.writing() as connection:
        forged = b.journal.append_within(connection, "note", {}, recipients=["*"], exercise=True)
    b.store.close()
    assert forged.data is not None
    header = forged.header.model_copy(update={"kind": "message"})
    rewrite(b, seal(header, {"statement": entry.body["statement"]}, b.key), "message")
    findings = verify_folder(b.path, [b.card]).findings
    assert [(f.check, f.sequence) for f in findings] == [(7, 1)]
    assert "not enrolled" in str(findings[0])


def test_a_person_quoted_twice_is_found(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    person = PersonKey.generate()
    enrol(a, person)
    dsse = said(a, person)
    first = a.journal.append_statement("message", dsse, recipients=["*"])
    assert verify_folder(a.path, [a.card]).ok
    again = a.journal.append_statement("message", dsse, recipients=["*"])
    (finding,) = verify_folder(a.path, [a.card]).findings
    assert (finding.check, finding.sequence) == (7, again.sequence)
    assert f"stands in entry {first.sequence} already" in finding.what

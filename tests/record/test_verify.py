"""Whatever is changed in a folder is found, and the entry is named."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.chain import leaf_hash, next_head, start_head
from skyaccord.record.envelope import read_envelope, seal
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import KindRegistry
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.verdict import Report
from skyaccord.record.verify import verify_database, verify_folder
from tests.record.test_journal import start_writer
from tests.record.worlds import Party, copy_folder, enrol, exchange_all, make_pair, make_party, said


@dataclass
class Scene:
    """Two folders with everything in them: statements, sealed, refused and receipted entries."""

    a: Path
    b: Path
    cards: list[Card]
    keys: dict[str, PartyKey]
    later: Path  # B's folder as it was before the last exchange


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    a, b = make_pair(folder)
    person = PersonKey.generate(SeededRandomness(4))
    enrol(a, person)
    exchange_all(a, b)
    a.journal.append_statement("message", said(a, person), recipients=["*"])
    for number in range(4):
        a.journal.append("note", {"number": number}, recipients=["*"] if number % 2 else [])
        b.journal.append("note", {"number": number}, recipients=["A"])
    a.journal.kinds = KindRegistry()
    a.journal.append("person.enrolled", {"name": "no key"}, recipients=["*"])
    exchange_all(a, b)
    later = copy_folder(b, folder / "earlier-B")
    a.journal.append("note", {"last": True}, recipients=["*"])
    exchange_all(a, b)
    scene = Scene(
        copy_folder(a, folder / "copy-A"),
        copy_folder(b, folder / "copy-B"),
        [a.card, b.card],
        {"A": a.key, "B": b.key},
        later,
    )
    for party in (a, b):
        party.store.close()
    return scene


@dataclass
class Tampering:
    """A copy of one folder with its database open for any change at all."""

    folder: Path
    cards: list[Card]

    def run(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.folder / DATABASE_FILE)) as connection, connection:
            connection.execute(statement, values)

    def rows(self, query: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.folder / DATABASE_FILE)) as connection:
            return connection.execute(query, values).fetchall()

    def verify(self, *, cards: list[Card] | None = None) -> Report:
        return verify_database(
            self.folder / DATABASE_FILE, self.folder, self.cards if cards is None else cards
        )


def tampering(scene: Scene, which: str, target: Path) -> Tampering:
    source = scene.a if which == "A" else scene.b
    target.mkdir(parents=True, exist_ok=True)
    for name in (DATABASE_FILE, CARD_FILE):
        (target / name).write_bytes((source / name).read_bytes())
    return Tampering(target, scene.cards)


@pytest.fixture(params=["A", "B"])
def open_folder(scene: Scene, request: pytest.FixtureRequest, tmp_path: Path) -> Tampering:
    return tampering(scene, request.param, tmp_path)


def own_origin(tampered: Tampering) -> str:
    return str(tampered.rows("SELECT origin FROM journals WHERE own = 1")[0][0])


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
        "UPDATE heads SET size = size + 100 WHERE size = (SELECT max(size) FROM heads)",
        "UPDATE heads SET head = zeroblob(32) WHERE size = (SELECT max(size) FROM heads)",
        "UPDATE heads SET signed = replace(signed, 'e', 'f')",
        "UPDATE cursors SET held = held + 1",
        "DELETE FROM journals WHERE own = {own}",
    ],
)
@pytest.mark.parametrize("own", [0, 1])
def test_what_stands_beside_the_entries_is_checked_too(open_folder: Tampering, change: str, own: int) -> None:
    open_folder.run(change.format(own=own))
    assert not open_folder.verify().ok


def cut_tail(tampered: Tampering, origin: str, count: int) -> int:
    """Cut the last entries of a journal, as somebody does who knows the tables. Returns the new size."""
    size = tampered.rows("SELECT size FROM journals WHERE origin = ?", origin)[0][0] - count
    gone = tampered.rows("SELECT position FROM entries WHERE origin = ? AND sequence >= ?", origin, size)
    tampered.run("DELETE FROM entries WHERE origin = ? AND sequence >= ?", origin, size)
    for (position,) in sorted(gone, reverse=True):
        for (later,) in tampered.rows(
            "SELECT position FROM entries WHERE position > ? ORDER BY position", position
        ):
            tampered.run("UPDATE entries SET position = position - 1 WHERE position = ?", later)
    tampered.run(
        "UPDATE journals SET size = ?, head = (SELECT head FROM entries WHERE origin = ? AND sequence = ?), "
        "receipted = min(receipted, ?) WHERE origin = ?",
        size, origin, size - 1, size, origin,
    )  # fmt: skip
    tampered.run("DELETE FROM heads WHERE origin = ? AND size > ?", origin, size)
    return int(size)


def test_a_cut_tail_of_ones_own_journal_is_told_by_the_peers_receipts(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path)
    cut_tail(tampered, own_origin(tampered), 2)
    tampered.run("DELETE FROM cursors")
    findings = tampered.verify().findings
    assert {finding.check for finding in findings} == {9}
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
    assert any("entry 3 before it are missing" in line or "entry 3" in line for line in lines), lines


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


def resign(tampered: Tampering, origin: str, key: PartyKey) -> None:
    """Write a whole journal anew, one note changed: every hash and signature is in order."""
    head = start_head(origin)
    rows = tampered.rows(
        "SELECT sequence, salt, envelope FROM entries WHERE origin = ? ORDER BY sequence", origin
    )
    for sequence, salt, data in rows:
        envelope = read_envelope(data)
        body = dict(envelope.body)
        if sequence == 0:
            old = Card.model_validate(body["card"])
            card = Card.make(
                party=old.party, name=old.name, origin=origin, link_address=old.link_address, key=key
            )
            body = {"card": card.model_dump()}
            (tampered.folder / CARD_FILE).write_text(card.dumps())
        if envelope.header.kind == "note":
            body = {**body, "number": 77}
        header = envelope.header.model_copy(update={"previous": head.hex()})
        fresh = seal(header, body, key)
        leaf = leaf_hash(salt, fresh)
        head = next_head(head, leaf)
        tampered.run(
            "UPDATE entries SET envelope = ?, leaf = ?, head = ? WHERE origin = ? AND sequence = ?",
            fresh, leaf, head, origin, sequence,
        )  # fmt: skip
    tampered.run("UPDATE journals SET head = ?, public_key = ? WHERE origin = ?", head, key.public, origin)


def test_a_whole_forgery_with_another_key_is_told_by_the_card(scene: Scene, tmp_path: Path) -> None:
    tampered = tampering(scene, "A", tmp_path)
    resign(tampered, own_origin(tampered), PartyKey.generate(SeededRandomness(99)))
    anchored = tampered.verify()
    assert "the folder holds another key for it than the card given" in str(anchored.of_check(5)[0])
    assert len(anchored.of_check(3)) == anchored.journals[0].entries
    unanchored = tampered.verify(cards=[])
    assert {finding.check for finding in unanchored.findings} == {9}  # the peer's receipts do not agree


def test_a_forgery_by_the_party_itself_is_told_by_its_peers_receipts(scene: Scene, tmp_path: Path) -> None:
    """The owner of the key can rewrite its own journal, but not what the other side has receipted."""
    tampered = tampering(scene, "A", tmp_path)
    resign(tampered, own_origin(tampered), scene.keys["A"])
    findings = tampered.verify().findings
    assert {finding.check for finding in findings} <= {9}
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
    rewrite(b, forged.sequence, seal(header, {"statement": entry.body["statement"]}, b.key), "message")
    findings = verify_folder(b.path, [b.card]).findings
    assert [(f.check, f.sequence) for f in findings] == [(7, 1)]
    assert "not enrolled" in str(findings[0])


def rewrite(party: Party, sequence: int, data: bytes, kind: str) -> None:
    """Replace a journal's last entry, hashes and all."""
    with closing(sqlite3.connect(party.path / DATABASE_FILE)) as connection, connection:
        salt, before = connection.execute(
            "SELECT salt, (SELECT head FROM entries WHERE sequence = ?) FROM entries WHERE sequence = ?",
            (sequence - 1, sequence),
        ).fetchone()
        leaf = leaf_hash(salt, data)
        head = next_head(before, leaf)
        connection.execute(
            "UPDATE entries SET envelope = ?, leaf = ?, head = ?, kind = ? WHERE sequence = ?",
            (data, leaf, head, kind, sequence),
        )
        connection.execute("UPDATE journals SET head = ?", (head,))


# ── the folder itself ───────────────────────────────────────────────────────────────────────────────────


def state(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("serving", [True, False])
def test_checking_changes_and_creates_nothing(tmp_path: Path, serving: bool) -> None:
    a = make_party(tmp_path, "A")
    for number in range(10):
        a.journal.append("note", {"number": number}, recipients=["*"])
    if not serving:
        a.store.close()
    before = state(a.path)
    assert (DATABASE_FILE + "-wal" in before) is serving
    report = verify_folder(a.path, [a.card])
    assert report.ok
    assert report.journals[0].entries == 11  # also what is only in the WAL yet
    assert state(a.path) == before
    a.store.close()


def test_a_read_only_folder_can_be_checked(tmp_path: Path, read_only: Any) -> None:
    a = make_party(tmp_path, "A")
    a.store.close()
    with read_only(a.path):
        assert verify_folder(a.path, [a.card]).ok


@pytest.fixture
def read_only() -> Any:
    from contextlib import contextmanager

    @contextmanager
    def guard(folder: Path) -> Iterator[None]:
        for path in folder.iterdir():
            path.chmod(0o400)
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)

    return guard


def test_a_journal_is_checked_while_another_process_appends(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A", fast=False)
    a.store.close()
    writer = start_writer(a, 1_000_000)
    try:
        sizes = []
        for _ in range(4):
            report = verify_folder(a.path, [a.card])
            assert report.ok, report.findings
            sizes.append(report.journals[0].entries)
    finally:
        writer.kill()
        writer.communicate()
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("damage", ["none", "no folder", "empty", "text", "truncated", "other database"])
def test_what_cannot_be_read_is_one_line(tmp_path: Path, damage: str) -> None:
    a = make_party(tmp_path, "A")
    a.store.close()
    path = a.path / DATABASE_FILE
    target = a.path
    match damage:
        case "none":
            path.unlink()
        case "no folder":
            target = tmp_path / "nowhere"
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("no database at all " * 500)
        case "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "other database":
            path.unlink()
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE x (y)")
    with pytest.raises(UnreadableError) as caught:
        verify_folder(target, [a.card])
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_never_called_good_with_other_content(
    scene: Scene, tmp_path: Path, data: st.DataObject
) -> None:
    """Any byte of the file: unreadable, wrong, or (free space) without any effect on what is read."""
    tampered = tampering(scene, "A", tmp_path)
    path = tampered.folder / DATABASE_FILE
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    before = tampered.rows("SELECT * FROM entries")
    path.write_bytes(raw)
    try:
        ok = tampered.verify().ok
    except UnreadableError:
        return
    if ok:
        assert tampered.rows("SELECT * FROM entries") == before


def test_a_report_for_programs(open_folder: Tampering) -> None:
    open_folder.run("UPDATE entries SET salt = zeroblob(16) WHERE sequence = 2")
    value = open_folder.verify().to_dict()
    assert value["ok"] is False
    assert {"party", "entries", "verified", "anchored"} <= value["journals"][0].keys()
    assert [check["number"] for check in value["checks"]] == list(range(1, 11))
    assert value["findings"][0]["sequence"] == 2

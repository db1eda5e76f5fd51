"""A bundle as it is written and read: one form, whole or not at all, from a folder in use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, JournalError, RefusedError, UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.bundle import LINE_BYTES_MAX, EntryLine, read_line, write_line
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.bundle_read import bundle_lines, is_bundle
from skyaccord.record.keys import PartyKey
from skyaccord.record.replica import ForkError
from skyaccord.record.verify import verify_folder
from skyaccord.record.verify_bundle import verify_bundle
from tests.record.bundles import Bundle, sealed
from tests.record.tampering import Scene, tampering
from tests.record.worlds import Party, exchange, exchange_all, make_pair, make_party

LEAF = "ab" * 32


def entry(**changes: object) -> bytes:
    fields = {"leaf": LEAF, "salt": "cd" * 16, "sequence": 3, "envelope": "{}", **changes}
    kept = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()


def test_a_line_is_read_as_it_was_written() -> None:
    for line in (
        EntryLine(3, bytes(32), bytes(16), '{"é":1}'.encode(), None),
        EntryLine(3, bytes(32), None, None, None),
        EntryLine(3, bytes(32), None, None, "message"),
    ):
        assert read_line(write_line(line)[:-1]) == line


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"a":NaN}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no object"),
        (b"{}", "no line has the fields"),
        (b"\xff", "no JSON"),
        (entry() + b" ", "one written form"),
        (entry().replace(b":3", b": 3"), "one written form"),
        (entry().replace(b"sequence", b"sequenc\\u0065"), "one written form"),
        (b'{"leaf":"x",' + entry()[1:], "one written form"),
        (entry(sequence=-1), "sequence is no number"),
        (entry(sequence=True), "sequence is no number"),
        (entry(sequence=3.0), "sequence is no number"),
        (entry(sequence=2**53), "sequence is no number"),
        (entry(leaf=LEAF.upper()), "leaf is not as it must be"),
        (entry(leaf=LEAF + "\n"), "leaf is not as it must be"),
        (entry(salt="cd"), "salt is not as it must be"),
        (entry(salt=None), "no line has the fields"),
        (entry(envelope=1), "envelope is no text"),
        (entry(envelope="x" * 300_000), "more than"),
        (entry(more=1), "no line has the fields"),
        (b'{"checkpoint":1}', "checkpoint is no text"),
        (b'{"fork":1}', "fork is no object"),
        (b'{"format":"skyaccord.bundle/2","journals":[]}', "its format is not"),
        (b'{"format":"skyaccord.bundle/1","journals":[]}', "1 to"),
        (b'{"format":"skyaccord.bundle/1","journals":["x"]}', "journals is not as it must be"),
    ],
)
def test_whatever_is_not_as_it_must_be_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        read_line(data)


def test_the_same_journals_are_the_same_bytes(scene: Scene, tmp_path: Path) -> None:
    first, again = tmp_path / "1", tmp_path / "2"
    said = export_bundle(scene.a, first)
    assert export_bundle(scene.a, again) == said
    assert first.read_bytes() == again.read_bytes()
    assert said.size_bytes == first.stat().st_size
    assert json.loads(first.read_bytes().splitlines()[-1])["sha256"] == said.sha256
    assert is_bundle(first)


def test_a_bundle_says_what_its_folder_says(scene: Scene, tmp_path: Path) -> None:
    for folder in (scene.a, scene.b):
        export_bundle(folder, tmp_path / "bundle")
        bundle = verify_bundle(tmp_path / "bundle", scene.cards, workers=0)
        held = verify_folder(folder, scene.cards)
        assert bundle.findings == held.findings == []
        told = [{**one.to_dict()} for one in sorted(bundle.journals, key=lambda one: one.party)]
        assert told == [one.to_dict() for one in sorted(held.journals, key=lambda one: one.party)]


def test_nothing_is_left_when_it_cannot_be_written(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        export_bundle(scene.a, tmp_path / "none" / "bundle")
    with pytest.raises(UnreadableError, match=r"no node\.db"):
        export_bundle(tmp_path, tmp_path / "bundle")
    with pytest.raises(UnreadableError, match="no such folder"):
        export_bundle(tmp_path / "none", tmp_path / "bundle")
    damaged = tampering(scene, "A", tmp_path / "damaged")
    damaged.run("UPDATE entries SET envelope = x'ff' WHERE sequence = 2")
    (tmp_path / "before").write_bytes(b"as it was")
    with pytest.raises(JournalError, match=r"entry 2 of .* is no text"):
        export_bundle(damaged.folder, tmp_path / "before")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["before", "damaged"]
    assert (tmp_path / "before").read_bytes() == b"as it was"


def test_it_is_written_while_the_node_serves(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    for number in range(5):
        a.journal.append("note", {"number": number}, recipients=["*"])
        written = export_bundle(a.path, tmp_path / "bundle")
        assert written.entries == {"A": number + 2}
        assert verify_bundle(tmp_path / "bundle", [a.card], workers=0).ok
    a.store.close()


def test_a_journal_that_nobody_cosigned_is_claimed_by_nobody(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    export_bundle(a.path, tmp_path / "bundle")
    report = verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0)
    assert report.ok
    assert [(one.party, one.entries, one.claimed) for one in report.journals] == [("A", 2, 0), ("B", 0, 0)]
    for party in (a, b):
        party.store.close()


def test_progress_is_told_in_bytes(scene: Scene, tmp_path: Path) -> None:
    export_bundle(scene.a, tmp_path / "bundle")
    size = (tmp_path / "bundle").stat().st_size
    told: list[tuple[int, int]] = []
    verify_bundle(tmp_path / "bundle", progress=lambda *at: told.append(at), workers=0)
    assert told[-1] == (size, size)


@pytest.mark.parametrize("data", [b"", b"x", b"{}\n", b'{"format":"skyaccord.bundle/1"', b"\x00" * 100])
def test_what_is_no_bundle_cannot_be_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(UnreadableError):
        verify_bundle(tmp_path / "x", workers=0)


def test_a_line_that_is_far_too_long_is_one_fault(scene: Scene, tmp_path: Path) -> None:
    export_bundle(scene.a, tmp_path / "bundle")
    lines = (tmp_path / "bundle").read_bytes().splitlines(keepends=True)
    lines.insert(2, b"x" * (2 * LINE_BYTES_MAX + 5) + b"\n")
    (tmp_path / "bundle").write_bytes(b"".join(lines))
    faults: list[tuple[int, str]] = []
    read = list(bundle_lines(tmp_path / "bundle", lambda *fault: faults.append(fault)))
    assert faults[0] == (3, f"longer than {LINE_BYTES_MAX} bytes, which no line is")
    assert len(read) == len(lines) - 2


# ── proofs of forks ─────────────────────────────────────────────────────────────────────────────────────


def forked(folder: Path) -> tuple[Party, Party]:
    """A went back to an older copy of its folder and on from there; B has kept the proof."""
    a, b = make_pair(folder)
    exchange_all(a, b)
    a.store.close()
    older = (a.path / "node.db").read_bytes()
    a.reopen()
    a.journal.append("note", {"number": 1}, recipients=["*"])
    exchange(a, b)
    a.store.close()
    for file in a.path.glob("node.db*"):
        file.unlink()
    (a.path / "node.db").write_bytes(older)
    a.reopen()
    a.journal.append("note", {"number": 2}, recipients=["*"])
    with pytest.raises((AssertionError, ForkError, JournalError)):
        exchange(a, b)
    return a, b


def test_a_fork_is_proved_in_the_bundle_and_a_proof_that_proves_nothing_is_named(tmp_path: Path) -> None:
    a, b = forked(tmp_path)
    written = export_bundle(b.path, tmp_path / "bundle")
    assert (written.forks, written.unproved) == (1, 0)
    bundle = Bundle((tmp_path / "bundle").read_bytes(), [a.card, b.card], tmp_path / "changed")
    (finding,) = bundle.verify().findings
    assert (finding.check, finding.party) == (10, "A")
    assert "its key signed two histories: " in finding.what
    proof = bundle.lines()[-1]["fork"]
    assert not {"says", "found_at"} & proof.keys()
    for change in ({"salt": "00" * 16}, {"checkpoints": proof["checkpoints"][:1]}, {"origin": b.card.origin}):
        lines = bundle.lines()
        lines[-1] = {"fork": proof | change}
        found = bundle.verify(sealed(lines)).of_check(10)
        assert ["the proof of a fork does not hold" in one.what for one in found] == [True], change
    lines = bundle.lines()
    (finding, *_) = bundle.verify(sealed([*lines, lines[-1]])).of_check(1)
    assert "stands here twice" in finding.what
    for party in (a, b):
        party.store.close()


def test_a_strangers_key_accuses_nobody(tmp_path: Path) -> None:
    a, b = forked(tmp_path)
    export_bundle(b.path, tmp_path / "bundle")
    bundle = Bundle((tmp_path / "bundle").read_bytes(), [a.card, b.card], tmp_path / "changed")
    lines = bundle.lines()
    stranger = PartyKey.generate(SeededRandomness(9)).public
    proof = {name: value for name, value in lines[-1]["fork"].items() if name not in ("card", "rotations")}
    lines[-1] = {"fork": proof | {"public_key": stranger}}
    (finding,) = bundle.verify(sealed(lines)).of_check(10)
    assert "by a key that was never this journal's" in finding.what
    for party in (a, b):
        party.store.close()

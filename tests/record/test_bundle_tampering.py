"""Whatever is changed in a bundle is found and named, also by a forger who makes its digest anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint, split_note
from skyaccord.record.cosign import add_signature, cosign
from skyaccord.record.keys import PartyKey
from skyaccord.record.verdict import COSIGNATURES
from tests.record.bundles import Bundle, Line, of_kind, place_of, resigned, sealed
from tests.record.tampering import Scene
from tests.record.worlds import START, exchange_all, make_pair


@pytest.fixture(scope="module")
def bundle(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A's: statements, sealed, refused and receipted entries in two journals."""
    folder = tmp_path_factory.mktemp("bundle")
    export_bundle(scene.a, folder / "A.bundle")
    return Bundle((folder / "A.bundle").read_bytes(), scene.cards, folder / "changed.bundle")


def test_nothing_is_wrong_before(bundle: Bundle) -> None:
    report = bundle.verify()
    assert (report.findings, report.notes) == ([], [])
    assert all(journal.verified and journal.claimed for journal in report.journals)
    assert sealed(bundle.lines()) == bundle.data


# ── lines dropped, doubled, moved, by somebody who makes the digest anew ────────────────────────────────


def drop(lines: list[Line], place: int) -> None:
    del lines[place]


def test_a_dropped_entry_is_named(bundle: Bundle) -> None:
    for party in "AB":
        count = len([line for line in bundle.lines() if "sequence" in line])
        for sequence in range(1, 4):
            named = bundle.named(lambda lines, p=party, s=sequence: drop(lines, place_of(lines, p, s)))  # type: ignore[misc]
            missing = (
                f"4: entry {sequence + 1} of the journal of {party}: entry {sequence} is missing before it"
            )
            assert missing in named, (count, named)


def test_a_cut_tail_is_told_by_the_other_sides_receipts(bundle: Bundle) -> None:
    """The last two entries of A's journal and all checkpoints of them are taken out, and the counts fit."""

    def cut(lines: list[Line]) -> None:
        begins = next(n for n, line in enumerate(lines) if "/A/" in line.get("journal", ""))
        ends = next(n for n, line in enumerate(lines) if n > begins and "journal" in line)
        entries = [n for n in range(begins, ends) if "sequence" in lines[n]]
        del lines[entries[-2] : ends]
        lines[begins]["entries"] -= 2

    named = bundle.named(cut)
    assert any("journal of A: party B receipted entry" in line and "is not there" in line for line in named)


def test_a_doubled_entry_is_named(bundle: Bundle) -> None:
    def double(lines: list[Line]) -> None:
        place = place_of(lines, "A", 2)
        lines.insert(place, dict(lines[place]))

    named = bundle.named(double)
    assert any(line.startswith("4: entry 2 of the journal of A") for line in named), named


def test_swapped_entries_are_named(bundle: Bundle) -> None:
    def swap(lines: list[Line]) -> None:
        one, other = place_of(lines, "A", 2), place_of(lines, "A", 3)
        lines[one], lines[other] = lines[other], lines[one]

    named = bundle.named(swap)
    assert "4: entry 3 of the journal of A: entry 2 is missing before it" in named, named
    back = "it stands behind entry 3: out of its order, or a second time"
    assert f"4: entry 2 of the journal of A: {back}" in named, named


def test_each_of_several_dropped_entries_is_named(bundle: Bundle) -> None:
    def drop_two(lines: list[Line]) -> None:
        place = place_of(lines, "A", 1)
        del lines[place : place + 2]

    assert "4: entry 3 of the journal of A: entries 1 to 2 are missing before it" in bundle.named(drop_two)


def test_swapped_entries_with_each_others_numbers_are_named(bundle: Bundle) -> None:
    def swap(lines: list[Line]) -> None:
        one, other = place_of(lines, "A", 2), place_of(lines, "A", 3)
        lines[one], lines[other] = lines[other] | {"sequence": 2}, lines[one] | {"sequence": 3}

    named = bundle.named(swap)
    assert "4: entry 2 of the journal of A: the envelope says it is entry 3" in named
    assert "4: entry 3 of the journal of A: the envelope says it is entry 2" in named


def test_swapped_receipts_are_named(bundle: Bundle) -> None:
    def swap(lines: list[Line]) -> None:
        one, other = of_kind(lines, "B", "receipt")[:2]
        sequences = lines[one]["sequence"], lines[other]["sequence"]
        lines[one], lines[other] = (
            lines[other] | {"sequence": sequences[0]},
            lines[one] | {"sequence": sequences[1]},
        )

    report = bundle.forged(swap)
    assert any("of the journal of B: the envelope says it is entry" in str(one) for one in report.of_check(4))
    assert any("the receipt begins at" in one.what for one in report.of_check(9))


def test_an_envelope_that_is_taken_away_is_named(bundle: Bundle) -> None:
    def seal_it(lines: list[Line]) -> None:
        for party, kind in (("A", "message"), ("B", "receipt")):
            line = lines[of_kind(lines, party, kind)[-1]]
            del line["envelope"], line["salt"]

    named = bundle.named(seal_it)
    assert any("of the journal of A: its envelope is missing" in line for line in named), named
    assert any("9: entry" in line and "of the journal of B" in line for line in named), named


def test_calling_an_entry_erased_does_not_make_it_so(bundle: Bundle) -> None:
    def erase(lines: list[Line]) -> None:
        line = lines[of_kind(lines, "A", "message")[0]]
        del line["envelope"], line["salt"]
        line["erased"] = "message"

    assert any(
        line.startswith("13: entry") and "no entry says that it was erased" in line
        for line in bundle.named(erase)
    )


def test_a_journal_that_is_left_out_is_named(bundle: Bundle) -> None:
    def leave_out(lines: list[Line]) -> None:
        begins = next(n for n, line in enumerate(lines) if "/B/" in line.get("journal", ""))
        del lines[begins:]

    named = bundle.named(leave_out)
    assert any("is announced in the first line and missing" in line for line in named)

    def and_not_announced(lines: list[Line]) -> None:
        leave_out(lines)
        lines[0]["journals"].pop()

    assert "5: journal of A: party B was pinned, and its journal is gone" in bundle.named(and_not_announced)


# ── checkpoints and cosignatures ────────────────────────────────────────────────────────────────────────


def checkpoints(lines: list[Line]) -> list[int]:
    return [n for n, line in enumerate(lines) if "checkpoint" in line]


def test_a_checkpoint_that_is_taken_out_lowers_what_is_claimed_and_is_noted(bundle: Bundle) -> None:
    def take_out(lines: list[Line]) -> None:
        drop(lines, checkpoints(lines)[0])

    report = bundle.forged(take_out)
    (note,) = report.notes
    assert (note.check, note.party) == (COSIGNATURES, "A")
    assert "and no checkpoint that it cosigned covers it (the newest: 0 entries)" in note.what
    assert report.journals[0].claimed == 0
    without_its_digest = b"".join(
        line for n, line in enumerate(bundle.data.splitlines(True)) if n != checkpoints(bundle.lines())[0]
    )
    assert any("its digest is not that" in one.what for one in bundle.verify(without_its_digest).findings)


def test_a_cosignature_that_is_taken_off_is_named(bundle: Bundle) -> None:
    def take_off(lines: list[Line]) -> None:
        for place in checkpoints(lines):
            text, signatures = split_note(lines[place]["checkpoint"])
            lines[place]["checkpoint"] = f"{text}\n{signatures[0].line()}"

    findings = bundle.forged(take_off).findings
    assert {one.check for one in findings} == {COSIGNATURES}
    assert all("nobody cosigned it" in one.what for one in findings)


def test_a_cosignature_by_a_stranger_is_named(bundle: Bundle) -> None:
    stranger = PartyKey.generate(SeededRandomness(8))

    def add(lines: list[Line]) -> None:
        line = lines[checkpoints(lines)[0]]
        text, _ = split_note(line["checkpoint"])
        line["checkpoint"] = add_signature(
            line["checkpoint"], cosign(text, "witness.example", stranger, START)
        )

    (finding,) = bundle.forged(add).findings
    assert finding.check == COSIGNATURES
    assert "a line by witness.example, whom no journal here has pinned" in finding.what


def test_a_checkpoint_in_another_place_is_named(bundle: Bundle) -> None:
    def move(lines: list[Line]) -> None:
        place = checkpoints(lines)[-1]
        lines.insert(place - 1, lines.pop(place))

    assert any("stands after" in line for line in bundle.named(move))

    def double(lines: list[Line]) -> None:
        place = checkpoints(lines)[0]
        lines.insert(place, lines[place])

    assert any("stands here twice" in line for line in bundle.named(double))


def test_a_checkpoint_of_another_history_is_named(bundle: Bundle, scene: Scene) -> None:
    def forge(lines: list[Line]) -> None:
        line = lines[checkpoints(lines)[0]]
        text, _ = split_note(line["checkpoint"])
        origin, size, _root = text.split("\n")[:3]
        note = sign_checkpoint(Checkpoint(origin, int(size), bytes(32)), scene.keys["A"])
        other = split_note(note)[0]
        line["checkpoint"] = add_signature(note, cosign(other, scene.cards[1].origin, scene.keys["B"], START))

    (finding,) = bundle.forged(forge).findings
    assert finding.check == 8
    assert "is not of the entries there are" in finding.what


# ── whole forgeries ─────────────────────────────────────────────────────────────────────────────────────


def test_a_resigned_journal_is_told_by_the_card(bundle: Bundle, scene: Scene) -> None:
    origin = scene.cards[0].origin
    thief = PartyKey.generate(SeededRandomness(99))
    anchored = bundle.forged(lambda lines: resigned(lines, origin, thief, {"number": 77}))
    wrong = [one for one in anchored.of_check(3) if one.party == "A"]
    assert len(wrong) == anchored.journals[0].entries
    assert "signed with another key than the pinned one" in wrong[0].what
    unanchored = bundle.forged(lambda lines: resigned(lines, origin, thief, {"number": 77}), cards=[])
    assert {8, 9} <= {one.check for one in unanchored.findings}
    assert not any(journal.anchored for journal in unanchored.journals)


def test_a_party_that_rewrites_its_own_journal_is_told_by_the_other_side(
    bundle: Bundle, scene: Scene
) -> None:
    origin, key = scene.cards[0].origin, scene.keys["A"]
    report = bundle.forged(lambda lines: resigned(lines, origin, key, {"number": 77}))
    assert {one.check for one in report.findings} == {8, 9}
    assert any("names another head than is held" in one.what for one in report.findings)


def test_a_bundle_that_was_made_up_is_unanchored_or_wrong(tmp_path: Path, scene: Scene) -> None:
    """Other keys, other journals, all in perfect order: only the reader's own card can tell."""
    a, b = make_pair(tmp_path, seed=5)
    a.journal.append("note", {"number": 1}, recipients=["*"])
    exchange_all(a, b)
    export_bundle(a.path, tmp_path / "made-up")
    made_up = Bundle((tmp_path / "made-up").read_bytes(), scene.cards, tmp_path / "x")
    report = made_up.verify()
    lines = [str(one) for one in report.of_check(5)]
    assert "journal of A: the card given for party A names another journal" in lines
    assert [journal.verified for journal in made_up.verify(cards=[]).journals] == [False, False]
    same_origin = Card.make(
        party="A",
        name="Party A",
        origin=a.card.origin,
        link_address="none",
        key=scene.keys["A"],
        root_key=None,
    )
    report = made_up.verify(cards=[same_origin])
    assert any(one.party == "A" for one in report.of_check(3))
    for party in (a, b):
        party.store.close()

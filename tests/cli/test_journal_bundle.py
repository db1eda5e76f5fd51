"""`journal export`, and `verify` and `show` on what it wrote, as a reader years later has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.journal import app
from tests.record.bundles import sealed
from tests.record.test_bundle import forked
from tests.record.worlds import exchange_all, make_pair

RUN = CliRunner()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    a, b = make_pair(tmp_path)
    a.journal.append("note", {"text": "hello"}, recipients=["*"], exercise=True)
    exchange_all(a, b)
    a.journal.append("note", {"text": "after"}, recipients=["*"], exercise=True)
    for party in (a, b):
        (tmp_path / f"{party.card.party}.card").write_text(party.card.dumps())
        party.store.close()
    done = RUN.invoke(app, ["export", str(tmp_path / "evidence"), "--node", str(a.path)])
    assert done.exit_code == 0, done.output
    assert f"{tmp_path / 'evidence'}: entries 5 of A, 3 of B; 2 cosigned checkpoints" in done.output
    return tmp_path / "evidence"


def test_a_reader_with_a_bundle_and_one_card_can_tell(bundle: Path) -> None:
    done = RUN.invoke(app, ["verify", str(bundle), "--card", str(bundle.parent / "A.card")])
    assert done.exit_code == 0
    lines = [line.strip() for line in done.output.splitlines()]
    assert [line.split(".")[0] for line in lines if line[:2].strip(".").isdigit()] == [
        str(n) for n in range(1, 15)
    ]
    assert "A: 5 entries, 5 EXERCISE, B holds 3; against the card given" in lines
    last = "last cosigned checkpoint: 4 entries, by party B at 2015-10-14T09:00:00.000Z (UNANCHORED)"
    assert f"{last}; nothing is claimed of the 1 after it" in lines
    assert lines[-1].startswith("Nothing wrong, but UNANCHORED: B.")
    listed = RUN.invoke(app, ["verify", str(bundle), "--card", str(bundle.parent / "A.card"), "--entries"])
    assert listed.exit_code == 0
    entries = listed.output.split("Journal of A\n")[1].split("Journal of B\n")[0].splitlines()
    said = [line for line in entries if "text " in line or "nothing is claimed" in line or "└" in line]
    assert "text hello" in said[-4]
    assert said[-3].strip() == "└ received by B at 2015-10-14T09:00:00.000Z"
    assert "of what follows nothing is claimed" in said[-2]
    assert "text after" in said[-1]
    shown = RUN.invoke(app, ["show", str(bundle), "--party", "A"])
    assert "text hello" in shown.output
    assert "└ received by B at 2015-10-14T09:00:00.000Z" in shown.output


def test_a_receipt_with_a_finding_does_not_say_received_unmarked(bundle: Path) -> None:
    lines = [json.loads(line) for line in bundle.read_bytes().splitlines()[:-1]]
    starts = [place for place, line in enumerate(lines) if "journal" in line]
    at = next(place for place, line in enumerate(lines) if place > starts[1] and line.get("sequence") == 2)
    lines[at]["salt"] = "00" * 16
    bundle.write_bytes(sealed(lines))
    done = RUN.invoke(app, ["verify", str(bundle), "--entries"])
    assert done.exit_code == 1
    assert "└ WRONG, see above: received by B at 2015-10-14T09:00:00.000Z" in done.output
    assert "└ received by B" not in done.output


def test_what_is_wrong_is_named_and_the_exit_status_is_1(bundle: Path) -> None:
    lines = [json.loads(line) for line in bundle.read_bytes().splitlines()[:-1]]
    lines[4]["salt"] = "00" * 16
    bundle.write_bytes(sealed(lines))
    cards = [word for party in "AB" for word in ("--card", str(bundle.parent / f"{party}.card"))]
    done = RUN.invoke(app, ["verify", str(bundle), *cards])
    assert done.exit_code == 1
    assert "- entry 2 of the journal of A: the envelope and its salt do not fit the leaf" in done.output
    assert done.output.splitlines()[-1] == "WRONG: 1 finding."
    listed = RUN.invoke(app, ["verify", str(bundle), "--entries", *cards])
    assert listed.exit_code == 1
    assert [line.split()[0] for line in listed.output.splitlines() if "WRONG, see above" in line] == ["2"]
    told = json.loads(
        RUN.invoke(app, ["verify", str(bundle), "--format", "json", "--entries", *cards]).output
    )
    assert [len(told["entries"][party]) for party in "AB"] == [5, 3]
    assert [(one["check"], one["party"], one["sequence"]) for one in told["findings"]] == [(2, "A", 2)]
    assert [one["claimed"] for one in told["journals"]] == [4, 3]


def test_what_cannot_be_read_is_one_line_and_2(bundle: Path) -> None:
    for data in (b"", b"no bundle", b"{}"):
        bundle.write_bytes(data)
        error = RUN.invoke(app, ["verify", str(bundle)]).exception
        assert isinstance(error, UnreadableError)
        assert (error.exit_code, str(error).count("\n")) == (2, 0)
    assert isinstance(RUN.invoke(app, ["verify", str(bundle.parent / "none")]).exception, UnreadableError)


def test_two_cards_of_one_journal_are_one_too_many(bundle: Path) -> None:
    card = ["--card", str(bundle.parent / "A.card")]
    error = RUN.invoke(app, ["verify", str(bundle), *card, *card]).exception
    assert isinstance(error, InputError)
    assert "a second card of party A" in str(error)


def test_a_proof_of_a_fork_is_checked_by_itself(tmp_path: Path) -> None:
    a, b = forked(tmp_path)
    (tmp_path / "A.card").write_text(a.card.dumps())
    for party in (a, b):
        party.store.close()
    (proof,) = (b.path / "forks").iterdir()
    done = RUN.invoke(app, ["verify", str(proof), "--card", str(tmp_path / "A.card")])
    assert done.exit_code == 0
    assert done.output.startswith("PROVED: the keys of party A signed two histories of ")
    assert "Against the card given" in done.output
    assert "UNANCHORED" in RUN.invoke(app, ["verify", str(proof)]).output
    value = json.loads(proof.read_text())
    proof.write_text(json.dumps({**value, "checkpoints": value["checkpoints"][:1] * 2}))
    wrong = RUN.invoke(app, ["verify", str(proof)])
    assert wrong.exit_code == 1
    assert wrong.output.startswith("PROVES NOTHING against party A: ")
    told = json.loads(RUN.invoke(app, ["verify", str(proof), "--format", "json"]).output)
    assert (told["proved"], told["party"]) == (False, "A")

"""`skyaccord accord`: check, new, sign, status, as a person at the terminal sees them."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from skyaccord.accord.source import shipped_text
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.cli.app import main
from skyaccord.record.folder import Folder
from skyaccord.record.journal import write_entry
from skyaccord.record.peers import pin_peer
from tests.accord.samples import SMALL, keyed, line_of
from tests.talks.world import PASSPHRASE, START, node_folder


class Terminal:
    """Runs commands in this process, as typed, and keeps what they print."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *words: object, code: int = 0) -> str:
        """Type `skyaccord accord WORDS`; it must end with `code`. Returns standard output, or the error."""
        self.monkeypatch.setattr(sys, "argv", ["skyaccord", "accord", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.capsys.readouterr()
        assert (ended.value.code or 0) == code, out + err
        assert "Traceback" not in out + err
        assert bool(err) == (code != 0 and not out)
        return str(out or err)

    def json(self, *words: object, code: int = 0) -> Any:
        return json.loads(self(*words, "--format", "json", code=code))


@pytest.fixture
def skyaccord(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return path


def test_check_reads_a_shipped_draft_aloud(skyaccord: Terminal) -> None:
    text = skyaccord("check", "rule-of-threes")
    for words in (
        "infringement = both limits broken; breach = still inside after 180 s",
        "advisory 120 s ahead, caution 60 s ahead, warning 30 s ahead",
        "A: Party A; no key",
        "everywhere",
        "from 2015-10-20T00:00:00.000Z with no end",
        "duty-officer: Duty officer, acknowledges within 30 s, then deputy",
        "sha256:",
        "draft: party A has no key yet",
    ):
        assert words in text


def test_check_says_every_problem_by_line(skyaccord: Terminal, tmp_path: Path) -> None:
    text = SMALL.replace("horizontal_nm = 3", "horizontl_nm = 3").replace("version = 1", "version = 0")
    path = tmp_path / "mine.toml"
    path.write_text(text)
    lines = skyaccord("check", path, code=2).splitlines()
    version, rule = line_of(text, "version"), line_of(text, "horizontl")
    assert lines == [
        f"skyaccord: error: {path}, line {version}, version: 0 is out of range; it must be at least 1",
        f"skyaccord: error: {path}, line {rule}, rule[0].horizontl_nm: unknown key; "
        "did you mean 'horizontal_nm'?",
    ]
    data = skyaccord.json("check", path, code=2)
    assert data["valid"] is False
    assert [(problem["line"], problem["field"]) for problem in data["problems"]] == [
        (version, "version"), (rule, "rule[0].horizontl_nm"),
    ]  # fmt: skip


def test_check_for_programs(skyaccord: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(keyed())
    data = skyaccord.json("check", path)
    assert data["valid"] is True
    assert data["draft"] is False
    assert data["accord"]["rule"][0]["horizontal_nm"] == 3
    assert data["digest"].startswith("sha256:")
    assert "either limit" not in data["readings"]["r"]
    assert "both limits broken" in data["readings"]["r"]


def test_a_file_that_is_none(skyaccord: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert skyaccord("check", path, code=2).count("\n") == 1
    path.write_bytes(b"\x1f\x8b\x00")
    assert "not UTF-8 text" in skyaccord("check", path, code=2)


def test_new_makes_a_copy_with_the_parties_of_the_cards(skyaccord: Terminal, tmp_path: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "north")
    path = tmp_path / "ours.toml"
    text = skyaccord(
        "new", "rule-of-threes", path, "--card", a.card_file, "--card", b.card_file, "--exercise",
        "--name", "north-sector",
    )  # fmt: skip
    assert text.startswith(f"{path} written\nEXERCISE ")
    assert "north: Party north; key " in text
    assert "draft" not in text
    assert "# How close." in path.read_text(encoding="utf-8")
    before = path.read_bytes()
    assert "exists already" in skyaccord("new", "rule-of-threes", path, code=2)
    assert path.read_bytes() == before
    other = tmp_path / "draft.toml"
    assert skyaccord.json("new", path, other)["accord"]["name"] == "north-sector"
    no_card = tmp_path / "no.json"
    no_card.write_text("format = 1\n", encoding="utf-8")
    assert "not a card" in skyaccord("new", path, tmp_path / "x.toml", "--card", no_card, code=2)
    assert not (tmp_path / "x.toml").exists()


def carry(source: Folder, target: Folder) -> None:
    """Copies the source's journal into the target's copy of it, as the link does."""
    stores = source.open_store(), target.open_store()
    try:
        sending, receiving = (
            folder.open_journal(store, None, ManualClock(START), SeededRandomness(1))
            for folder, store in zip((source, target), stores, strict=True)
        )
        for entry in sending.entries(after=receiving.held_from(sending.party) - 1):
            info = next(info for info in receiving.journals() if info.party == sending.party)
            with receiving.store.writing() as connection:
                write_entry(
                    connection, info, leaf=entry.leaf, salt=entry.salt, data=entry.data, kind=entry.kind
                )
    finally:
        for store in stores:
            store.close()


def pin(folder: Folder, peer: Folder) -> None:
    store = folder.open_store()
    try:
        key = folder.load_key(PASSPHRASE)
        pin_peer(folder.open_journal(store, key, ManualClock(START), SeededRandomness(2)), peer.card())
    finally:
        store.close()


def test_from_template_to_force(skyaccord: Terminal, tmp_path: Path, passphrase_file: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    pin(a, b)
    pin(b, a)
    path = tmp_path / "ours.toml"
    skyaccord("new", "rule-of-threes", path, "--card", a.card_file, "--card", b.card_file)
    secret = ("--passphrase-file", passphrase_file)

    assert "no accord on the record" in skyaccord("status", "--node", a.path)
    assert "nobody has signed it" in skyaccord("status", path, "--node", a.path, code=2)

    signed = skyaccord("sign", path, "--node", a.path, *secret)
    assert signed.startswith("party A has signed rule-of-threes version 1\n")
    assert "PROPOSED; party B has not signed" in signed
    again = skyaccord("sign", path, "--node", a.path, *secret)
    assert again.startswith("party A had signed before; nothing changed")
    one_line = skyaccord("status", path, "--node", a.path, code=2)
    assert one_line.count("\n") == 1
    assert f"{path}: not in force: party B has not signed" in one_line

    data = skyaccord.json("sign", path, "--node", b.path, *secret)
    assert (data["party"], data["signed_now"], data["state"]) == ("B", True, "proposed")
    carry(a, b)
    carry(b, a)
    for folder in (a, b):
        assert "IN FORCE; every party has signed it" in skyaccord("status", path, "--node", folder.path)
        everything = skyaccord.json("status", "--node", folder.path)
        assert [entry["state"] for entry in everything["accords"]] == ["in force"]
        assert [entry["party"] for entry in everything["accords"][0]["signed_by"]] == ["A", "B"]
        assert everything["refused"] == []

    path.write_text(path.read_text(encoding="utf-8") + "# a remark changes nothing\n", encoding="utf-8")
    assert skyaccord.json("status", path, "--node", b.path)["in_force"] is True
    changed = path.read_text(encoding="utf-8").replace("horizontal_nm = 3", "horizontal_nm = 2", 1)
    path.write_text(changed, encoding="utf-8")
    one_line = skyaccord("status", path, "--node", b.path, code=2)
    assert one_line.count("\n") == 1
    assert "changed after signing" in one_line
    assert skyaccord.json("status", path, "--node", b.path, code=2)["state"] == "unsigned"


def test_what_cannot_be_signed(skyaccord: Terminal, tmp_path: Path, passphrase_file: Path) -> None:
    a, c = node_folder(tmp_path, "A"), node_folder(tmp_path, "C")
    path = tmp_path / "ours.toml"
    path.write_text(keyed())
    secret = ("--passphrase-file", passphrase_file)
    assert "draft: no public key yet" in skyaccord(
        "sign", "rule-of-threes", "--node", a.path, *secret, code=2
    )
    assert "party C is not in the accord" in skyaccord("sign", path, "--node", c.path, *secret, code=2)
    assert "another public key for party A" in skyaccord("sign", path, "--node", a.path, *secret, code=2)
    assert "no such folder" in skyaccord("sign", path, "--node", tmp_path / "no", *secret, code=2)
    assert "not a node's folder" in skyaccord("status", "--node", tmp_path, code=2)
    wrong = tmp_path / "wrong"
    wrong.write_text("not it\n")
    assert "wrong passphrase" in skyaccord("sign", path, "--node", a.path, "--passphrase-file", wrong, code=2)
    assert skyaccord.json("status", "--node", a.path)["accords"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["chek", "x"], "No such command 'chek'"),
        (["check"], "Missing argument"),
        (["status", "--nodes", "x"], "--nodes"),
        (["check", "rule-of-threes", "--format", "yaml"], "yaml"),
    ],
)
def test_a_slip_of_the_pen_is_one_line(skyaccord: Terminal, words: list[str], says: str) -> None:
    line = skyaccord(*words, code=2)
    assert line.startswith("skyaccord: error: ")
    assert line.count("\n") == 1
    assert says in line


def test_text_in_a_language(skyaccord: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "text.html"
    assert skyaccord("text", "rule-of-threes", "--language", "ar", "--out", path) == f"{path} written\n"
    page = path.read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl">' in page
    digest = skyaccord.json("check", "rule-of-threes")["digest"]
    assert digest in page
    assert skyaccord("text", "rule-of-threes").startswith("<!doctype html>")
    assert "choose one of en, ru, ar" in skyaccord("text", "rule-of-threes", "--language", "xx", code=2)
    nowhere = tmp_path / "no" / "text.html"
    assert "cannot be written" in skyaccord("text", "rule-of-threes", "--out", nowhere, code=2)


def test_show_says_everything_in_words(skyaccord: Terminal) -> None:
    text = skyaccord("show", "rule-of-threes")
    assert "Keeping either one is enough" in text
    assert "## Phrasebook" in text
    assert "УЧЕНИЕ" not in skyaccord("show", "rule-of-threes", "--language", "ru")
    data = skyaccord.json("show", "rule-of-threes")
    assert data["accord"]["frequency_plan"]["version"] == 1
    assert data["annexes"]["frequencies"]["version"] == 1
    assert data["annexes"]["frequencies"]["digest"].startswith("sha256:")


def test_diff_by_field_and_in_each_text(skyaccord: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "theirs.toml"
    path.write_text(shipped_text("rule-of-threes").replace("horizontal_nm = 3\n", "horizontal_nm = 5\n"))
    text = skyaccord("diff", "rule-of-threes", path, "--language", "ru")
    assert "\nrule.threes.horizontal_nm: 3 → 5\n" in text
    assert "[-3-]{+5+}" in text
    data = skyaccord.json("diff", "rule-of-threes", path, "--language", "ar")
    assert data["changes"][0]["after"] == 5
    assert not data["same"]
    assert list(data["redlines"]) == ["ar"]
    assert "no field differs" in skyaccord("diff", path, path)
    page = tmp_path / "redline.html"
    skyaccord("diff", "rule-of-threes", path, "--format", "html", "--out", page)
    assert "<ins>5</ins>" in page.read_text(encoding="utf-8")


def test_a_pdf_and_its_file(skyaccord: Terminal, tmp_path: Path) -> None:
    pdf, other = tmp_path / "ar.pdf", tmp_path / "other.toml"
    assert skyaccord("text", "rule-of-threes", "--language", "ar", "--pdf", pdf) == f"{pdf} written\n"
    assert "PDF text (ar)" in skyaccord("check", "rule-of-threes", "--against-text", pdf)
    assert skyaccord.json("check", "rule-of-threes", "--against-text", pdf)["same"]
    other.write_text(shipped_text("rule-of-threes").replace("mhz = 243.0", "mhz = 242.5"))
    assert "of another accord" in skyaccord("check", other, "--against-text", pdf, code=2)
    assert "--out is for HTML" in skyaccord("text", other, "--pdf", pdf, "--out", pdf, code=2)
    assert "cannot be written" in skyaccord("text", other, "--pdf", tmp_path / "no" / "x.pdf", code=2)


def test_accords_on_the_record_are_named_by_their_digest(skyaccord: Terminal, tmp_path: Path) -> None:
    a, b = node_folder(tmp_path, "A"), node_folder(tmp_path, "B")
    path = tmp_path / "ours.toml"
    skyaccord("new", "rule-of-threes", path, "--card", a.card_file, "--card", b.card_file)
    passphrase_file = tmp_path / "passphrase"
    passphrase_file.write_text(PASSPHRASE + "\n")
    skyaccord("sign", path, "--node", a.path, "--passphrase-file", passphrase_file)
    digest = skyaccord.json("show", path)["digest"]
    assert skyaccord.json("show", digest[:20], "--node", a.path)["digest"] == digest
    text = skyaccord("diff", "rule-of-threes", digest, "--node", a.path)
    assert 'party.A.public_key: added "' in text
    assert "no accord has this digest" in skyaccord("show", "sha256:00", "--node", a.path, code=2)

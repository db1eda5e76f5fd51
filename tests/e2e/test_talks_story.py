"""The story of docs/talks.md, at two running nodes, by the commands that it shows: from a template to force.

EXERCISE. Two representatives, two rounds; an approach becomes an agenda item; a clause is countered after
looking at what it would have raised; one is blocked and later agreed; both sign; a member is told, an annex
amended, the accord suspended while monitoring, link and record go on.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skyaccord.accord.source import load_accord
from skyaccord.base.errors import InputError
from skyaccord.record.keys import PersonKey
from tests.node.scene import Party, must, wait_for
from tests.node.sky import write_pass

SKY_S = 460
SPEED = 12.0
DATE = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}"  # of both rounds: what has not come cannot have been held
PAGE = Path(__file__).parents[2] / "docs" / "talks.md"
VARIES = (
    (re.compile(r"sha256:[0-9a-f]+"), "DIGEST"),
    (re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+Z"), "TIME"),
    (re.compile(r"\b([AB]):\d+"), r"\1:N"),
    (re.compile(r"\d+ entries"), "N entries"),
    (re.compile(", the last recorded at TIME"), ""),  # where the last one is not sealed
)
"""What differs from run to run."""
CLOCKED = "$ skyaccord accord suspend "
"""Whether its notice has run when it answers depends on how busy the machine is."""


class Representative:
    """A person at a party's shell: every command they type, and what it printed, as the page shows it."""

    def __init__(self, party: Party, book: list[str]) -> None:
        self.party = party
        self.book = book
        self.key = party.root / f"rep-{party.id}.key"
        PersonKey.generate().save(self.key, party.passphrase.read_text(encoding="utf-8").strip())
        public = PersonKey.load(self.key, party.passphrase.read_text(encoding="utf-8").strip()).public
        must(
            "node", "enrol", party.folder, public, "--role", "representative",
            "--name", f"Representative of {party.id}", "--passphrase-file", party.passphrase,
        )  # fmt: skip

    def run(self, *arguments: str | Path) -> str:
        """A command about this party's node."""
        shown = must(*arguments, "--node", self.party.folder)
        self._note([*arguments, "--node", self.party.id], shown)
        return shown

    def run_alone(self, *arguments: str | Path) -> str:
        """A command that needs no node."""
        shown = must(*arguments)
        self._note(list(arguments), shown)
        return shown

    def sign(self, *arguments: str | Path) -> str:
        """A step signed with the representative's own key."""
        secret = ("--as", self.key, "--person-passphrase-file", self.party.passphrase)
        shown = must(*arguments, "--node", self.party.folder, *secret)
        self._note([*arguments, "--node", self.party.id, "--as", f"rep-{self.party.id}.key"], shown)
        return shown

    def seal(self, *arguments: str | Path) -> str:
        """A step with the party's own key."""
        shown = must(*arguments, "--node", self.party.folder, "--passphrase-file", self.party.passphrase)
        self._note([*arguments, "--node", self.party.id], shown)
        return shown

    def see(self, *arguments: str) -> Any:
        """What a command shows as JSON."""
        return json.loads(must(*arguments, "--node", self.party.folder, "--format", "json"))

    def clause(self, path: str) -> str:
        """The state of a clause as this side sees it."""
        return str(self.see("talks", "status", "--clause", path)["state"])

    def _note(self, arguments: list[Any], shown: str) -> None:
        words = [str(one).replace(f"{self.party.root}/", "") for one in arguments]
        typed = " ".join(f'"{word}"' if " " in word else word for word in words)
        self.book.append(f"$ skyaccord {typed}\n{shown.replace(f'{self.party.root}/', '')}")


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Representative, Representative]]:
    write_pass(tmp_path, name="sky.jsonl", seconds=SKY_S)
    a, b = Party("A", tmp_path), Party("B", tmp_path)
    book: list[str] = []
    try:
        for party in (a, b):
            party.init()
        a.introduce(b)
        b.introduce(a)
        sides = Representative(a, book), Representative(b, book)
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for("the node is up", partial(party.get, "health"))
            party.feed(speed=SPEED)
        yield sides
    finally:
        a.close()
        b.close()
        if out := os.environ.get("TALKS_STORY"):
            Path(out).write_text("\n".join(book), encoding="utf-8")


def until(what: str, look: Any) -> Any:
    """The other side's word arrives over the link."""

    def quietly() -> Any:
        try:
            return look()
        except InputError:
            return None

    return wait_for(what, quietly)


def test_from_a_template_to_force_and_beyond(
    sides: tuple[Representative, Representative], tmp_path: Path
) -> None:
    a, b = sides
    first_round(a, b, tmp_path)
    second_round(a, b, tmp_path)
    in_force(a, b, tmp_path)
    life_after(a, b, tmp_path)
    the_page_shows_what_was_printed(a.book)


def the_page_shows_what_was_printed(book: list[str]) -> None:
    """Every command of the story in docs/talks.md was typed here, and printed what stands under it there, if
    anything does."""
    printed: dict[str, list[list[str]]] = {}
    for entry in book:
        command, _, shown = entry.partition("\n")
        printed.setdefault(steady(command), []).append(steady(shown).split("\n"))
    story = PAGE.read_text("utf-8").split("## Try a clause")[0].replace("\\\n    ", "")
    told = 0
    for block in re.findall(r"```console\n(.*?)```", story, flags=re.DOTALL):
        for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
            if part:
                command, _, shown = part.partition("\n")
                was = printed.get(steady(command), [])
                lines = steady(shown).split("\n")
                assert was, command
                if steady(shown) and not command.startswith(CLOCKED):
                    assert any(agree(lines, one) for one in was), (part, was)
                told += 1
    assert told > 30


def steady(text: str) -> str:
    """Without what differs from run to run."""
    for pattern, name in VARIES:
        text = pattern.sub(name, text)
    return text.strip()


def agree(lines: list[str], was: list[str]) -> bool:
    """Whether these lines of the page were printed; one that ends in "…" goes on."""
    if len(lines) != len(was):
        return False
    pairs = zip(lines, was, strict=True)
    return all(one == other or (one.endswith(" …") and other.startswith(one[:-2])) for one, other in pairs)


def first_round(a: Representative, b: Representative, root: Path) -> None:
    """The draft, the agenda with an approach in it, a counter after a trial, a block, minutes."""
    approach = until("an approach is on A's record", lambda: a.see("talks", "agenda", "--subjects"))[0]
    draft = root / "draft.toml"
    a.run_alone(
        "accord", "new", "rule-of-threes", draft, "--card", a.party.card, "--card", b.party.card,
        "--name", "north-sector", "--exercise",
    )  # fmt: skip
    a.sign("talks", "open", draft)
    a.run("talks", "agenda", "--subjects")
    a.sign("talks", "agenda", "--from", approach["from"], "--round", "1")
    a.sign(
        "talks", "round", "1", "--starts", DATE, "--by", "video",
        "--interpreter", "A's, Russian and English", "--delegate", "R. Ames, chair", "--item", "1",
    )  # fmt: skip
    until("B has the round", lambda: b.see("talks", "status")["rounds"])
    about = b.see("talks", "status")["agenda"][0]["subject"]
    assert (about["what"], about["aircraft"]) == ("approach", ["ALFA01", "BRAVO1"])
    b.sign("talks", "round", "1", "--delegate", "V. Orlov, chair")
    b.sign("talks", "agenda", "--accept", "1")
    tried = b.run_alone(
        "accord", "try", draft, "--on", root / "sky.jsonl", "--party-map", root / "parties.csv",
        "--sweep", "rule.threes.horizontal_nm=2,3,5", "--report", root / "trial.html",
    )  # fmt: skip
    assert "rule.threes.horizontal_nm = 5 instead of the draft would have" in tried
    assert "<svg" in (root / "trial.html").read_text(encoding="utf-8")
    b.sign("talks", "counter", "rule.threes", "--set", "horizontal_nm=5", "--because", "see the trial")
    b.sign("talks", "counter", "suspension", "--set", "notice_s=60", "--because", "for the exercise")
    b.sign("talks", "block", "role.representative", "--because", "no instructions on representatives yet")
    b.sign("talks", "comment", "watch", "20 NM was the first report", "--language", "en")
    b.sign("talks", "agree", "--all")
    until("A has the block", lambda: a.clause("role.representative") == "blocked")
    until("A has all that B agreed to", lambda: a.clause("validity") == "agreed")
    a.run("talks", "status")
    crossed_counters(a, b)
    for side, name in ((a, "R. Ames, chair"), (b, "V. Orlov, chair")):
        side.sign("talks", "round", "1", "--held", "--delegate", name)
    (root / "minutes.en.txt").write_text("The delegations met by video. The tone was factual.\n", "utf-8")
    (root / "minutes.ru.txt").write_text("Делегации встретились по видеосвязи.\n", "utf-8")
    until("A has B's word", lambda: a.see("talks", "status")["rounds"][0]["attendance"].get("B"))
    a.sign(
        "talks", "minutes", "1", "--text", f"en={root / 'minutes.en.txt'}", "--text",
        f"ru={root / 'minutes.ru.txt'}",
    )  # fmt: skip
    until("B has the minutes", lambda: b.see("talks", "minutes", "1"))
    b.run("talks", "minutes", "1")
    assert "closed" in b.sign("talks", "close", "1")


def crossed_counters(a: Representative, b: Representative) -> None:
    """Both counter the same clause while the line is cut: nothing is lost, both nodes show the conflict, and
    the next word that has read both settles it."""
    reopened = "title"
    a.sign("talks", "reopen", reopened, "--because", "a shorter one")
    until("B has the word", lambda: b.clause(reopened) == "reopened")
    for side in (a, b):
        side.party.proxy.cut()
    for side, text in ((a, "The north sector"), (b, "North")):
        side.sign("talks", "counter", reopened, "--set", f"title={text}")
        assert side.clause(reopened) == "countered"  # of the other's word nothing is known here
    for side in (a, b):
        side.party.proxy.restore()
    for side in (a, b):
        until(f"{side.party.id} shows the conflict", lambda: side.clause(reopened) == "conflict")  # noqa: B023
        shown = side.see("talks", "status", "--clause", reopened)
        assert {"The north sector", "North"} <= {text["value"] for text in shown["texts"]}
        assert set(shown["stands_for"].values()) == {text["digest"] for text in shown["texts"][-2:]}
    assert "CONFLICT: both sides moved at once" in b.run("talks", "status", "--clause", reopened)
    a.run("talks", "status", "--clause", reopened, "--between", "1,3", "--language", "ru")
    b.sign("talks", "agree", reopened)
    until("A sees it agreed", lambda: a.clause(reopened) == "agreed")


def second_round(a: Representative, b: Representative, root: Path) -> None:
    """The counter is agreed, the block lifted, the item dealt with; everything is agreed."""
    until("A has the minutes signed", lambda: a.see("talks", "status")["rounds"][0]["state"] == "closed")
    a.run("talks", "status", "--clause", "rule.threes")
    a.sign("talks", "agree", "rule.threes", "suspension")
    a.sign("talks", "round", "2", "--starts", DATE, "--by", "video", "--item", "1")
    until(
        "B has A's word",
        lambda: b.clause("rule.threes") == "agreed" and len(b.see("talks", "status")["rounds"]) > 1,
    )
    b.sign("talks", "agree", "role.representative")
    b.sign("talks", "agenda", "--dealt", "1", "--round", "2")
    b.sign("talks", "round", "2", "--held", "--delegate", "V. Orlov, chair")
    until("A sees all agreed", lambda: a.see("talks", "status")["all_agreed"])
    a.sign("talks", "round", "2", "--held", "--delegate", "R. Ames, chair")
    a.sign("talks", "minutes", "2", "--text", f"en={root / 'minutes.en.txt'}")
    until("B has the minutes", lambda: b.see("talks", "minutes", "2"))
    assert "closed" in b.sign("talks", "close", "2")


def in_force(a: Representative, b: Representative, root: Path) -> None:
    """Both nodes write the same file from what was agreed, and sign it."""
    for side in (a, b):
        side.run("talks", "draft", root / f"north-sector.{side.party.id}.toml")
    ours, theirs = (load_accord(root / f"north-sector.{one}.toml") for one in "AB")
    assert ours.digest == theirs.digest
    assert ours.accord.rules[0].horizontal_nm == 5.0
    assert "# The rule of threes" in ours.text  # comments of the template stay
    a.seal("accord", "sign", root / "north-sector.A.toml")
    until("B has A's signature", lambda: b.see("accord", "status")["accords"])
    b.seal("accord", "sign", root / "north-sector.B.toml")
    until("A has B's", lambda: a.see("accord", "status")["accords"][0]["state"] == "in force")
    a.sign("accord", "told", "north-sector", "--member", "Party A", "--by", "chief of operations")
    a.run("accord", "status")


def life_after(a: Representative, b: Representative, root: Path) -> None:
    """An annex is amended on its own; a suspension runs its notice; what must go on goes on."""
    theirs = root / "frequencies-2.B.toml"
    ours = root / "frequencies-2.A.toml"
    a.run("accord", "annex", "north-sector", "frequencies", ours)
    with ours.open("a", encoding="utf-8") as file:
        file.write('\n[[frequency]]\nname = "working"\nmhz = 123.45\nuse = "Working pair."\n')
    a.seal("accord", "amend", ours)
    until("B has A's amendment", lambda: versions_of_frequencies(b) == [1, 2])
    b.run("accord", "annex", "north-sector", "frequencies", theirs, "--version", "2")
    assert theirs.read_text(encoding="utf-8") == ours.read_text(encoding="utf-8")
    b.seal("accord", "amend", theirs)
    running = until("the amendment runs at A", lambda: annex_in_force(a, 2))
    assert running["signed_by"] == ["A", "B"]
    b.sign("accord", "suspend", "north-sector", "--because", "the events of 7 April")
    until("suspended at A", lambda: a.see("accord", "status")["accords"][0]["state"] == "suspended")
    a.run("accord", "status")
    status = a.party.get("status")
    assert [one["state"] for one in status["political"]] == ["suspended"]
    assert [one["link"] for one in status["circuit"]] == ["up"]
    assert status["accords"][0]["watched"] is True
    before = b.party.held()["A"]
    told = a.party.act({"act": "message", "to_role": "duty-officer", "text": "the line", "language": "en"})
    assert told.status_code == 201
    wait_for("the line and the record go on", lambda: b.party.held()["A"] > before)
    b.sign("accord", "resume", "north-sector", "--because", "the talks of 6 May")


def versions_of_frequencies(side: Representative) -> list[int]:
    """Versions of the frequencies' annex that this side knows of, running or not."""
    rows = side.see("accord", "status")["accords"][0]["annexes"]
    return [row["version"] for row in rows if row["annex"] == "frequencies"]


def annex_in_force(side: Representative, version: int) -> Any:
    """The row of the frequencies' annex, once this version runs."""
    rows = side.see("accord", "status")["accords"][0]["annexes"]
    fitting = [row for row in rows if row["annex"] == "frequencies" and row["version"] == version]
    return fitting[0] if fitting and fitting[0]["state"] == "in force" else None

"""`skyaccord talks` and the accord's steps without a running node: what a slip is told, in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skyaccord.accord.drafting import fill_keys
from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import SkyAccordError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.keys import PersonKey
from skyaccord.record.peers import pin_peer
from skyaccord.talks.acts import REPRESENTATIVE
from tests.accord.samples import SMALL
from tests.cli.folders import new_folder
from tests.node.scene import must

SECRET = "a passphrase of a test"


class Shell:
    """A representative at party A's folder; no node runs, B is only a card."""

    def __init__(self, root: Path) -> None:
        self.root, self.secret, self.key = root, root / "secret", root / "rep.key"
        self.secret.write_text(SECRET, encoding="utf-8")
        self.folders = {party: new_folder(root, party, SECRET) for party in "AB"}
        person = PersonKey.generate()
        person.save(self.key, SECRET)
        folder = self.folders["A"]
        store = folder.open_store()
        journal = folder.open_journal(store, folder.load_key(SECRET), SystemClock(), SystemRandomness())
        pin_peer(journal, self.folders["B"].card())
        body = {"public_key": person.public, "name": "R. Ames", "role": REPRESENTATIVE, "automatic": False}
        journal.append("person.enrolled", body, recipients=["*"])
        store.close()
        self.draft = root / "draft.toml"
        keys = {party: folder.card().public_key for party, folder in self.folders.items()}
        self.draft.write_text(fill_keys(SMALL, keys), encoding="utf-8")

    def sign(self, *words: str | Path) -> str:
        return must(
            *words, "--node", self.folders["A"].path, "--as", self.key,
            "--person-passphrase-file", self.secret, "--passphrase-file", self.secret,
        )  # fmt: skip

    def run(self, *words: str | Path) -> str:
        return must(*words, "--node", self.folders["A"].path)

    def told(self, *words: str | Path) -> str:
        """The one line that a slip is answered with."""
        with pytest.raises(SkyAccordError) as caught:
            self.sign(*words)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("talks"))
    assert "party A opened talks small with A and B" in made.sign("talks", "open", made.draft)
    return made


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("talks", "propose", "rule.r"), "that is the text on the table"),
        (("talks", "propose", "rule.r", "--set", "horizontal_nm"), "is not FIELD=VALUE"),
        (
            ("talks", "propose", "rule.r", "--set", "horizontal_nm=-1"),
            "-1 is out of range; it must be greater than 0",
        ),
        (("talks", "propose", "rule.r", "--set", "weapon=x"), "unknown key"),
        (("talks", "propose", "rules.r", "--set", "x=1"), "is no clause's path"),
        (("talks", "counter", "rule.r", "--set", "horizontal_nm=4"), "your own side proposed it"),
        (("talks", "agree", "rule.r"), "your side stands for it already"),
        (("talks", "agree", "--all"), "nothing waits for your side"),
        (("talks", "block", "rule.x", "--because", "why"), "nothing is proposed at this path"),
        (("talks", "round", "1"), "give --starts TIME and --by HOW"),
        (("talks", "round", "2", "--held"), "no such round is planned"),
        (("talks", "agenda", "--accept", "7"), "there is no agenda item 7"),
        (("talks", "agenda", "--from", "nonsense"), "names no entry"),
        (("talks", "agenda", "--from", "A:1"), "nothing to put on an agenda"),
        (("talks", "agenda", "--from", "A:99"), "no such entry is held here"),
        (("talks", "close", "1"), "the other side has written no minutes yet"),
        (("talks", "minutes", "1", "--text", "de=x"), "is not LANGUAGE=FILE"),
        (("talks", "propose", "rule.r", "--talks", "other", "--set", "x=1"), "no talks 'other' at party A"),
        (("accord", "suspend", "small", "--because", "why"), "no accord 'small' on the record"),
    ],
)
def test_a_slip_is_one_line_that_says_what_to_do(shell: Shell, words: tuple[str, ...], why: str) -> None:
    assert why in shell.told(*words)


def test_a_second_text_takes_the_place_of_ones_own(shell: Shell) -> None:
    shown = shell.sign("talks", "propose", "rule.r", "--set", "max_dwell_s=120", "--because", "as in 2015")
    assert "max_dwell_s: (nothing) → 120" in shown
    clause = json.loads(shell.run("talks", "status", "--clause", "rule.r", "--format", "json"))
    assert [text["number"] for text in clause["texts"]] == [1, 2]
    assert clause["state"] == "proposed"
    told = shell.run("talks", "status", "--clause", "rule.r", "--language", "ar")
    assert "text (ar)" in told
    shell.sign("talks", "propose", "rule.r", "--set", "max_dwell_s=60")
    told = shell.run("talks", "status", "--clause", "rule.r", "--language", "ru", "--between", "1,3")
    compared = told[told.index("version 3 against version 1") :]
    assert "max_dwell_s: (nothing) → 60" in compared
    assert "text (ru)" in compared
    for wrong, why in (("1", "is not M,N"), ("1,9", "its versions are 1 to 3"), ("2,2", "name two")):
        assert why in _told(shell, "talks", "status", "--clause", "rule.r", "--between", wrong)
    assert "name it with --clause" in _told(shell, "talks", "status", "--between", "1,2")


def test_a_command_that_signs_nothing_says_so(shell: Shell) -> None:
    assert (
        shell.told("talks", "status")
        == "--as: `skyaccord talks status` reads and signs nothing; leave --as out"
    )


def test_status_and_agenda_tell_people_and_programs_the_same(shell: Shell) -> None:
    shell.sign("talks", "agenda", "The pass of Saturday", "--because", "both crews saw it")
    assert "The pass of Saturday (asked by A): REQUESTED" in shell.run("talks", "agenda")
    data: Any = json.loads(shell.run("talks", "status", "--format", "json"))
    assert [item["title"] for item in data["agenda"]] == ["The pass of Saturday"]
    assert data["talks"] == "small"
    assert "talks small between A and B" in shell.run("talks", "status")


def test_a_draft_is_written_once_and_never_over_another_file(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "ours.toml"
    assert "not agreed yet" in str(_error(shell, "talks", "draft", target))
    assert "written" in shell.run("talks", "draft", target, "--open")
    assert "exists already" in str(_error(shell, "talks", "draft", target, "--open"))


def _told(shell: Shell, *words: str | Path) -> str:
    return str(_error(shell, *words))


def _error(shell: Shell, *words: str | Path) -> SkyAccordError:
    with pytest.raises(SkyAccordError) as caught:
        shell.run(*words)
    return caught.value

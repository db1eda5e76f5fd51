"""Two duty rooms with nothing but a shell: folders, an accord in force, parcels carried by hand. EXERCISE."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest

from skyaccord.accord.drafting import fill_keys
from skyaccord.accord.source import shipped_text
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.cli.app import main
from skyaccord.record.folder import Folder
from skyaccord.record.keys import PersonKey
from skyaccord.record.peers import pin_peer
from tests.cli.folders import new_folder
from tests.incidents.said import Teller

SECRET = "a passphrase of a test"
TOWN = """
[[area]]
name = "Eastern town"
circle = { latitude = 35.33, longitude = 40.14, radius_nm = 2 }
[[area]]
name = "Everywhere around"
circle = { latitude = 35.0, longitude = 39.0, radius_nm = 400 }
"""
PEOPLE = {
    "A": {"noor": ("Noor", "duty-officer"), "amal": ("Amal", "duty-officer")},
    "B": {"ivan": ("Ivan", "duty-officer"), "lena": ("Lena", "deputy")},
}


class Answer:
    """What a command said. lines: on standard output; error: the one line on standard error."""

    def __init__(self, status: int, output: str, errors: str) -> None:
        self.status = status
        self.output = output
        self.lines = output.splitlines()
        self.error = errors.strip()


class Rooms:
    """Both sides. No node runs: what is said is journalled with the party's passphrase, carried by hand."""

    def __init__(self, root: Path) -> None:
        self.root, self.secret = root, root / "secret"
        self.secret.write_text(SECRET, encoding="utf-8")
        self.parcels = 0
        self.keys = {who: root / f"{who}.key" for people in PEOPLE.values() for who in people}
        self.folders = {party: new_folder(root, party, SECRET) for party in PEOPLE}
        for party, folder in self.folders.items():
            self._settle(party, folder)
        text = shipped_text("rule-of-threes") + TOWN
        card_keys = {party: folder.card().public_key for party, folder in self.folders.items()}
        draft = root / "east.toml"
        draft.write_text(fill_keys(text, card_keys).replace('"rule-of-threes"', '"east"', 1), "utf-8")
        for folder in self.folders.values():
            self.must("accord", "sign", draft, "--node", folder.path, "--passphrase-file", self.secret)
        self.carry()

    def _settle(self, party: str, folder: Folder) -> None:
        """Pin the other side, enrol one's own people."""
        store = folder.open_store()
        journal = folder.open_journal(store, folder.load_key(SECRET), SystemClock(), SystemRandomness())
        for other, its_folder in self.folders.items():
            if other != party:
                pin_peer(journal, its_folder.card())
        for who, (name, role) in PEOPLE[party].items():
            key = PersonKey.generate()
            key.save(self.keys[who], SECRET)
            body = {"public_key": key.public, "name": name, "role": role, "automatic": False}
            journal.append("person.enrolled", body, recipients=["*"])
        store.close()

    def shell(self, *words: str | Path) -> Answer:
        """Type `skyaccord WORDS`, as a shell does."""
        output, errors = io.StringIO(), io.StringIO()
        typed, sys.argv = sys.argv, ["skyaccord", *map(str, words)]
        try:
            with (
                contextlib.redirect_stdout(output),
                contextlib.redirect_stderr(errors),
                pytest.raises(SystemExit) as ended,
            ):
                main()
        finally:
            sys.argv = typed
        return Answer(int(ended.value.code or 0), output.getvalue(), errors.getvalue())

    def must(self, *words: str | Path) -> Answer:
        """A command that has to work."""
        answer = self.shell(*words)
        assert answer.status == 0, answer.error
        return answer

    def look(self, party: str, *words: str | Path) -> Answer:
        """A command that reads."""
        return self.shell("hotline", *words, "--node", self.folders[party].path)

    def act(self, who: str, *words: str | Path) -> Answer:
        """A command by which a person acts."""
        party = next(party for party, people in PEOPLE.items() if who in people)
        return self.shell(
            "hotline", *words, "--node", self.folders[party].path, "--as", self.keys[who],
            "--person-passphrase-file", self.secret, "--passphrase-file", self.secret,
        )  # fmt: skip

    def said(self, who: str, *words: str | Path) -> str:
        """Act, and what the entry is called: PARTY:NUMBER."""
        answer = self.act(who, *words)
        assert answer.status == 0, answer.error
        return answer.output.rsplit("(entry ", 1)[1].rstrip(")\n")

    def alert(self, party: str) -> str:
        """An alert of a party's node, as its watch would journal it; what the entry is called."""
        folder = self.folders[party]
        body = Teller(party).alert("raised", 0.0, cpa_s=40.0, tier="warning")[2]
        store = folder.open_store()
        journal = folder.open_journal(store, folder.load_key(SECRET), SystemClock(), SystemRandomness())
        entry = journal.append("alert", body, recipients=["*"], exercise=True)
        store.close()
        return f"{party}:{entry.sequence}"

    def carry(self) -> None:
        """Carry parcels both ways, twice: what was said, and the receipts for it."""
        for sender, taker in (("A", "B"), ("B", "A")) * 2:
            self.parcels += 1
            parcel = self.root / f"{self.parcels}.parcel"
            secret = ("--passphrase-file", self.secret)
            self.must("link", "export", parcel, "--node", self.folders[sender].path, "--peer", taker, *secret)
            self.must("link", "import", parcel, "--node", self.folders[taker].path, *secret)

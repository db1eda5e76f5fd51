"""Makes docs/vectors/bundles: a good bundle and bad ones, for whoever writes another verifier.

python -m tests.record.bundle_vectors docs/vectors/bundles
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.checkpoint import split_note
from skyaccord.record.erasure import Retention, erase
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import KeyRotated, KindRegistry
from skyaccord.record.rotation import rotate_key
from skyaccord.record.statement import sign_statement
from skyaccord.record.verify_bundle import verify_bundle
from tests.record.bundles import Bundle, Line, of_kind, place_of, resigned, sealed
from tests.record.worlds import START, Party, enrol, exchange_all, make_pair, said

GOOD = "good.bundle"


def make_good(folder: Path) -> tuple[Bundle, Party, Party]:
    """Everything a bundle can hold but a fork, as A holds it. Seeded keys, a clock in our hand."""
    a, b = make_pair(folder, seed=40)
    officers = {
        party.card.party: PersonKey.generate(SeededRandomness(41 + n)) for n, party in enumerate((a, b))
    }
    for party in (a, b):
        enrol(party, officers[party.card.party])
    a.journal.append_statement("message", said(a, officers["A"], text="To be erased"), recipients=["*"])
    a.journal.append("note", {"text": "for nobody else"}, recipients=[])
    exchange_all(a, b)
    a.clock.advance(5)
    erase(
        a.journal,
        Retention(frozenset(("message",)), START + timedelta(seconds=1), "EXERCISE, kept long enough"),
    )
    asked = a.journal.append_statement("message", said(a, officers["A"]), recipients=["*"])
    a.journal.append(
        "silence",
        {"of": asked.ref.model_dump(), "party": "B", "role": "duty-officer", "deadline_s": 60.0},
        recipients=["*"],
    )
    exchange_all(a, b)
    b.journal.append("note", {"text": "sealed to A"}, recipients=[])
    answer = sign_statement(
        {
            "act": "acknowledge",
            "party": "B",
            "role": "duty-officer",
            "at": b.clock.now(),
            "accord": None,
            "exercise": True,
            "automatic": False,
            "of": asked.ref.model_dump(),
        },
        officers["B"],
    )
    b.journal.append_statement("acknowledgement", answer, recipients=["*"])
    kinds, b.journal.kinds = b.journal.kinds, KindRegistry()
    b.journal.append("person.enrolled", {"name": "no key"}, recipients=["*"])  # A refuses it
    b.journal.kinds = kinds
    assert a.root is not None
    rotated = rotate_key(a.journal, a.root, PartyKey.generate(SeededRandomness(45)), a.card)
    a.card = KeyRotated.model_validate(rotated.body).card
    a.key = PartyKey.generate(SeededRandomness(45))
    a.reopen()
    exchange_all(a, b)
    a.journal.append("note", {"text": "after the last cosigned checkpoint"}, recipients=["*"])
    export_bundle(a.path, folder / GOOD)
    for party in (a, b):
        party.store.close()
    return Bundle((folder / GOOD).read_bytes(), [a.card, b.card], folder / "changed"), a, b


def bad_ones(a: Party, b: Party) -> dict[str, Callable[[list[Line]], Any]]:
    """Name → what is changed; the digest is made anew each time."""

    def signature(lines: list[Line]) -> None:
        line = lines[place_of(lines, "A", 2)]
        place = line["envelope"].index('"sig":"') + 7
        other = "B" if line["envelope"][place] == "A" else "A"
        line["envelope"] = line["envelope"][:place] + other + line["envelope"][place + 1 :]

    def salt(lines: list[Line]) -> None:
        lines[place_of(lines, "A", 2)]["salt"] = "00" * 16

    def dropped(lines: list[Line]) -> None:
        del lines[place_of(lines, "A", 3)]

    def swapped(lines: list[Line]) -> None:
        one, other = place_of(lines, "A", 2), place_of(lines, "A", 3)
        lines[one], lines[other] = lines[other] | {"sequence": 2}, lines[one] | {"sequence": 3}

    def made_sealed(lines: list[Line]) -> None:
        line = lines[of_kind(lines, "B", "acknowledgement")[0]]
        del line["envelope"], line["salt"]

    def called_erased(lines: list[Line]) -> None:
        line = lines[of_kind(lines, "A", "message")[0]]
        del line["envelope"], line["salt"]
        line["erased"] = "message"

    def no_cosignature(lines: list[Line]) -> None:
        line = next(line for line in lines if "checkpoint" in line)
        text, signatures = split_note(line["checkpoint"])
        line["checkpoint"] = f"{text}\n{signatures[0].line()}"

    def another_root(lines: list[Line]) -> None:
        places = [
            n for n, line in enumerate(lines) if "checkpoint" in line and f"/{'B'}/" in line["checkpoint"]
        ]
        text = lines[places[-1]]["checkpoint"]
        root = text.split("\n")[2]
        lines[places[-1]]["checkpoint"] = text.replace(root, "A" * 42 + "8=", 1)

    def cut(lines: list[Line]) -> None:
        begins = next(n for n, line in enumerate(lines) if f"/{'B'}/" in line.get("journal", ""))
        del lines[begins + 3 :]

    def not_canonical(lines: list[Line]) -> None:
        lines[0]["journals"].reverse()

    def stolen(lines: list[Line]) -> None:
        resigned(lines, b.card.origin, PartyKey.generate(SeededRandomness(66)), {"text": "forged"})

    return {
        "changed-signature": signature,
        "changed-salt": salt,
        "dropped-entry": dropped,
        "swapped-entries": swapped,
        "envelope-taken-away": made_sealed,
        "called-erased": called_erased,
        "no-cosignature": no_cosignature,
        "another-root": another_root,
        "cut-tail": cut,
        "holder-exchanged": not_canonical,
        "signed-anew": stolen,
    }


def make_vectors() -> dict[str, bytes]:
    """File name → contents."""
    with tempfile.TemporaryDirectory() as directory:
        good, a, b = make_good(Path(directory))
        files = {GOOD: good.data}
        for name, change in bad_ones(a, b).items():
            lines = good.lines()
            change(lines)
            files[f"{name}.bundle"] = sealed(lines)
        cards = {"A.card.json": a.card, "B.card.json": b.card}
        cases = [(name, list(cards)) for name in files]
        cases += [(GOOD, ["A.card.json"]), (GOOD, []), ("signed-anew.bundle", ["A.card.json"])]
        expected = []
        for name, given in cases:
            (Path(directory) / "case").write_bytes(files[name])
            report = verify_bundle(Path(directory) / "case", [cards[one] for one in given], workers=0)
            expected.append(
                {
                    "file": name,
                    "cards": given,
                    "exit": 0 if report.ok else 1,
                    "unanchored": [one.party for one in report.journals if not one.anchored],
                    "claimed": {one.party: one.claimed for one in report.journals},
                    "wrong": [
                        {"check": one.check, "party": one.party, "sequence": one.sequence, "what": one.what}
                        for one in report.findings
                    ],
                }
            )
    files |= {name: card.dumps().encode() for name, card in cards.items()}
    files["expected.json"] = (json.dumps(expected, indent=1, ensure_ascii=False) + "\n").encode()
    return files


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for file, content in make_vectors().items():
        (target / file).write_bytes(content)

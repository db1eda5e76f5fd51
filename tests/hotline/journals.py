"""Two parties' real journals in memory-sized folders, for tests of projections: real keys, real
signatures.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import skyaccord.hotline.bodies  # noqa: F401
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.base.times import format_utc
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.folder import open_new_journal
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.statement import sign_statement
from skyaccord.record.store import open_store

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROLE = "duty-officer"


class Party:
    """One party: its journal on a manual clock, and an enrolled officer."""

    def __init__(self, name: str, folder: Path, seed: int) -> None:
        self.name = name
        self.clock = ManualClock(T0)
        randomness = SeededRandomness(seed)
        self.key = PartyKey.generate(randomness)
        origin = f"skyaccord.journal/{name}/{seed:016x}"
        self.card = Card.make(
            party=name, name=f"Party {name}", origin=origin, link_address="http://127.0.0.1:1", key=self.key
        )
        folder.mkdir()
        self.store = open_store(folder, create=True)
        self.journal: Journal = open_new_journal(self.store, self.card, self.key, self.clock, randomness)
        self.officer = PersonKey.generate(SeededRandomness(seed + 1))
        self.enrol(self.officer)

    def enrol(self, key: PersonKey, *, automatic: bool = False) -> Entry:
        body = {"public_key": key.public, "name": f"Officer of {self.name}", "role": ROLE}
        return self.journal.append("person.enrolled", {**body, "automatic": automatic}, recipients=["*"])

    def statement(self, payload: dict[str, Any], key: PersonKey | None = None) -> dict[str, Any]:
        said = {
            "party": self.name,
            "role": ROLE,
            "at": format_utc(self.clock.now()),
            "accord": None,
            "exercise": False,
            "automatic": False,
            **payload,
        }
        return sign_statement(said, key or self.officer)

    def say(self, kind: str, payload: dict[str, Any], key: PersonKey | None = None) -> Entry:
        """Append a signed statement as the node would."""
        return self.journal.append_statement(kind, self.statement(payload, key), recipients=["*"])

    def close(self) -> None:
        self.store.close()

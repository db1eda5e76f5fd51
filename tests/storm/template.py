"""Parties that exist already, as bytes: made once a process, so that a seed begins within milliseconds."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.keys import PartyKey, PersonKey, RootKey
from skyaccord.record.kinds import PERSON_ENROLLED
from skyaccord.record.peers import pin_peer
from skyaccord.record.standing import MEMORY_FILE
from skyaccord.record.store import DATABASE_FILE, open_store
from tests.record.worlds import START, exchange_all, make_party

NAMES = "ABCDE"
ROLE = "duty-officer"


@dataclass(frozen=True)
class PartyTemplate:
    """One party: its folder's files, card and keys. person: its officer, enrolled on its record."""

    name: str
    files: dict[str, bytes]
    card: Card
    key: PartyKey
    root: RootKey
    person: PersonKey


@functools.cache
def parties(count: int, *, met: bool) -> tuple[PartyTemplate, ...]:
    """So many parties that pinned each other. met: and hold each other's first entries."""
    with tempfile.TemporaryDirectory() as directory:
        clock = ManualClock(START)
        made = [make_party(Path(directory), name, clock=clock) for name in NAMES[:count]]
        persons = [PersonKey.generate(SeededRandomness(70 + number)) for number in range(count)]
        for one, person in zip(made, persons, strict=True):
            for other in made:
                if one is not other:
                    pin_peer(one.journal, other.card)
            one.journal.append(
                PERSON_ENROLLED,
                {"public_key": person.public, "name": "Officer", "role": ROLE, "automatic": False},
                recipients=["*"],
            )
        if met:
            exchange_all(*made)
        found = []
        for one, person in zip(made, persons, strict=True):
            one.store.close()
            names = (DATABASE_FILE, MEMORY_FILE)
            files = {name: (one.path / name).read_bytes() for name in names if (one.path / name).exists()}
            assert one.root is not None
            found.append(PartyTemplate(one.card.party, files, one.card, one.key, one.root, person))
        return tuple(found)


@functools.cache
def witness_store() -> bytes:
    """An empty witness's store."""
    with tempfile.TemporaryDirectory() as directory:
        open_store(Path(directory), create=True).close()
        return (Path(directory) / DATABASE_FILE).read_bytes()

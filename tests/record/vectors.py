"""Makes docs/vectors/journal.json: a small journal with known keys, for whoever writes another verifier.

python -m tests.record.vectors > docs/vectors/journal.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.chain import start_head
from skyaccord.record.checkpoint import verifier_key
from skyaccord.record.entries import Entry
from skyaccord.record.folder import open_new_journal
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey, PersonKey, RootKey
from skyaccord.record.link import Outgoing
from skyaccord.record.rotation import next_card, rotate_key
from skyaccord.record.statement import sign_statement
from skyaccord.record.store import Store, open_store
from tests.record.worlds import START, Party, enrol, said

PARTY_SEED = bytes(range(32))
PERSON_SEED = bytes(range(32, 64))
ROOT_SEED = bytes(range(64, 96))
NEXT_SEED = bytes(range(96, 128))
ORIGIN = "skyaccord.journal/A/0123456789abcdef"


def of_seed(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def make_vectors() -> dict[str, Any]:
    """Everything deterministic: seeds for keys and salts, a clock that stands still."""
    key, person, root = (
        PartyKey(of_seed(PARTY_SEED)),
        PersonKey(of_seed(PERSON_SEED)),
        RootKey(of_seed(ROOT_SEED)),
    )
    card = Card.make(
        party="A",
        name="Party A",
        origin=ORIGIN,
        link_address="https://127.0.0.1:7411",
        key=key,
        root_key=root.public,
    )
    clock, randomness = ManualClock(START), SeededRandomness(1)
    with tempfile.TemporaryDirectory() as directory:
        store = open_store(Path(directory), create=True)
        try:
            journal = open_new_journal(store, card, key, clock, randomness, exercise=True)
            written = _written(Party(Path(directory), card, key, store, journal, clock, randomness), person)
            rotated = _rotated(store, journal, card, root)
        finally:
            store.close()
    return {
        "about": "A journal with known keys; docs/record.md says how each value is made.",
        "party_private_key": PARTY_SEED.hex(),
        "person_private_key": PERSON_SEED.hex(),
        "root_private_key": ROOT_SEED.hex(),
        "card": card.model_dump(),
        "person_public_key": person.public,
        "start_head": start_head(ORIGIN).hex(),
        **written,
        "verifier_key": verifier_key(ORIGIN, key.public),
        "rotation": rotated,
    }


def _written(party: Party, person: PersonKey) -> dict[str, Any]:
    """The first five entries: opening, enrolment, a sealed note, a message, an acknowledgement."""
    journal = party.journal
    enrol(party, person)
    first = journal.append("note", {"text": "سماء آمنة", "distance_nm": 2.5}, recipients=[])
    journal.append_statement("message", said(party, person), recipients=["B"])
    acknowledgement = sign_statement(
        {
            "act": "acknowledge",
            "party": "A",
            "role": "duty-officer",
            "at": party.clock.now(),
            "accord": None,
            "exercise": True,
            "automatic": False,
            "of": first.ref.model_dump(),
        },
        person,
    )
    journal.append_statement("acknowledgement", acknowledgement, recipients=["*"])
    return {
        "entries": [_entry(entry) for entry in journal.entries()],
        "batch_for_B": json.loads(Outgoing(journal, "B").batch().dumps()),
        "roots": [journal.root(size=size).hex() for size in range(6)],
        "inclusion_of_2_in_5": [item.hex() for item in journal.inclusion_proof(2, 5)],
        "consistency_of_3_with_5": [item.hex() for item in journal.consistency_proof(3, 5)],
        "checkpoint": journal.checkpoint(),
    }


def _rotated(store: Store, journal: Journal, card: Card, root: RootKey) -> dict[str, Any]:
    """Entry 5 replaces the key; entry 6 and the checkpoint are by the new one."""
    new = PartyKey(of_seed(NEXT_SEED))
    renewed = next_card(journal, root, new, card)
    rotate_key(journal, root, new, card)
    after = Journal(store, ORIGIN, new, journal.clock, SeededRandomness(2))
    after.append("note", {"text": "by the new key"}, recipients=["*"])
    return {
        "next_private_key": NEXT_SEED.hex(),
        "card": renewed.model_dump(),
        "entries": [_entry(entry) for entry in after.entries()][5:],
        "checkpoint": after.checkpoint(),
        "verifier_key": verifier_key(ORIGIN, new.public),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "salt": (entry.salt or b"").hex(),
        "envelope": (entry.data or b"").decode("utf-8"),
        "leaf": entry.leaf.hex(),
        "head": entry.head.hex(),
    }


if __name__ == "__main__":
    json.dump(make_vectors(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")

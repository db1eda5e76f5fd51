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
from skyaccord.record.folder import open_new_journal
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.link import Outgoing
from skyaccord.record.statement import sign_statement
from skyaccord.record.store import open_store
from tests.record.worlds import START, Party, enrol, said

PARTY_SEED = bytes(range(32))
PERSON_SEED = bytes(range(32, 64))
ORIGIN = "skyaccord.journal/A/0123456789abcdef"


def make_vectors() -> dict[str, Any]:
    """Everything deterministic: seeds for keys and salts, a clock that stands still."""
    key = PartyKey(Ed25519PrivateKey.from_private_bytes(PARTY_SEED))
    person = PersonKey(Ed25519PrivateKey.from_private_bytes(PERSON_SEED))
    card = Card.make(party="A", name="Party A", origin=ORIGIN, link_address="http://127.0.0.1:7700", key=key)
    clock, randomness = ManualClock(START), SeededRandomness(1)
    with tempfile.TemporaryDirectory() as directory:
        store = open_store(Path(directory), create=True)
        journal = open_new_journal(store, card, key, clock, randomness, exercise=True)
        party = Party(Path(directory), card, key, store, journal, clock, randomness)
        enrol(party, person)
        first = journal.append("note", {"text": "سماء آمنة", "distance_nm": 2.5}, recipients=[])
        statement = said(party, person)
        journal.append_statement("message", statement, recipients=["B"])
        acknowledgement = sign_statement(
            {
                "act": "acknowledge",
                "party": "A",
                "role": "duty-officer",
                "at": clock.now(),
                "accord": None,
                "exercise": True,
                "automatic": False,
                "of": first.ref.model_dump(),
            },
            person,
        )
        journal.append_statement("acknowledgement", acknowledgement, recipients=["*"])
        entries = [
            {
                "sequence": entry.sequence,
                "salt": (entry.salt or b"").hex(),
                "envelope": (entry.data or b"").decode("utf-8"),
                "leaf": entry.leaf.hex(),
                "head": entry.head.hex(),
            }
            for entry in journal.entries()
        ]
        batch = json.loads(Outgoing(journal, "B").batch().dumps())
        checkpoint = journal.checkpoint()
        proof = [item.hex() for item in journal.inclusion_proof(2, 5)]
        consistency = [item.hex() for item in journal.consistency_proof(3, 5)]
        roots = [journal.root(size=size).hex() for size in range(6)]
        store.close()
    return {
        "about": "A journal with known keys; docs/record.md says how each value is made.",
        "party_private_key": PARTY_SEED.hex(),
        "person_private_key": PERSON_SEED.hex(),
        "card": card.model_dump(),
        "person_public_key": person.public,
        "start_head": start_head(ORIGIN).hex(),
        "entries": entries,
        "batch_for_B": batch,
        "roots": roots,
        "inclusion_of_2_in_5": proof,
        "consistency_of_3_with_5": consistency,
        "checkpoint": checkpoint,
        "verifier_key": verifier_key(ORIGIN, key.public),
    }


if __name__ == "__main__":
    json.dump(make_vectors(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")

"""Two parties with their keys, an accord between them, and real node folders."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skyaccord.accord.drafting import Changes, fill_keys
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.envelope import Header
from skyaccord.record.folder import Folder, init_folder
from skyaccord.record.keys import PartyKey
from skyaccord.talks.signing import SIGNED_KIND
from tests.accord.samples import SMALL

START = datetime(2020, 6, 1, 12, tzinfo=UTC)
KEYS = {party: PartyKey.generate(SeededRandomness(number)) for number, party in enumerate("ABC", start=1)}
PINS = {party: key.public for party, key in KEYS.items()}
PASSPHRASE = "a passphrase of a test"


def accord_text(changes: Changes | None = None, **keys: str) -> str:
    """SMALL with the keys of A and B, or others by name."""
    return fill_keys(SMALL, {"A": PINS["A"], "B": PINS["B"], **keys}, changes=changes)


def accord(changes: Changes | None = None, **keys: str) -> LoadedAccord:
    return parse_accord(accord_text(changes, **keys), "accord.toml")


def header(party: str, sequence: int = 0, *, kind: str = SIGNED_KIND, **more: Any) -> Header:
    fields: dict[str, Any] = {
        "origin": f"skyaccord.journal/{party}/0123456789abcdef",
        "sequence": sequence,
        "previous": "0" * 64,
        "kind": kind,
        "accord": None,
        "recipients": ["*"],
        "sky_time": START,
        "recorded_at": START,
        "exercise": False,
    }
    return Header.model_validate({**fields, **more})


def node_folder(parent: Path, party: str, *, seed: int = 7) -> Folder:
    """A real node's folder of this party with a new key."""
    return init_folder(
        parent / party,
        party=party,
        name=f"Party {party}",
        link_address="http://127.0.0.1:7411",
        passphrase=PASSPHRASE,
        settings_text="",
        clock=ManualClock(START),
        randomness=SeededRandomness(seed + sum(map(ord, party))),
    )

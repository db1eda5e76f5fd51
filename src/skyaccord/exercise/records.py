"""What a node's folder holds, read beside the running node: for the score, and whether people have acted."""

from __future__ import annotations

from pathlib import Path

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.hotline.acts import READ
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.packing import read_ledger
from skyaccord.node.settings import load_settings
from skyaccord.pack.ledger import Ledger
from skyaccord.record.acts import ACTS
from skyaccord.record.folder import open_folder


def ledger_of(path: Path) -> Ledger:
    """What a node's folder holds."""
    folder = open_folder(path)
    settings = load_settings(folder.settings_file)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        return read_ledger(journal, folder.card(), RoleTerms(settings.hotline.acknowledge_within_s, None))
    finally:
        store.close()


def said_by(path: Path) -> int:
    """How many statements the persons of this folder's party have made; that one has read does not count."""
    ledger = ledger_of(path)
    return sum(
        count
        for (party, kind), count in ledger.kinds.items()
        if party == ledger.own and kind != READ and ACTS.of_kind(kind) is not None
    )

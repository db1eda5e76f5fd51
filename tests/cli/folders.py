"""A node's folder of a test's own, made as `skyaccord node init` makes one, on ports that are free."""

from __future__ import annotations

from pathlib import Path

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.node.settings_text import settings_text
from skyaccord.record.folder import Folder, init_folder
from tests.node.scene import free_port


def new_folder(root: Path, party: str, secret: str) -> Folder:
    """The folder `root`/`party`, whose key opens with `secret`."""
    text = settings_text(party, f"Party {party}", console_port=free_port(), link_port=free_port())
    return init_folder(
        root / party,
        party=party,
        name=f"Party {party}",
        link_address="https://127.0.0.1:7411",
        passphrase=secret,
        settings_text=text,
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )

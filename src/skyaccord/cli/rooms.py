"""The rooms whose kinds and acts a command must know before it checks, shows or takes in what others wrote.

A kind that no room has registered is held opaque. A command that forgot a room would take its entries unread.
"""

from __future__ import annotations

import importlib
from typing import Final

ROOMS: Final = (
    "skyaccord.hotline.bodies",
    "skyaccord.incidents.casebook",
    "skyaccord.pack.coverage",
    "skyaccord.talks.folder",
)


def know_all_rooms() -> None:
    """Import every room that registers kinds and acts."""
    for name in ROOMS:
        importlib.import_module(name)

"""Rotates the key in copies of a folder; each time the process dies one step later, as with SIGKILL.

`python -m tests.record.rotating FOLDER` prints, for each place, what the next start found.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record import key_files, pkcs8
from skyaccord.record.folder import Folder, init_folder, open_folder
from skyaccord.record.keys import PartyKey, RootKey
from skyaccord.record.tls_identity import LinkKey
from skyaccord.record.verify import verify_folder

PASSPHRASE = "correct horse"
KILLED = 9


def make(path: Path) -> RootKey:
    """A node's folder, and its root key."""
    init_folder(
        path / "A", party="A", name="Party A", link_address="https://127.0.0.1:7411", passphrase=PASSPHRASE,
        settings_text="", clock=SystemClock(), randomness=SystemRandomness(), exercise=True,
        root_passphrase=PASSPHRASE,
    )  # fmt: skip
    return RootKey.load(path / "A" / "party.root", PASSPHRASE)


def die_after(steps: int) -> None:
    """End this process before one of the steps that leave something on the disk."""
    left = steps

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*given: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                os._exit(KILLED)
            left -= 1
            return call(*given, **named)

        return stepped

    for owner, name in (
        (PartyKey, "save"), (LinkKey, "save"), (Path, "replace"), (key_files, "write_new_file"),
        (key_files, "rotate_key"),
    ):  # fmt: skip
        setattr(owner, name, counted(getattr(owner, name)))


def rotate(folder: Folder, root: RootKey, *, new_link_key: bool = False) -> None:
    """As `skyaccord node rotate-key` does it."""
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        new = PartyKey.generate()
        key_files.rotate_in_folder(folder, journal, root, new, PASSPHRASE, new_link_key=new_link_key)
    finally:
        store.close()


def found(path: Path, root: RootKey) -> dict[str, Any]:
    """What the next start makes of the folder, and whether it can be rotated again."""
    folder = open_folder(path)
    key_files.settle_keys(folder)
    store = folder.open_store()
    journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
    info, card = journal.info(), folder.card()
    store.close()
    key, _ = folder.load_key(PASSPHRASE), folder.load_link_key(PASSPHRASE)
    rotate(folder, root)
    after = folder.card()
    return {
        "rotated": info.size == 2,
        "one_key": key.public == card.public_key == info.public_key,
        "rotations": len(after.earlier_keys or []),
        "left_over": sorted(one.name for one in path.glob("*.new")),
        "findings": [str(one) for one in verify_folder(path, [after]).findings],
    }


def main(path: Path) -> list[dict[str, Any]]:
    """One row for each place at which it can die, and a last one for none."""
    root = make(path)
    rows: list[dict[str, Any]] = []
    while True:
        copy = path / f"killed-{len(rows)}"
        shutil.copytree(path / "A", copy)
        child = os.fork()
        if child == 0:
            die_after(len(rows))
            rotate(open_folder(copy), root, new_link_key=True)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        rows.append({"ended": ended, **found(copy, root)})
        if ended != KILLED:
            return rows


if __name__ == "__main__":
    pkcs8.SCRYPT_N = 2**4  # dozens of keys are written and read here
    json.dump(main(Path(sys.argv[1])), sys.stdout)

"""A process of a party that appends as fast as it can, and says what is written: killed at random moments.

    python -m tests.storm.writer FOLDER PASSPHRASE-FILE

Prints `sequence leaf` of each entry after `append` has returned.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from skyaccord.base.clock import SystemClock
from skyaccord.base.errors import JournalError
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.folder import open_folder

PAUSE_S = 0.02  # fifty entries a second; a link that was cut off must catch up


def main(folder_name: str, passphrase_file: str) -> int:
    """Append until killed. Exit code 3: nothing may be appended any more."""
    folder = open_folder(Path(folder_name))
    key = folder.load_key(Path(passphrase_file).read_text("utf-8").strip())
    journal = folder.open_journal(folder.open_store(), key, SystemClock(), SystemRandomness())
    number = 0
    while True:
        try:
            entry = journal.append("note", {"number": number}, recipients=["*"], exercise=True)
        except JournalError as error:
            print(error, file=sys.stderr, flush=True)  # noqa: T201
            return 3
        sys.stdout.write(f"{entry.sequence} {entry.leaf.hex()}\n")
        sys.stdout.flush()
        number += 1
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A private copy of a store's files, so that checking a folder neither changes nor creates anything in it.

SQLite cannot promise that on the original: a reader of a WAL database may create or rewrite `-wal` and
`-shm`. So `node.db` and its `-wal` are copied, and the copy is opened. While a node serves, the copy is good
if no checkpoint ran meanwhile (the database file and the WAL's header are as before; frames added to the
WAL's end are whole or ignored); otherwise it is taken again.

The copying is done by a child process: closing a file that this process also has open through SQLite would
drop SQLite's locks on it (https://sqlite.org/howtocorrupt.html, 2.2), should a node check its own folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skyaccord.base.errors import UnreadableError
from skyaccord.record.store import DATABASE_FILE

TRIES_MAX = 8  # a checkpoint takes milliseconds and comes every thousand pages
COPY_TIMEOUT_S = 600.0

# Runs as `python -I -S -c`. Exit codes: 0 copied, 3 changed meanwhile, 4 cannot be read (reason on stdout).
_COPY = """
import os, shutil, sys
source, target = sys.argv[1:]
wal, header_bytes = source + "-wal", 32
def state():
    found = os.stat(source)
    header, size = b"", 0
    if os.path.exists(wal):
        with open(wal, "rb") as file:
            header, size = file.read(header_bytes), os.fstat(file.fileno()).st_size
    return (found.st_ino, found.st_size, found.st_mtime_ns, header), size
try:
    before, size_before = state()
    shutil.copyfile(source, target)
    if os.path.exists(wal):
        shutil.copyfile(wal, target + "-wal")
    after, size_after = state()
except FileNotFoundError:
    sys.exit(3)
except OSError as error:
    print(error.strerror)
    sys.exit(4)
sys.exit(0 if before == after and size_after >= size_before else 3)
"""


@contextmanager
def snapshot(folder: Path) -> Iterator[Path]:
    """The path of a private copy of the folder's database, removed at the end. UnreadableError if none."""
    source = folder / DATABASE_FILE
    if not source.is_file():
        raise UnreadableError(f"no {DATABASE_FILE} here", where=str(folder), do="name a node's folder")
    with tempfile.TemporaryDirectory(prefix="skyaccord-") as directory:
        target = Path(directory) / DATABASE_FILE
        for _ in range(TRIES_MAX):
            for old in Path(directory).iterdir():
                old.unlink()
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-c", _COPY, str(source), str(target)],
                capture_output=True,
                text=True,
                timeout=COPY_TIMEOUT_S,
                check=False,
            )
            if done.returncode == 0:
                yield target
                return
            if done.returncode != 3:
                raise UnreadableError(
                    f"cannot be copied ({done.stdout.strip() or done.stderr.strip()[-200:]})",
                    where=str(source),
                )
        raise UnreadableError("the store changed each time it was copied", where=str(source), do="try again")

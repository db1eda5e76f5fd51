"""Durable appends to the journal, against the durable commits the same disk gives a bare SQLite table."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from bench.table import Report, Row
from bench.timing import in_turn
from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.record.folder import init_folder

APPENDS = 100
BODY = {"note": "x" * 400}


def run() -> Report:
    with tempfile.TemporaryDirectory() as place:
        clock, randomness = SystemClock(), SystemRandomness()
        folder = init_folder(
            Path(place) / "node",
            party="A",
            name="Party A",
            link_address="http://127.0.0.1:7700",
            passphrase="bench",  # noqa: S106 - a key that lives for a second
            settings_text="",
            clock=clock,
            randomness=randomness,
            exercise=True,
        )
        store = folder.open_store()
        journal = folder.open_journal(store, folder.load_key("bench"), clock, randomness)
        bare = sqlite3.connect(Path(place) / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE entry (sequence INTEGER PRIMARY KEY, data BLOB)")
        envelope = b"x" * len(journal.append("bench.note", BODY, recipients=["*"]).data or b"")

        def append() -> None:
            for _ in range(APPENDS):
                journal.append("bench.note", BODY, recipients=["*"])

        def commit() -> None:
            for _ in range(APPENDS):
                bare.execute("INSERT INTO entry (data) VALUES (?)", (envelope,))

        append_s, commit_s = in_turn([append, commit], repeats=7)
        store.close()
        bare.close()
    ratio = commit_s / append_s
    return Report(
        rows=[
            Row(
                f"durable appends to the journal, one at a time, {len(envelope):,} B",
                f"{APPENDS / append_s:,.0f}/s",
                f"bare durable SQLite commits here, {APPENDS / commit_s:,.0f}/s",
                f"{ratio:.2f}",
                "–",
                None,
            )
        ]
    )

"""One simulated machine: a party's node on a disk that can fail, and what its memory loses in a crash."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.behind import recall
from skyaccord.record.cards import Card
from skyaccord.record.envelope import KEY_ROTATED
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.hot import driver
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import KeyRotated
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.standing import MEMORY_FILE
from skyaccord.record.store import Store
from skyaccord.record.witnessing import KnownWitness, Witnessing
from tests.record.worlds import START
from tests.storm.disk import Disk, Image, open_store_on
from tests.storm.template import PartyTemplate

_FRESH = "SELECT sequence, leaf FROM entries WHERE origin = ? AND sequence >= ? ORDER BY sequence"


class Time:
    """The world's own time, in seconds."""

    def __init__(self) -> None:
        self.elapsed_s = 0.0


class JumpingClock:
    """A node's clock: the world's time and its own error."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.error_s = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self._time.elapsed_s + self.error_s)

    def monotonic(self) -> float:
        return self._time.elapsed_s

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the record does not sleep")


@dataclass
class Backup:
    """A copy of a node's folder. known: of how many of its entries it had been shown that others hold."""

    files: Image
    memory: bytes | None
    known: int


class Machine:
    """A party's node. state: down, contact (compares itself with its peers), up."""

    def __init__(  # noqa: PLR0917
        self,
        folder: Path,
        template: PartyTemplate,
        others: list[PartyTemplate],
        time: Time,
        seed: int,
        witness: KnownWitness | None,
    ) -> None:
        folder.mkdir(parents=True)
        self.name = template.name
        self.card: Card = template.card
        self.keys = [template.key]  # oldest first
        self.root = template.root
        self.person = template.person
        self.forger = PersonKey.generate(SeededRandomness(666))  # enrolled nowhere
        self.peers = [other.name for other in others]
        self.clock = JumpingClock(time)
        self.disk = Disk(folder, random.Random(f"{seed}/{self.name}/disk"))
        (folder / CARD_FILE).write_text(template.card.dumps())
        for name, data in template.files.items():
            (folder / name).write_bytes(data)
        self._randomness = SeededRandomness(seed * 31 + ord(self.name))
        self._witness = witness
        self.state = "down"
        self.scanned = 0
        self.key_file: PartyKey | None = None  # party.key, if it is not the one that the record names
        self.backups: list[Backup] = []
        self.store: Store
        self.journal: Journal
        self.incoming: Incoming
        self.outgoing: dict[str, Outgoing] = {}
        self.measured: set[str] = set()  # whose clock this process has measured
        self.witnessing: Witnessing | None = None

    @property
    def origin(self) -> str:
        return self.card.origin

    def start(self) -> str | None:
        """Open what the disk holds; why nothing may be appended, or None. Peers are compared with next."""
        self.disk.recover()
        self.state = "contact"
        self.scanned = 0
        self.outgoing = {}
        self.measured = set()
        self.store = open_store_on(self.disk)
        with self.store.reading() as connection:
            public = journal_info(connection, self.origin).public_key
        # The key that the record names now. A folder from before a rotation has the party.key of that time;
        # when the rotation has come back, a person brings the newer one. A database put back alone lies
        # beside the present party.key.
        key = next((key for key in self.keys if key.public == public), self.keys[-1])
        key = self.key_file or key
        self.journal = Journal(self.store, self.origin, key, self.clock, self._randomness)
        self.incoming = Incoming(self.journal)
        self.outgoing = {peer: Outgoing(self.journal, peer, entries_max=5) for peer in self.peers}
        self.witnessing = None if self._witness is None else Witnessing(self.journal, self._witness)
        return recall(self.journal)

    def stop(self) -> None:
        """End the process: everything in memory is gone. What is on the disk is the disk's business."""
        if self.state != "down":
            self.state = "down"
            self.disk.defuse()
            with contextlib.suppress(AttributeError):
                self.store.close()

    def fresh_entries(self) -> tuple[list[tuple[int, bytes]], int, bytes]:
        """Sequence and leaf of our own entries since this was asked last; how many there are, their head."""
        with self.store.reading() as connection:
            rows = driver(connection).execute(_FRESH, (self.origin, self.scanned)).fetchall()
            info = journal_info(connection, self.origin)
        self.scanned += len(rows)
        return rows, info.size, info.head

    def end_of(self, origin: str) -> tuple[int, bytes | None]:
        """How many entries of a journal are held, and the head after them."""
        with self.store.reading() as connection:
            info = journal_info(connection, origin)
            return info.size, info.head

    def head_at(self, origin: str, size: int) -> bytes | None:
        """The head after so many entries; None if fewer are held."""
        with self.store.reading() as connection:
            query = "SELECT head FROM entries WHERE origin = ? AND sequence = ?"
            row = driver(connection).execute(query, (origin, size - 1)).fetchone()
            return None if row is None else bytes(row[0])

    def key_is_old(self) -> bool:
        """Whether the record names another key now than this process has."""
        return self.journal.info().public_key != self.journal.key.public

    def halted(self) -> str | None:
        """Why nothing may be appended to our journal, or None."""
        return self.journal.info().halted

    def card_now(self) -> Card:
        """Our card, as the last rotation left it."""
        found = self.card
        for entry in self.journal.entries(kinds=(KEY_ROTATED,)):
            if not entry.sealed:
                found = KeyRotated.model_validate(entry.body).card
        return found

    def back_up(self, known: int) -> None:
        """Copy the folder as it is."""
        memory = self.disk.folder / MEMORY_FILE
        data = memory.read_bytes() if memory.exists() else None
        self.backups.append(Backup(self.disk.image(), data, known))

    def restore(self, backup: Backup, *, whole: bool) -> None:
        """Put a copy back, as somebody does after a broken disk. whole: the file beside the store, too."""
        self.stop()
        self.key_file = None if whole else self.journal.key  # type: ignore[assignment]
        self.disk.left = None
        self.disk.write(backup.files)
        if whole:
            memory = self.disk.folder / MEMORY_FILE
            memory.unlink(missing_ok=True)
            if backup.memory is not None:
                memory.write_bytes(backup.memory)

"""Folders copied, put back, and made whole from a peer: what tests of a journal that is behind need."""

from __future__ import annotations

import shutil
from pathlib import Path

from skyaccord.base.errors import JournalError
from skyaccord.record.behind import Restoring
from skyaccord.record.copies import copy_of
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.store import DATABASE_FILE
from skyaccord.record.wire import read_answer, read_batch
from tests.record.worlds import Party


def backup(party: Party, target: Path, *, database_alone: bool = False) -> Path:
    """A copy of the folder as it is now."""
    party.store.close()
    target.mkdir(parents=True)
    for file in party.path.iterdir():
        if file.is_file() and (not database_alone or file.name.startswith(DATABASE_FILE)):
            shutil.copy(file, target / file.name)
    party.reopen()
    return target


def restore(party: Party, source: Path) -> None:
    """Put the copy back, over what is there, as somebody does after a broken disk."""
    party.store.close()
    for file in party.path.glob(f"{DATABASE_FILE}*"):
        file.unlink()
    for file in source.iterdir():
        shutil.copy(file, party.path / file.name)
    party.reopen()


def note(party: Party, number: int, *, sealed: bool = False) -> None:
    party.journal.append("note", {"number": number}, recipients=[] if sealed else ["*"])


def meet(sender: Party, receiver: Party) -> bool:
    """One heartbeat: whether the sender may go on."""
    outgoing = Outgoing(sender.journal, receiver.card.party)
    answer = Incoming(receiver.journal).accept(outgoing.batch())
    try:
        outgoing.answered(read_answer(answer.dumps()))
    except JournalError:
        return False
    return True


def make_whole(party: Party, peer: Party) -> int:
    """Restore from the peer's copy; how many entries came back."""
    restoring, count = Restoring(party.journal, peer.card.party), 0
    while (first := restoring.wanted()) is not None:
        page = copy_of(peer.journal, party.card.party, first)
        assert page is not None
        count += restoring.take(read_batch(page.dumps()))
    return count

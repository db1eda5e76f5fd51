"""A journal that is behind, made whole by hand: from a bundle that a peer exported, or this node itself.

For a party whose peers cannot be reached. What counts is what counts over the link (`behind.py`): each entry
lies under a checkpoint that our own key signed, fits its leaf, is signed by the key of its place and follows
the one before; what is here already is compared and never written again. Nobody has to be believed: who made
the bundle, and what else is in it, does not matter.

A peer's bundle has what was sealed to that peer as leaves alone. Our own bundle has all of it, and entries
after the last cosigned checkpoint, too: these are taken by our signature on the one that follows, which names
the chain head before it. So the last of them is not taken: a salt is signed by nobody, and whoever changed it
would have us sign another history than the one that peers hold.

The file is read twice, and everything is written in one transaction, or nothing. What came back is said on
the record when the node starts next, after it has greeted its peers (`behind.say_restored`): a bundle may be
older than what they hold, and an entry of ours in a place that is filled there would be a fork.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from skyaccord.base.errors import InputError, JournalError, RefusedError, UnreadableError
from skyaccord.record.behind import Restoring, is_behind, recall
from skyaccord.record.bundle import CheckpointLine, EntryLine, HeaderLine, JournalLine, Line
from skyaccord.record.bundle_read import bundle_lines
from skyaccord.record.cards import EARLIER_KEYS_MAX
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint, split_note
from skyaccord.record.compact import Tree
from skyaccord.record.envelope import KEY_ROTATED, read_envelope
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, all_journals, journal_info
from skyaccord.record.pins import with_rotations
from skyaccord.record.remedy import PEOPLE, remedy
from skyaccord.record.standing import fault_of, halt, own_checkpoint, take_shown
from skyaccord.record.tree import tree_root
from skyaccord.record.verify import Progress, no_progress
from skyaccord.record.wire import WireEntry


@dataclass(frozen=True)
class MadeWhole:
    """What came of it. holder: whose bundle it is. bundle: entries of ours in it. first, last: those that
    came back, last one less than first if none. sealed: of these, leaves alone. size: entries here now.
    unproven: the last entry of the bundle, where it was not taken: nothing signed vouches for its leaf.
    fault: why nothing may be appended still. old_key: the record names another key now than the one given.
    """

    holder: str
    bundle: int
    first: int
    last: int
    sealed: int
    size: int
    unproven: int | None
    fault: str | None
    old_key: bool


@dataclass
class _Found:
    """What a bundle holds of our journal. notes: its newest checkpoints, all of `covered` entries. bare: the
    last entry that is a leaf alone."""

    where: str
    holder: str = ""
    mine: bool = False
    parties: list[str] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    there: bool = False
    rotations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    covered: int = 0
    bare: int = -1

    def take(self, line: Line, here: int) -> None:
        """A line of our journal in the bundle."""
        if isinstance(line, CheckpointLine):
            if self.covered != self.tree.size:
                self.notes, self.covered = [], self.tree.size
            self.notes.append(line.note)
        elif isinstance(line, EntryLine):
            if line.sequence != self.tree.size:
                raise _damaged(self.where, f"it has entry {line.sequence} where {self.tree.size} belongs")
            self.tree.append(line.leaf)
            if line.envelope is None:
                self.bare = line.sequence
            elif line.sequence >= here:
                try:
                    kind = read_envelope(line.envelope).header.kind
                except RefusedError as error:
                    raise _damaged(self.where, f"entry {line.sequence}: {error}") from None
                if kind == KEY_ROTATED:
                    self.rotations.append(line.envelope.decode("utf-8"))


def restore_from_bundle(journal: Journal, path: Path, *, progress: Progress = no_progress) -> MadeWhole:
    """Take back from a bundle what our journal lacks. progress: bytes of the bundle, twice.

    UnreadableError: no bundle, or damaged. InputError: our journal is not in it. RefusedError: its entries do
    not lead to a checkpoint that our key signed. JournalError: two histories, or our journal is halted for
    another reason than being behind. Nothing has been written then, but that it is halted for two histories.
    """
    with journal.store.reading() as connection:
        info = journal_info(connection, journal.origin)
        found = _look(journal, path, info.size, progress)
        _check_halted(info)
        known = with_rotations(connection, info, found.rotations[:EARLIER_KEYS_MAX])
        note, checkpoint = _signed_by_us(known, found)
        fault = _other_history(connection, info, found, checkpoint)
    if fault is not None:
        with journal.store.writing() as connection:
            halt(connection, journal.origin, fault)
        raise JournalError(f"nothing is restored, and nothing appended any more: {fault}", do=PEOPLE)
    whole = found.mine and found.bare < checkpoint.size
    end = max(checkpoint.size, found.tree.size - 1) if whole else checkpoint.size
    unproven = found.tree.size - 1 if whole and found.tree.size > max(end, info.size) else None
    sealed = 0
    if end > info.size:
        sealed = _write(journal, path, found, _Goal(info.size, end, note, checkpoint), progress)
    fault = recall(journal)
    now = journal.info()
    last = max(end, info.size) - 1
    old_key = now.public_key != journal.key.public
    return MadeWhole(
        found.holder, found.tree.size, info.size, last, sealed, now.size, unproven, fault, old_key
    )


def _check_halted(info: JournalInfo) -> None:
    if info.halted is not None and not is_behind(info.halted):
        raise JournalError(f"nothing is appended: {info.halted}", where=info.origin, do=remedy(info.halted))


def _look(journal: Journal, path: Path, here: int, progress: Progress) -> _Found:
    """Read all of it once."""
    faults: list[str] = []
    found, ours = _Found(str(path)), False
    for _, line in bundle_lines(path, lambda number, what: faults.append(f"line {number}: {what}")):
        if isinstance(line, HeaderLine):
            found.parties = [origin.split("/")[1] for origin in line.journals]
            found.holder, found.mine = found.parties[0], line.journals[0] == journal.origin
        elif isinstance(line, JournalLine):
            ours = line.origin == journal.origin
            found.there = found.there or ours
        elif ours and not faults:
            found.take(line, here)
        if faults:
            break
    if faults:
        raise _damaged(found.where, faults[0])
    if not found.there:
        raise InputError(
            f"this bundle does not hold our journal {journal.origin}",
            where=str(path),
            do=f"it is of {', '.join(found.parties)}: have a peer of ours export one",
        )
    return found


def _damaged(where: str, what: str) -> UnreadableError:
    return UnreadableError(
        f"a damaged bundle, nothing is restored from it ({what})",
        where=where,
        do="copy it again, or see `skyaccord journal verify`",
    )


def _signed_by_us(info: JournalInfo, found: _Found) -> tuple[str, Checkpoint]:
    """The bundle's newest checkpoint of our journal, by our own signature. RefusedError."""
    if not found.notes:
        raise RefusedError(
            "no checkpoint of our journal is in it, so nothing in it proves to be ours", where=found.where
        )
    reason = ""
    for note in found.notes:
        try:
            checkpoint = own_checkpoint(info, note)
        except RefusedError as error:
            reason = str(error)
            continue
        if (checkpoint.size, checkpoint.root) != (found.covered, found.tree.root(found.covered)):
            reason = "its entries of our journal do not lead to the checkpoint that we signed"
            continue
        return note, checkpoint
    raise RefusedError(reason, where=found.where, do="nothing is restored from it")


def _other_history(
    connection: Connection, info: JournalInfo, found: _Found, checkpoint: Checkpoint
) -> str | None:
    """Why the bundle is of another history than the one here, or None. JournalError: another that no
    checkpoint of ours proves."""
    who = f"the bundle of party {found.holder}"
    if checkpoint.size <= info.size:
        fault = fault_of(connection, info, checkpoint, who)
    else:
        same = found.tree.root(info.size) == tree_root(connection, info.origin, info.size)
        fault = (
            None
            if same
            else f"another history: {who} has our signature under {checkpoint.size} entries that do not "
            f"begin with the {info.size} here (the key is used elsewhere, or an older copy went on)"
        )
    shared = min(found.tree.size, info.size)
    if fault is None and found.tree.root(shared) != tree_root(connection, info.origin, shared):
        raise JournalError(
            f"after entry {checkpoint.size - 1} its entries of our journal are others than those here",
            where=found.where,
            do=PEOPLE,
        )
    return fault


@dataclass(frozen=True)
class _Goal:
    """From which entry to which (not included), and the checkpoint that we signed."""

    first: int
    end: int
    note: str
    checkpoint: Checkpoint


def _write(journal: Journal, path: Path, found: _Found, goal: _Goal, progress: Progress) -> int:
    """Write the entries, in one transaction; how many came as leaves alone."""
    restoring = Restoring(journal, found.holder)
    with journal.store.writing() as connection:
        info = journal_info(connection, journal.origin)
        if info.size != goal.first:
            raise JournalError("the journal grew meanwhile", where=info.origin, do="stop the node first")
        if info.halted is None:
            halt(connection, info.origin, f"behind: the bundle of party {found.holder} has more entries")
        covered = goal.checkpoint.size
        for line in _ours(path, journal.origin, progress):
            if goal.first <= line.sequence < goal.end:
                if line.sequence >= covered and line.envelope is None:
                    raise _damaged(found.where, "it changed while it was read")
                restoring.write(connection, _wire(line))
            elif line.sequence == goal.end > covered:
                restoring.check(connection, _wire(line))
        if journal_info(connection, info.origin).size != goal.end or (
            covered <= goal.end and tree_root(connection, info.origin, covered) != goal.checkpoint.root
        ):
            raise _damaged(found.where, "it changed while it was read")
        note, checkpoint = goal.note, goal.checkpoint
        _keep_shown(connection, found)
        if goal.end > covered:  # these we vouch for ourselves, again
            checkpoint = Checkpoint(info.origin, goal.end, tree_root(connection, info.origin, goal.end))
            note = sign_checkpoint(checkpoint, journal.key)
        restoring.finish(connection, checkpoint, note, say=False)
    return restoring.sealed


def _keep_shown(connection: Connection, found: _Found) -> None:
    """What peers have cosigned of ours, as if they had shown it themselves."""
    own = next(info for info in all_journals(connection) if info.own)
    for note in found.notes:
        names = {line.name for line in split_note(note)[1]}
        for peer in all_journals(connection):
            if not peer.own and peer.origin in names:
                try:
                    take_shown(connection, own, peer.origin, peer.keys, note)
                except RefusedError:  # a key of its that we do not know yet, or its line does not hold
                    continue


def _ours(path: Path, origin: str, progress: Progress) -> Iterator[EntryLine]:
    ours = False
    for _, line in bundle_lines(path, lambda *_: None, progress=progress):
        if isinstance(line, JournalLine):
            ours = line.origin == origin
        elif ours and isinstance(line, EntryLine):
            yield line


def _wire(line: EntryLine) -> WireEntry:
    whole = line.envelope is not None and line.salt is not None
    return WireEntry(
        sequence=line.sequence,
        leaf=line.leaf.hex(),
        salt=line.salt.hex() if whole and line.salt is not None else None,
        envelope=line.envelope.decode("utf-8") if whole and line.envelope is not None else None,
    )

"""Which key a party's journal is signed with, from which entry on.

    entry 0 ──────────── s1 ──────────── s2 ─────────── s3
    first key signs      key.rotated     key.rotated    key.revoked
                         second signs    third signs    nobody signs, until the next rotation

Each change is an entry of the journal itself, signed with the party's root key: its own sequence and the head
before it are under that signature, so it fits one place of one history. From that entry on the new key signs
and the old one does not. Fed in any order, the same changes give the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skyaccord.base.errors import RefusedError


@dataclass(frozen=True)
class KeyChange:
    """From entry `sequence` on, `new` signs instead of `old`; None: nobody does."""

    sequence: int
    old: str
    new: str | None


class KeyChain:
    """The keys of one party's journal. first: with which it begins. root: which signs every change."""

    def __init__(self, first: str, root: str | None, changes: Iterable[KeyChange] = ()) -> None:
        self.first = first
        self.root = root
        self._changes: dict[int, KeyChange] = {}
        for change in changes:
            self.add(change)

    @property
    def changes(self) -> list[KeyChange]:
        """Every change taken, in order."""
        return sorted(self._changes.values(), key=lambda change: change.sequence)

    def add(self, change: KeyChange) -> None:
        """Take a change that the root key signed; the same again is nothing. RefusedError: there is no root
        key, another change stands in this place, or the new key was the party's before."""
        if self.root is None:
            raise RefusedError("a party without a root key keeps its one key")
        if self._changes.setdefault(change.sequence, change) != change:
            raise RefusedError(f"entry {change.sequence} changes the key otherwise already")

    def _walk(self) -> list[tuple[int, str, str | None]]:
        """(from sequence, the key last in use, the key that signs or None), as far as the changes join."""
        found: list[tuple[int, str, str | None]] = [(0, self.first, self.first)]
        used = {self.first}
        for change in self.changes:
            last = found[-1][1]
            if change.old != last or (change.new is not None and change.new in used):
                break  # one in between is not known yet, or it would bring an old key back
            used.add(change.new or last)
            found.append((change.sequence, change.new or last, change.new))
        return found

    def at(self, sequence: int) -> str | None:
        """The key that signs this entry; None: none does."""
        return [signs for since, _, signs in self._walk() if since <= sequence][-1]

    def last_at(self, sequence: int) -> str:
        """The same, but of a key that was revoked: it is the last one until a rotation brings the next."""
        return [last for since, last, _ in self._walk() if since <= sequence][-1]

    @property
    def current(self) -> str | None:
        """The key that signs now; None: none does."""
        return self._walk()[-1][2]

    @property
    def keys(self) -> list[str]:
        """Every key the party has had, oldest first."""
        found: list[str] = []
        for _, last, _signs in self._walk():
            if last not in found:
                found.append(last)
        return found

    def since(self, key: str) -> int | None:
        """From which entry on this key signed; None if it never did."""
        return next((since for since, _, signs in self._walk() if signs == key), None)

    def links(self, one: str, other: str) -> bool:
        """Whether both are keys of this party: the same, or linked by changes that its root signed."""
        keys = self.keys
        return one in keys and other in keys

    def signed_by(self, size: int) -> list[str]:
        """The keys that may sign what is said of the first `size` entries: that of the last of them (also the
        one which that entry revoked), and those after it."""
        last = [key for since, key, _ in self._walk() if since <= max(size - 1, 0)][-1]
        keys = self.keys
        return keys[keys.index(last) :]

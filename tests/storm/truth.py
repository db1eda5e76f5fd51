"""What really happened, as only the simulation knows: who signed what, who was told what, what was lost.

The nodes are held against this. It also knows which forks are nobody's fault: a folder that was restored with
its memory, and that met nobody who held more before it went on, could not know (docs/threat-model.md).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from skyaccord.record.checkpoint import read_checkpoint, split_note


class Violation(AssertionError):
    """An invariant does not hold."""


@dataclass
class Truth:
    """Facts by journal. signed: sequence → leaves that left the machine or were returned as written.

    roots: size → roots of checkpoints that anybody signed or cosigned. claims: (holder, journal) → how many
    entries it said it holds, and the head after them. known: how many of its own entries a node was shown
    that others hold. excused: journals that forked without anybody's fault. liars: of parties that lie.
    """

    signed: dict[str, dict[int, set[bytes]]] = field(default_factory=lambda: defaultdict(dict))
    roots: dict[str, dict[int, set[bytes]]] = field(default_factory=lambda: defaultdict(dict))
    claims: dict[tuple[str, str], tuple[int, bytes | None]] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    restored: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    acknowledged: set[tuple[str, str, int]] = field(default_factory=set)
    liars: set[str] = field(default_factory=set)

    def sign(self, origin: str, sequence: int, leaf: bytes) -> None:
        """A party signed this entry. Violation: it signed another for the place and had to know."""
        leaves = self.signed[origin].setdefault(sequence, set())
        if leaves and leaf not in leaves and origin not in self.excused | self.liars:
            if origin not in self.restored:
                raise Violation(f"{origin} signed entry {sequence} twice, and was never restored")
            if sequence < self.known[origin]:
                raise Violation(
                    f"{origin} signed entry {sequence} twice, and had been shown that "
                    f"{self.known[origin]} of its entries are held elsewhere"
                )
            self.excused.add(origin)
        leaves.add(leaf)

    def checkpoint(self, note: str | None) -> None:
        """Somebody signed or cosigned this checkpoint."""
        if note is not None:
            text, _ = split_note(note)
            found = read_checkpoint(text)
            self.roots[found.origin].setdefault(found.size, set()).add(found.root)

    def claim(self, holder: str, origin: str, size: int, head: bytes | None) -> None:
        """A machine answered that it holds so many entries, up to this head; or returned what it wrote."""
        if size:
            self.claims[holder, origin] = (size, head)

    def restored_from(self, holder: str, origin: str) -> None:
        """A disk was replaced by an older copy: what its machine claimed before is not owed by it."""
        self.restored.add(origin)
        for key in [key for key in self.claims if key[0] == holder]:
            del self.claims[key]

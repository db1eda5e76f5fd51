"""Check a bundle offline, line by line, with nothing but itself and the cards that the reader brings.

The same checks as for a folder (`checks.py`, `comparing.py`). A bundle carries no marks and no keys beside
its entries: which entries were refused, its holder's receipts say; with which key a journal begins, the
reader's card says, or else its first entry (UNANCHORED).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from skyaccord.base.errors import TrustError, UnreadableError
from skyaccord.record.bundle import (
    CheckpointLine,
    EntryLine,
    ForkLine,
    HeaderLine,
    JournalLine,
    Line,
)
from skyaccord.record.bundle_read import bundle_lines
from skyaccord.record.canonical import canonical_json
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import split_note
from skyaccord.record.checks import JournalChecker
from skyaccord.record.comparing import Journals, compare
from skyaccord.record.cosigned import Cosigner
from skyaccord.record.facts import JournalFacts
from skyaccord.record.fork import verify_fork_proof
from skyaccord.record.rows import EntryRow, JournalRow
from skyaccord.record.signatures import SignatureChecks
from skyaccord.record.verdict import Finding, JournalVerdict, Report
from skyaccord.record.verify import Progress, no_progress
from skyaccord.record.witness_card import WitnessCard
from skyaccord.record.words import counted_entries

_ALWAYS: Final = frozenset(("format", "party", "origin", "public_key", "proves"))
_NEEDED: Final = {
    "two-checkpoints": _ALWAYS | {"checkpoints"},
    "inconsistent-checkpoints": _ALWAYS | {"checkpoints", "prefix_root", "proof"},
    "two-entries": _ALWAYS | {"entries"},
    "checkpoint-and-entry": _ALWAYS | {"checkpoints", "entries", "salt", "leaves"},
}
"""The fields of each kind of fork proof. Others would be bytes that nothing is proved by."""
_KEYS: Final = frozenset(
    ("card", "rotations")
)  # with which the party's keys are followed, where it has a root
_FINDERS_WORDS: Final = {"says": "", "found_at": "2000-01-01T00:00:00.000Z"}
"""In place of what a bundle does not carry, because nobody signed it."""


def verify_bundle(
    path: Path,
    cards: Iterable[Card] = (),
    *,
    witnesses: Iterable[WitnessCard] = (),
    progress: Progress = no_progress,
    workers: int | None = None,
) -> Report:
    """Check a bundle. UnreadableError: it cannot be read, or is none. progress: bytes.

    workers: processes for the signatures, None: as many as there are processors, once there are many.
    """
    given = list(cards)
    report = Report(str(path))
    with SignatureChecks(workers) as signatures:
        check = _BundleCheck(report, given, signatures)
        for number, line in bundle_lines(path, check.fault, progress=progress):
            check.line(number, line)
        check.end()
        signatures.finish()
    compare(report, check.journals, given, {one.name: one.public_key for one in witnesses})
    report.findings.sort(key=_order)
    return report


def _order(finding: Finding) -> tuple[int, str, int, int]:
    return finding.check, finding.origin or "", finding.sequence or 0, finding.line or 0


class _BundleCheck:
    """Takes lines in order, and gives each journal's to its checker."""

    def __init__(self, report: Report, cards: list[Card], signatures: SignatureChecks) -> None:
        self.journals: Journals = {}
        self._report = report
        self._cards = {card.origin: card for card in cards}
        self._signatures = signatures
        self._expected: list[str] = []  # journals still to come
        self._own = ""
        self._cosigners: dict[str, Cosigner] = {}
        self._checker: JournalChecker | None = None
        self._refused: dict[int, str] = {}
        self._last_note: tuple[int, str] = (-1, "")
        self._last_fork = b""

    @property
    def _verdict(self) -> JournalVerdict | None:
        return None if self._checker is None else self._checker.verdict

    def fault(self, number: int, what: str) -> None:
        """1. A line that is not as it must be."""
        after = ""
        if self._checker is not None and self._checker.facts.size:
            after = f" (after entry {self._checker.facts.size - 1})"
        self._report.wrong(1, what + after, self._verdict, line=number)

    def line(self, number: int, line: Line) -> None:
        """Check the next line."""
        self._report.counted(1)
        match line:
            case HeaderLine():
                self._expected = list(line.journals)
                self._own = line.journals[0]
            case JournalLine():
                self._close()
                self._open(number, line)
            case EntryLine() if self._checker is not None:
                self._checker.entry(self._row(line))
            case CheckpointLine() if self._checker is not None:
                self._checkpoint(number, line, self._checker)
            case ForkLine():
                self._close()
                self._fork(number, line)
            case _:
                self.fault(number, "it belongs to no journal: the line that begins one is missing")

    def end(self) -> None:
        """After the last line."""
        self._close()
        for origin in self._expected:
            self._report.wrong(1, f"the journal {origin} is announced in the first line and missing")
        self._report.counted(10, len(self.journals))

    def _open(self, number: int, line: JournalLine) -> None:
        origin = line.origin
        if origin in self.journals:
            self.fault(number, f"the journal {origin} again; what follows is left unread")
            return
        if self._expected[:1] != [origin]:
            self.fault(number, f"the journal {origin} is not the next that the first line announces")
        self._expected = [one for one in self._expected if one != origin]
        mine = origin == self._own
        row = JournalRow(origin, origin.split("/")[1], "", int(mine), line.entries, line.head, 0)
        self._checker = JournalChecker(
            self._report,
            row,
            self._cards.get(origin),
            self._signatures,
            None if mine else self._cosigners,
        )
        self._report.journals.append(self._checker.verdict)
        own = self.journals.get(self._own)
        self._refused = {} if own is None else own.receipts.refusals_of(origin)
        self._last_note = (-1, "")

    def _row(self, line: EntryLine) -> EntryRow:
        assert self._checker is not None  # noqa: S101 (asked just before)
        origin, refused = self._checker.verdict.origin, self._refused.get(line.sequence)
        return EntryRow(
            0, origin, line.sequence, line.leaf, None, line.salt, line.envelope, line.erased, refused
        )

    def _checkpoint(self, number: int, line: CheckpointLine, checker: JournalChecker) -> None:
        try:
            size = split_note(line.note)[0].split("\n")[1]
        except (TrustError, IndexError):
            size = "?"  # what is wrong with it is named below
        # 1. It stands after the last entry it covers; several there stand in order, none twice.
        if size not in ("?", str(checker.facts.size)):
            self.fault(
                number, f"a checkpoint of size {size} stands after {counted_entries(checker.facts.size)}"
            )
        if self._last_note >= (checker.facts.size, line.note):
            self.fault(number, "this checkpoint stands here twice, or not in its order")
        self._last_note = (checker.facts.size, line.note)
        checker.checkpoint_so_far(line.note)

    def _close(self) -> None:
        if self._checker is None:
            return
        facts = self._checker.end()
        self.journals[facts.row.origin] = facts
        if facts.own:
            self._cosigners[facts.row.origin] = facts.cosigner
        self._checker = None

    def _fork(self, number: int, line: ForkLine) -> None:
        # 10. A proof that holds proves two histories; one that does not has no place here.
        data = canonical_json(line.proof)
        if data <= self._last_fork:
            self.fault(number, "this proof of a fork stands here twice, or not in its order")
        self._last_fork = data
        facts = self.journals.get(str(line.proof.get("origin")))
        verdict = None if facts is None else facts.verdict
        try:
            says = _proved(line.proof, facts, self._cards.get(str(line.proof.get("origin"))))
        except (TrustError, UnreadableError) as error:
            self._report.wrong(10, f"the proof of a fork does not hold: {error}", verdict, line=number)
            return
        self._report.wrong(10, f"its key signed two histories: {says}", verdict, line=number)


def _proved(proof: dict[str, Any], facts: JournalFacts | None, card: Card | None) -> str:
    """What a fork's proof proves. UnreadableError, TrustError: nothing here, or it has more than it needs."""
    if facts is None:
        raise UnreadableError("it is about a journal that is not in the bundle")
    needed = _NEEDED.get(str(proof.get("proves")), _ALWAYS)
    if frozenset(proof) - _KEYS != needed:
        raise UnreadableError("it has not the fields of its kind")
    for note in proof.get("checkpoints", []):
        if len(split_note(str(note))[1]) != 1:
            raise UnreadableError("a checkpoint in it has more lines than the party's")
    chain = facts.keys.chain
    first = proof.get("card")
    root = first.get("root_key") if isinstance(first, dict) else None
    if first is None and proof.get("public_key") not in chain.keys:
        raise UnreadableError("it is by a key that was never this journal's")
    if first is None and len(chain.keys) > 1:
        raise UnreadableError("the key was replaced, and it does not show which key counted where")
    if first is not None and (proof.get("public_key"), root) != (chain.first, chain.root):
        raise UnreadableError("the card in it is not the first of this journal")
    return verify_fork_proof(canonical_json(proof | _FINDERS_WORDS), card).says

"""Check everything a node's folder holds, from outside: no private key, nothing changed, nothing created.

Each journal is checked against the card of the party that wrote it, as the reader gives it. Without that card
it is checked all the same, against the key the folder itself names, and reported UNANCHORED: whoever made the
folder could have made that key too.

What one folder cannot show: entries cut from the end of a journal that nobody has receipted yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from skyaccord.base.errors import RefusedError, SkyAccordError, UnreadableError
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import open_by_any
from skyaccord.record.checks import JournalChecker
from skyaccord.record.comparing import Journals, compare
from skyaccord.record.cosigned import Cosigner
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.rows import Rows, open_rows
from skyaccord.record.signatures import SignatureChecks
from skyaccord.record.snapshot import snapshot
from skyaccord.record.standing import read_memory
from skyaccord.record.verdict import Report
from skyaccord.record.witness_card import WitnessCard
from skyaccord.record.words import counted_entries

PROGRESS_EVERY = 1000  # entries

Progress = Callable[[int, int], None]
"""(done, in all), now and then."""


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def verify_folder(
    folder: Path,
    cards: Iterable[Card] = (),
    *,
    witnesses: Iterable[WitnessCard] = (),
    progress: Progress = no_progress,
) -> Report:
    """Check every journal in a node's folder. UnreadableError if there is no sound store in it.

    The folder may be in use by its node. Its files are copied to a private place first, so that much disk
    space is needed for a moment. progress: entries.
    """
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "no such folder"
        raise UnreadableError(what, where=str(folder), do="name a node's folder")
    try:
        memory = read_memory(folder)  # before the copy: a node that serves writes it after its store
    except SkyAccordError:
        memory = None  # its node says so when it starts; it is no evidence
    with snapshot(folder) as copy:
        return verify_database(copy, folder, cards, witnesses=witnesses, progress=progress, memory=memory)


def verify_database(
    database: Path,
    folder: Path,
    cards: Iterable[Card] = (),
    *,
    witnesses: Iterable[WitnessCard] = (),
    progress: Progress = no_progress,
    memory: str | None = None,
) -> Report:
    """`verify_folder` on a database that nobody else has open, with the rest of its folder beside it.

    memory: the checkpoint that the folder keeps beside its store: an older store does not pass for all.
    """
    report = Report(str(folder))
    given = list(cards)
    with open_rows(database, where=str(folder)) as rows:
        journals = _each_journal(report, rows, given, progress)
        _structure(report, rows, journals, folder)
        compare(report, journals, given, {one.name: one.public_key for one in witnesses})
        _cursors(report, rows, journals)
        _remembered(report, journals, memory)
        _one_history(report, rows, journals)
    report.findings.sort(key=lambda finding: finding.check)
    return report


def _each_journal(report: Report, rows: Rows, cards: list[Card], progress: Progress) -> Journals:
    """Checks 1 to 8, 11 and 12, journal by journal: our own first, whose key cosigned the others."""
    by_origin = {card.origin: card for card in cards}
    found: Journals = {}
    cosigners: dict[str, Cosigner] = {}
    done, total = 0, rows.count_entries()
    with SignatureChecks() as signatures:
        for row in rows.journals():
            mine = row.own == 1
            card = by_origin.get(row.origin)
            checker = JournalChecker(report, row, card, signatures, None if mine else cosigners)
            report.journals.append(checker.verdict)
            for entry in rows.entries(row.origin):
                checker.entry(entry)
                done += 1
                if done % PROGRESS_EVERY == 0:
                    progress(done, total)
            signatures.finish()
            for checkpoint in rows.cosigned() if mine else rows.checkpoints(row.origin):
                checker.checkpoint(checkpoint.note, checkpoint.size)
            facts = found[row.origin] = checker.end(rows.nodes(row.origin))
            if mine:
                cosigners[row.origin] = facts.cosigner
    progress(done, total)
    return found


def _structure(report: Report, rows: Rows, journals: Journals, folder: Path) -> None:
    # 1. One journal is the folder's own, and its card lies beside it.
    own = [facts for facts in journals.values() if facts.own]
    if len(own) != 1 or any(facts.row.own not in (0, 1) for facts in journals.values()):
        report.wrong(1, f"{len(own)} journals are marked as the folder's own, there must be one")
    for facts in own:
        try:
            card = Card.load(folder / CARD_FILE)
        except SkyAccordError as error:
            report.wrong(1, str(error), facts.verdict)
            continue
        if (card.origin, card.public_key) != (facts.row.origin, facts.keys.chain.keys[-1]):
            report.wrong(1, f"{CARD_FILE} is of another journal or key", facts.verdict)
    # 1. No row belongs to a journal that is not there.
    for table, origin, number in rows.strays():
        report.wrong(1, f"{table}: {number} of {origin} belongs to no journal that is held")
    # 1. Arrival positions are 1, 2, 3…, and follow each journal's own order.
    last: dict[str, int] = {}
    count = rows.count_entries()
    for position, origin, sequence in rows.positions():
        verdict = journals[origin].verdict if origin in journals else None
        if not 1 <= position <= count:
            report.wrong(
                1, f"filed as number {position} of {count} to arrive: one is missing", verdict, sequence
            )
        if sequence <= last.get(origin, -1):
            report.wrong(1, f"arrived after entry {last[origin]}", verdict, sequence)
        last[origin] = sequence


def _cursors(report: Report, rows: Rows, journals: Journals) -> None:
    # 9. No peer holds more of our journal than we do, and our receipts end where the folder says.
    for own in (facts for facts in journals.values() if facts.own):
        for party, held in rows.cursors():
            if held > own.size:
                report.wrong(
                    9,
                    f"party {party} said it holds {counted_entries(held)}, {own.size} here: "
                    "the end is missing",
                    own.verdict,
                )
        covered = {one.origin: one.last + 1 for one in own.receipts}
        for origin, facts in journals.items():
            end = covered.get(origin, 0)
            if facts is not own and facts.row.receipted != end:
                what = f"{counted_entries(facts.row.receipted)} on file as receipted, {end} by the receipts"
                report.wrong(9, what, facts.verdict)


def _remembered(report: Report, journals: Journals, memory: str | None) -> None:
    # 8. What this party signed, and kept beside its store, is there.
    for own in (facts for facts in journals.values() if facts.own and memory is not None):
        try:
            checkpoint, _ = open_by_any(memory or "", own.row.origin, own.keys.chain.keys)
        except RefusedError:
            continue  # by a key that came later, or by nobody: it shows nothing
        if checkpoint.size > own.size:
            report.wrong(
                8,
                "the file beside the store has this party's signature under "
                f"{counted_entries(checkpoint.size)}, {own.size} are here: the end is missing",
                own.verdict,
            )


def _one_history(report: Report, rows: Rows, journals: Journals) -> None:
    # 10. Nothing on file proves that a party signed two histories.
    report.counted(10, len(journals))
    for proof in rows.evidence():
        verdict = journals[proof.origin].verdict if proof.origin in journals else None
        report.wrong(10, f"{proof.reason} (on {proof.recorded_at})", verdict, proof.sequence)

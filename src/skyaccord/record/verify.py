"""Check everything a node's folder holds, from outside: no private key, nothing changed, nothing created.

Each journal is checked against the card of the party that wrote it, as the reader gives it. Without that card
it is checked all the same, against the key the folder itself names, and reported UNANCHORED: whoever made the
folder could have made that key too.

What one folder cannot show: entries cut from the end of a journal that nobody has receipted yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from skyaccord.base.errors import SkyAccordError, TrustError, UnreadableError
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import split_note
from skyaccord.record.checks import JournalChecker, JournalFacts
from skyaccord.record.cosign import verify_cosigned
from skyaccord.record.erasure import erasures
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.kinds import Receipt
from skyaccord.record.rows import CheckpointRow, Rows, open_rows
from skyaccord.record.snapshot import snapshot
from skyaccord.record.verdict import Report


def verify_folder(folder: Path, cards: Iterable[Card] = ()) -> Report:
    """Check every journal in a node's folder. UnreadableError if there is no sound store in it.

    The folder may be in use by its node. Its files are copied to a private place first, so that much disk
    space is needed for a moment.
    """
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "no such folder"
        raise UnreadableError(what, where=str(folder), do="name a node's folder")
    with snapshot(folder) as copy:
        return verify_database(copy, folder, cards)


def verify_database(database: Path, folder: Path, cards: Iterable[Card] = ()) -> Report:
    """`verify_folder` on a database that nobody else has open, with the rest of its folder beside it."""
    report = Report(str(folder))
    given = list(cards)
    with open_rows(database, where=str(folder)) as rows:
        journals = _each_journal(report, rows, given)
        _structure(report, rows, journals, folder)
        _cards(report, journals, given)
        _cosigned(report, rows, journals)
        _erased(report, journals)
        _receipts(report, rows, journals)
        _faults(report, journals)
        _one_history(report, rows, journals)
    report.findings.sort(key=lambda finding: finding.check)
    return report


def _each_journal(report: Report, rows: Rows, cards: list[Card]) -> dict[str, JournalFacts]:
    """Checks 1 to 8, journal by journal."""
    by_origin = {card.origin: card for card in cards}
    found: dict[str, JournalFacts] = {}
    for row in rows.journals():
        checker = JournalChecker(report, row, by_origin.get(row.origin))
        report.journals.append(checker.verdict)
        for entry in rows.entries(row.origin):
            checker.entry(entry)
        checkpoints = rows.cosigned() if row.own == 1 else rows.checkpoints(row.origin)
        found[row.origin] = checker.end(checkpoints, rows.nodes(row.origin))
    return found


def _structure(report: Report, rows: Rows, journals: dict[str, JournalFacts], folder: Path) -> None:
    # 1. One journal is the folder's own, and its card lies beside it.
    own = [facts for facts in journals.values() if facts.row.own == 1]
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


def _cards(report: Report, journals: dict[str, JournalFacts], cards: list[Card]) -> None:
    # 5. Every card given is of a journal that is held; one of the same party but another journal says so.
    for card in cards:
        if card.origin in journals:
            continue
        held = [facts for facts in journals.values() if facts.row.party == card.party]
        if held:
            report.wrong(5, f"the card given for party {card.party} names another journal", held[0].verdict)
        else:
            report.wrong(5, f"a card of party {card.party} was given, and no journal of it is held")
    # 5. Every peer's journal is the one our own journal pinned.
    for own in (facts for facts in journals.values() if facts.row.own == 1):
        for facts in journals.values():
            if facts is own:
                continue
            pinned = own.pinned.get(facts.row.party)
            if pinned is None:
                report.wrong(5, "was never pinned by the folder's own journal", facts.verdict)
            elif not _same(pinned, facts):
                report.wrong(5, "is not the journal and key that were pinned", facts.verdict)
        for party in own.pinned.keys() - {facts.row.party for facts in journals.values()}:
            report.wrong(5, f"party {party} was pinned, and its journal is gone", own.verdict)


def _same(pinned: Card, facts: JournalFacts) -> bool:
    """Whether a journal and its keys are those of the card that was pinned, or follow from it."""
    chain = facts.keys.chain
    return (pinned.origin, pinned.first_key, pinned.root_key) == (
        facts.row.origin,
        chain.first,
        chain.root,
    ) and (
        pinned.public_key in chain.keys
        or chain.keys[-1] in (one.public_key for one in pinned.earlier_keys or [])
    )


def _erased(report: Report, journals: dict[str, JournalFacts]) -> None:
    # 1. What is missing was erased on the record: our own journal names each such entry, with its leaf.
    said = erasures([body for facts in journals.values() if facts.row.own == 1 for body in facts.erasures])
    for origin, facts in journals.items():
        for sequence, (leaf, kind) in facts.erased.items():
            named = said.get((origin, sequence))
            if named is None or (named.leaf, named.kind) != (leaf.hex(), kind):
                report.wrong(
                    1,
                    "its envelope is missing, and no entry says that it was erased",
                    facts.verdict,
                    sequence,
                )


def _cosigned(report: Report, rows: Rows, journals: dict[str, JournalFacts]) -> None:
    # 8. Peers' checkpoints are cosigned by the folder's own key; our own by the peers that it names.
    for own in (facts for facts in journals.values() if facts.row.own == 1):
        for facts in journals.values():
            if facts is not own:
                for row in rows.checkpoints(facts.row.origin):
                    _cosignature(report, facts, row, own)
        for row in rows.cosigned():
            if row.name in journals:  # else a neutral witness, whose key this folder's journals do not name
                _cosignature(report, own, row, journals[row.name])


def _cosignature(report: Report, about: JournalFacts, row: CheckpointRow, cosigner: JournalFacts) -> None:
    try:
        text, signatures = split_note(row.note)
        verify_cosigned(text, signatures, cosigner.row.origin, cosigner.keys.chain.keys)
    except TrustError as error:
        report.wrong(8, f"the checkpoint of {row.size} entries: {error}", about.verdict)


def _receipts(report: Report, rows: Rows, journals: dict[str, JournalFacts]) -> None:
    # 9. Each receipt's head is the head we hold at that place; each journal's receipts join without a gap.
    for facts in journals.values():
        covered: dict[str, int] = {}
        for sequence, receipt in facts.receipts:
            report.counted(9)
            _receipt(report, journals, facts, sequence, receipt)
            expected = covered.get(receipt.origin, 0)
            if receipt.first != expected or receipt.last < receipt.first:
                report.wrong(
                    9, f"the receipt begins at {receipt.first}, expected {expected}", facts.verdict, sequence
                )
            covered[receipt.origin] = receipt.last + 1
        for origin, count in covered.items():
            if origin in journals:
                journals[origin].verdict.held_by[facts.row.party] = count
        if facts.row.own == 1:
            _own_receipts(report, journals, facts, covered)
    # 9. No peer holds more of our journal than we do.
    for party, held in rows.cursors():
        for own in (facts for facts in journals.values() if facts.row.own == 1):
            if held > own.size:
                report.wrong(
                    9,
                    f"party {party} said it holds {held} entries, {own.size} are there: the end is missing",
                    own.verdict,
                )


def _receipt(
    report: Report, journals: dict[str, JournalFacts], writer: JournalFacts, sequence: int, receipt: Receipt
) -> None:
    """One receipt against what is held of the journal it is about."""
    about = journals.get(receipt.origin)
    if about is None:
        return  # a third party's journal that this folder does not hold
    must_hold = writer.row.own == 1 or about.row.own == 1
    if receipt.last not in about.heads:
        if must_hold:
            report.wrong(
                9,
                f"party {writer.row.party} receipted entry {receipt.last} of this journal, "
                f"which is not there ({about.size} are)",
                about.verdict,
            )
        return
    if about.heads[receipt.last].hex() != receipt.head:
        report.wrong(
            9,
            f"its receipt for entry {receipt.last} of {about.row.party} names another head than is held",
            writer.verdict,
            sequence,
        )


def _own_receipts(
    report: Report, journals: dict[str, JournalFacts], own: JournalFacts, covered: dict[str, int]
) -> None:
    """Our own receipts say which entries came sealed and which were refused: the copies must still say so."""
    for origin, facts in journals.items():
        if facts is own:
            for sequence in facts.marks:
                report.wrong(9, "marked as refused, in the folder's own journal", own.verdict, sequence)
            continue
        end = covered.get(origin, 0)
        if facts.row.receipted != end:
            report.wrong(9, f"{facts.row.receipted} entries on file as receipted, {end} are", facts.verdict)
        refused: dict[int, str] = {}
        sealed: set[int] = set()
        for _, receipt in own.receipts:
            if receipt.origin == origin:
                refused.update({line.sequence: line.reason for line in receipt.refused})
                sealed.update(receipt.sealed)
        for sequence in sorted(facts.marks.keys() | refused.keys()):
            if facts.marks.get(sequence) != refused.get(sequence):
                report.wrong(9, "marked otherwise than our receipt says", facts.verdict, sequence)
        for sequence in sorted(facts.sealed ^ sealed):
            what = "came sealed" if sequence in sealed else "came with its envelope, which is missing"
            report.wrong(9, f"{what}, by our receipt", facts.verdict, sequence)
        for sequence in facts.heads:
            if sequence >= end and sequence not in facts.plain_receipts:
                report.wrong(9, "was taken without a receipt", facts.verdict, sequence)


def _faults(report: Report, journals: dict[str, JournalFacts]) -> None:
    # 6, 7. A content that breaks a rule is wrong, unless the other side refused it on the record.
    refused: set[tuple[str, int]] = set()
    for writer in journals.values():
        for _, receipt in writer.receipts:
            if receipt.origin != writer.row.origin:
                refused.update((receipt.origin, line.sequence) for line in receipt.refused)
    for origin, facts in journals.items():
        for sequence, (check, fault) in facts.faults.items():
            if (origin, sequence) in refused:
                facts.verdict.refused += 1
            else:
                report.wrong(check, fault, facts.verdict, sequence)


def _one_history(report: Report, rows: Rows, journals: dict[str, JournalFacts]) -> None:
    # 10. Nothing on file proves that a party signed two histories.
    report.counted(10, len(journals))
    for proof in rows.evidence():
        verdict = journals[proof.origin].verdict if proof.origin in journals else None
        report.wrong(10, f"{proof.reason} (on {proof.recorded_at})", verdict, proof.sequence)

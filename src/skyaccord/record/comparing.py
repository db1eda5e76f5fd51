"""The checks that compare journals: cards and pins, cosignatures, receipts, erasures, refusals, answers.

The same for a node's folder and for a bundle: both are several journals as one party holds them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from skyaccord.record.cards import Card
from skyaccord.record.checks import cosigned
from skyaccord.record.compact import Held
from skyaccord.record.cosigned import Cosigner
from skyaccord.record.erasure import erasures
from skyaccord.record.facts import JournalFacts
from skyaccord.record.verdict import ANSWERS, COSIGNATURES, ERASURES, Report
from skyaccord.record.words import counted_entries

Journals = dict[str, JournalFacts]
Ref = tuple[str, int]


def compare(report: Report, journals: Journals, cards: Iterable[Card], witnesses: dict[str, str]) -> None:
    """Checks 5, 6, 7, 9, 11, 13 and 14 over all journals. witnesses: name → key, of the cards given."""
    _cards(report, journals, list(cards))
    _own_cosigned(report, journals, witnesses)
    _erased(report, journals)
    _receipts(report, journals)
    _faults(report, journals)
    _answers(report, journals)


def _cards(report: Report, journals: Journals, cards: list[Card]) -> None:
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
    for own in (facts for facts in journals.values() if facts.own):
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
    if facts.size == 0 and not facts.keys.chain.first:
        return pinned.origin == facts.row.origin  # a bundle that holds nothing of it yet, and names no key
    chain = facts.keys.chain
    return (pinned.origin, pinned.first_key, pinned.root_key) == (
        facts.row.origin,
        chain.first,
        chain.root,
    ) and (
        pinned.public_key in chain.keys
        or chain.keys[-1] in (one.public_key for one in pinned.earlier_keys or [])
    )


def _own_cosigned(report: Report, journals: Journals, witnesses: dict[str, str]) -> None:
    # 11. Our own checkpoints are cosigned by the peers and witnesses that our journal pinned.
    for own in (facts for facts in journals.values() if facts.own):
        cosigners = {name: facts.cosigner for name, facts in journals.items() if facts is not own}
        for name, key in own.witnesses.items():
            given = witnesses.get(name) == key
            cosigners[name] = Cosigner(name, (key,), f"the witness {name}", given)
        for name in sorted(witnesses.keys() & own.witnesses.keys()):
            if witnesses[name] != own.witnesses[name]:
                what = f"the card given of the witness {name} has another key than was pinned"
                report.wrong(COSIGNATURES, what, own.verdict)
        for size, note in own.notes:
            cosigned(report, own, size, note, cosigners)
    # 11. What we receipted of a peer's journal we cosigned in the same step.
    for own in (facts for facts in journals.values() if facts.own):
        for facts in journals.values():
            held = max((one.last + 1 for one in own.receipts if one.origin == facts.row.origin), default=0)
            if held > facts.verdict.claimed and facts is not own:
                what = (
                    f"party {own.row.party} receipted entry {held - 1} of this journal, and no checkpoint "
                    f"that it cosigned covers it (the newest: {counted_entries(facts.verdict.claimed)})"
                )
                report.note(COSIGNATURES, what, facts.verdict, held - 1)
            elif facts is not own:
                _peer_cosigned(report, own, facts)


def _peer_cosigned(report: Report, own: JournalFacts, peer: JournalFacts) -> None:
    held = max((one.last + 1 for one in peer.receipts if one.origin == own.row.origin), default=0)
    found = own.verdict.cosigned.get(peer.row.origin)
    if held > (0 if found is None else found.size):
        what = (
            f"party {peer.row.party} receipted entry {held - 1} of this journal, and no checkpoint that it "
            f"cosigned covers it (the newest: {counted_entries(0 if found is None else found.size)})"
        )
        report.note(COSIGNATURES, what, own.verdict, held - 1)


def _erased(report: Report, journals: Journals) -> None:
    # 13. What is missing was erased on the record: our own journal names each such entry, with its leaf.
    said = erasures([body for facts in journals.values() if facts.own for body in facts.erasures])
    report.counted(ERASURES, len(said))
    for origin, facts in journals.items():
        for sequence, (leaf, kind) in facts.erased.items():
            named = said.get((origin, sequence))
            if named is None or (named.leaf, named.kind) != (leaf.hex(), kind):
                report.wrong(
                    ERASURES,
                    "its envelope is missing, and no entry says that it was erased",
                    facts.verdict,
                    sequence,
                )
        if facts.erased:
            what = f"of {len(facts.erased)} erased entries the kind is their holder's word: no leaf tells it"
            report.note(ERASURES, what, facts.verdict)


def _receipts(report: Report, journals: Journals) -> None:
    # 9. Each receipt's head is the head we hold at that place; each journal's receipts join without a gap.
    for facts in journals.values():
        covered: dict[str, int] = {}
        for receipt in facts.receipts:
            report.counted(9)
            _receipt(report, journals, facts, receipt)
            expected = covered.get(receipt.origin, 0)
            if receipt.first != expected or receipt.last < receipt.first:
                what = f"the receipt begins at {receipt.first}, expected {expected}"
                report.wrong(9, what, facts.verdict, receipt.sequence)
            covered[receipt.origin] = receipt.last + 1
        for origin, count in covered.items():
            if origin in journals:
                journals[origin].verdict.held_by[facts.row.party] = count
        if facts.own:
            _own_receipts(report, journals, facts, covered)


def _receipt(report: Report, journals: Journals, writer: JournalFacts, receipt: Held) -> None:
    """One receipt against what is held of the journal it is about."""
    about = journals.get(receipt.origin)
    if about is None:
        return  # a third party's journal that is not held here
    head = about.heads.get(receipt.last)
    if head is None:
        if writer.own or about.own:
            report.wrong(
                9,
                f"party {writer.row.party} receipted entry {receipt.last} of this journal, "
                f"which is not there ({about.size} are)",
                about.verdict,
            )
    elif head != receipt.head:
        report.wrong(
            9,
            f"its receipt for entry {receipt.last} of {about.row.party} names another head than is held",
            writer.verdict,
            receipt.sequence,
        )


def _own_receipts(report: Report, journals: Journals, own: JournalFacts, covered: dict[str, int]) -> None:
    """Our own receipts say which entries came sealed and which were refused: the copies must still say so."""
    for origin, facts in journals.items():
        if facts is own:
            for sequence in facts.marks:
                report.wrong(9, "marked as refused, in the folder's own journal", own.verdict, sequence)
            continue
        refused = own.receipts.refusals_of(origin)
        sealed = own.receipts.sealed.get(origin, set())
        for sequence in sorted(facts.marks.keys() | refused.keys()):
            if facts.marks.get(sequence) != refused.get(sequence):
                report.wrong(9, "marked otherwise than our receipt says", facts.verdict, sequence)
        for sequence in sorted(facts.sealed ^ sealed):
            what = "came sealed" if sequence in sealed else "came with its envelope, which is missing"
            report.wrong(9, f"{what}, by our receipt", facts.verdict, sequence)
        for sequence in facts.heads.from_on(covered.get(origin, 0)):
            if sequence not in facts.plain_receipts:
                report.wrong(9, "was taken without a receipt", facts.verdict, sequence)


def _faults(report: Report, journals: Journals) -> None:
    # 6, 7. A content that breaks a rule is wrong, unless the other side refused it on the record.
    refused: set[Ref] = set()
    for writer in journals.values():
        refused.update(place for place in writer.receipts.refused if place[0] != writer.row.origin)
    for origin, facts in journals.items():
        for sequence, (check, fault) in facts.faults.items():
            if (origin, sequence) in refused:
                facts.verdict.refused += 1
            else:
                report.wrong(check, fault, facts.verdict, sequence)


def _receipt_times(journals: Journals) -> Callable[[Ref, str], datetime | None]:
    """When a party received an entry, by its own receipt."""
    found: dict[tuple[str, str], list[Held]] = {}
    for facts in journals.values():
        for receipt in facts.receipts:
            found.setdefault((facts.row.party, receipt.origin), []).append(receipt)
    for receipts in found.values():
        receipts.sort(key=_last)

    def received_at(of: Ref, party: str) -> datetime | None:
        receipts = found.get((party, of[0]), [])
        place = bisect_left(receipts, of[1], key=_last)
        if place == len(receipts) or receipts[place].first > of[1]:
            return None
        return datetime.fromtimestamp(receipts[place].at_ms / 1000, UTC)

    return received_at


def _last(receipt: Held) -> int:
    return receipt.last


def _answers(report: Report, journals: Journals) -> None:
    # 14. Who did not answer in time, as those who asked have journalled it: told, not wrong.
    report.counted(ANSWERS, report.asked.acknowledged)
    report.asked.received_at = _receipt_times(journals)
    for lapse in report.asked.lapses():
        report.counted(ANSWERS)
        origin, sequence = lapse.of
        if origin not in journals:
            continue  # an envelope of a journal that is not here, which is a finding already
        rests_on = [lapse.ref, *([] if lapse.answered is None else [lapse.answered.ref])]
        bad = any(at in report.places.get(journal, ()) for journal, at in rests_on)
        mark = " (WRONG: there is a finding on what this rests on)" if bad else ""
        report.note(ANSWERS, lapse.told() + mark, journals[origin].verdict, sequence)

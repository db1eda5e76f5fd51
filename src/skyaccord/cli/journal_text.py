"""How `skyaccord journal verify` tells people what it found: numbered checks, one line each."""

from __future__ import annotations

from collections.abc import Iterator

from skyaccord.base.times import format_utc
from skyaccord.record.fork import ForkVerdict
from skyaccord.record.listing import Line
from skyaccord.record.verdict import CHECKS, FINDINGS_SHOWN_MAX, Finding, JournalVerdict, Report
from skyaccord.record.words import counted_entries

UNANCHORED = "UNANCHORED: no card of this party was given"


NOT_CLAIMED = "after the last cosigned checkpoint: of what follows nothing is claimed"


def report_lines(report: Report) -> Iterator[str]:
    """The whole verdict, line by line."""
    yield f"Journals in {report.folder}"
    for journal in report.journals:
        yield from _journal(journal)
    for number, title in CHECKS.items():
        found = report.of_check(number)
        notes = [note for note in report.notes if note.check == number]
        state = f"{len(found)} WRONG" if found else "ok"
        told = f", {len(notes)} to note" if notes else ""
        yield f"{number:3}. {title}: {report.looked_at.get(number, 0)} looked at, {state}{told}"
        yield from _first("-", found)
        yield from _first("note:", notes)
    yield _last(report)


def _first(mark: str, found: list[Finding]) -> Iterator[str]:
    for finding in found[:FINDINGS_SHOWN_MAX]:
        yield f"     {mark} {finding}"
    if len(found) > FINDINGS_SHOWN_MAX:
        yield f"     {mark} and {len(found) - FINDINGS_SHOWN_MAX} more (--format json lists all)"


def _journal(journal: JournalVerdict) -> Iterator[str]:
    anchor = "against the card given" if journal.anchored else UNANCHORED
    held = "".join(f", {party} holds {count}" for party, count in sorted(journal.held_by.items()))
    marks = "".join(
        f", {count} {word}"
        for count, word in (
            (journal.sealed, "sealed"),
            (journal.refused, "refused"),
            (journal.erased, "erased"),
            (journal.exercise, "EXERCISE"),
        )
        if count
    )
    yield f"  {journal.party}: {counted_entries(journal.entries)}{marks}{held}; {anchor}"
    yield f"     {journal.origin}, key {journal.fingerprint or 'not known'}"
    yield f"     {_cosigned(journal)}"


def _cosigned(journal: JournalVerdict) -> str:
    """The last cosigned checkpoint, by whom, and how many entries after it are nobody's but the writer's."""
    newest = [one for one in journal.cosigned.values() if one.size == journal.claimed]
    if not newest:
        return "no cosigned checkpoint: nobody but its writer vouches for it, and nothing is claimed of it"
    by = ", ".join(
        f"by {one.who} at {format_utc(one.at)}{'' if one.anchored else ' (UNANCHORED)'}"
        for one in sorted(newest, key=lambda one: one.name)
    )
    after = journal.entries - journal.claimed
    rest = f"; nothing is claimed of the {after} after it" if after > 0 else ""
    return f"last cosigned checkpoint: {counted_entries(journal.claimed)}, {by}{rest}"


def _last(report: Report) -> str:
    unanchored = [journal.party for journal in report.journals if not journal.anchored]
    if report.findings:
        count = len(report.findings) + report.more
        return f"WRONG: {count} finding{'' if count == 1 else 's'}."
    if unanchored:
        return (
            f"Nothing wrong, but UNANCHORED: {', '.join(unanchored)}. "
            "Without its card, whoever made this could have made that journal."
        )
    alone = [journal.party for journal in report.journals if journal.entries and not journal.claimed]
    if alone:
        return (
            f"Nothing wrong, but nobody vouches for the journal of: {', '.join(alone)}. Only its writer does."
        )
    return "Nothing wrong."


def listed(lines: list[Line], *, claimed: int | None = None) -> Iterator[str]:
    """Entries for reading, and below each what became of it. claimed: entries under the last cosigned
    checkpoint, where that was found out."""
    wide = max((len(line.kind or "sealed") for line in lines), default=0)
    yield f"{'entry':>6}  {'sky time':24}  {'recorded at':24}  {'kind':{wide}}            what"
    for line in lines:
        if claimed is not None and line.sequence == claimed:
            yield f"{'':>6}  ── {NOT_CLAIMED} ──"
        mark = "EXERCISE" if line.exercise else ""
        said = _marked(line.summary, line.wrong)
        yield (
            f"{line.sequence:>6}  {line.sky_time or '':24}  {line.recorded_at or '':24}  "
            f"{line.kind or 'sealed':{wide}}  {mark:8}  {said}"
        )
        for told in _became(line):
            yield f"{'':>6}  └ {told}"


def _became(line: Line) -> Iterator[str]:
    for one in line.received:
        refused = "" if one["refused"] is None else f", REFUSED: {one['refused']}"
        what = "its hash received" if one["hash_only"] else "received"
        yield _marked(f"{what} by {one['party']} at {one['at']}{refused}", one.get("wrong"))
    for one in line.acknowledged:
        where = f"entry {one['entry']['sequence']} of {one['party']}"
        name = "" if one["name"] is None else f" ({one['name']})"
        told = f"acknowledged by {one['role']} of {one['party']}{name} at {one['at']}, {where}"
        yield _marked(told, one.get("wrong"))
    for one in line.unanswered:
        yield _marked(one["told"], one.get("wrong"))


def _marked(told: str, wrong: bool | None) -> str:
    """What an entry says, marked if something is wrong with that entry."""
    return f"WRONG, see above: {told}" if wrong else told


def fork_lines(verdict: ForkVerdict) -> Iterator[str]:
    """What a proof of a fork shows."""
    histories = f"two histories of {verdict.origin}"
    yield f"PROVED: the keys of party {verdict.party} signed {histories}: {verdict.says}"
    yield f"     first key in the file: {verdict.fingerprint}"
    if verdict.anchored:
        yield "Against the card given: these keys are that party's."
    else:
        yield (
            f"UNANCHORED: no card of party {verdict.party} was given. "
            "Without it, whoever made this file could have made the key."
        )

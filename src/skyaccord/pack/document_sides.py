"""The reconciliation in a document: how many agree, why the others do not, each with its evidence."""

from __future__ import annotations

from collections import Counter

from skyaccord.pack.causes import NOT_SIGNED, UNEXPLAINED, Cause, Difference
from skyaccord.pack.clocks import Offset
from skyaccord.pack.seen import Seen
from skyaccord.pack.side_by_side import Line, Reconciliation
from skyaccord.pack.text import Words
from skyaccord.paper.blocks import (
    Block,
    Heading,
    Inline,
    Paragraph,
    Run,
    Table,
    Terms,
    code,
    figure,
    filled,
    joined,
    name,
    text,
)


def reconciliation_blocks(between: Reconciliation, said: Words) -> list[Block]:
    """Everything about two parties."""
    sides: dict[str, Run | Inline] = {"first": name(between.first), "second": name(between.second)}
    blocks: list[Block] = [Heading(filled(said["section.reconciliation"], sides))]
    blocks.append(Paragraph(_clock(between.clock, said)))
    if not between.lines:
        return [*blocks, Paragraph((text(said["none"]),))]
    blocks += [Heading((text(said["section.summary"]),), level=3), _tallies(between, said)]
    differing = [line for line in between.lines if line.differences]
    if not differing:
        return blocks
    blocks += [Heading((text(said["section.causes"]),), level=3), _causes(between, said)]
    entries = tuple((_title(line, said), _details(line, between, said)) for line in differing)
    return [*blocks, Heading((text(said["section.details"]),), level=3), Terms(entries)]


def _clock(clock: Offset | None, said: Words) -> Inline:
    if clock is None:
        return (text(said["clock.none"]),)
    return filled(
        said["clock.found"],
        {
            "later": name(clock.later),
            "earlier": name(clock.earlier),
            "seconds": figure(f"{clock.seconds:g}"),
            "meetings": figure(str(clock.meetings)),
            "spread": figure(f"{clock.spread_s:g}"),
        },
    )


def _tallies(between: Reconciliation, said: Words) -> Table:
    heads: list[Inline] = [(text(said["head.thing"]),), (text(said["head.both"]),)]
    parties = (between.first, between.second)
    heads += [filled(said["head.alone"], {"party": name(party)}) for party in parties]
    heads += [(text(said[f"head.{one}"]),) for one in ("agreeing", "explained", "unexplained")]
    rows = tuple(
        (
            (text(said[f"thing.{one.thing}"]),),
            (figure(str(one.both)),),
            *((figure(str(one.alone[party])),) for party in parties),
            (figure(str(one.agreeing)),),
            (figure(str(one.explained)),),
            (figure(str(one.unexplained)),),
        )
        for one in between.tallies
    )
    return Table(tuple(heads), rows)


def _causes(between: Reconciliation, said: Words) -> Table:
    found: Counter[tuple[str, str | None]] = Counter()
    for line in between.lines:
        for one in line.differences:
            keys: set[tuple[str, str | None]] = {(cause.name, cause.party) for cause in one.causes}
            found.update(keys or {(UNEXPLAINED, None)})
    counts = sorted(found.items(), key=lambda item: (item[0][0] == UNEXPLAINED, -item[1], str(item[0])))
    rows = tuple((_cause_words(*cause, said), (figure(str(count)),)) for cause, count in counts)
    return Table(((text(said["head.cause"]),), (text(said["head.count"]),)), rows)


def _cause_words(cause: str, party: str | None, said: Words) -> Inline:
    return filled(said[f"cause.{cause}"], {"party": name(party or "-")})


def _title(line: Line, said: Words) -> Inline:
    row = line.row
    who = [name(sign or icao24) for sign, icao24 in zip(row.callsigns, row.aircraft, strict=True)]
    runs: list[Run] = [text(f"{said[f'thing.{row.thing}']} ")]
    for one in who:
        runs += [one, text(" ")]
    return (*runs, code(f"{row.start:%Y-%m-%d %H:%M:%S}Z"))


def _details(line: Line, between: Reconciliation, said: Words) -> tuple[Block, ...]:
    parties = (between.first, between.second)
    seen = tuple(
        joined([_seen(one, said) for one in line.row.of(party)], said["semicolon"])
        or (text(said["nothing"]),)
        for party in parties
    )
    table = Table(tuple((name(party),) for party in parties), (seen,))
    return (table, *(Paragraph(_difference(one, parties, said)) for one in line.differences))


def _seen(one: Seen, said: Words) -> Inline:
    """One side's account of it, in one line."""
    parts: list[Inline] = [
        (text(said.get(f"verdict.{one.verdict}", one.verdict)),),
        (code(f"{one.start:%H:%M:%S}–{one.end:%H:%M:%S}Z"),),
    ]
    units = (("horizontal_nm", "{:.2f} NM"), ("vertical_ft", "{:.0f} ft"), ("dwell_s", "{:.0f} s"))
    for key, form in units:
        if key in one.numbers:
            parts.append((figure(form.format(one.numbers[key])),))
    parts.append((code(f"{one.party}:{one.ref.sequence}"),))
    return joined(parts, said["comma"])


def _difference(one: Difference, parties: tuple[str, str], said: Words) -> Inline:
    """What differs; each cause with its evidence, or that there is none."""
    found: list[Inline] = [(text(said[f"differs.{one.what}"]),)]
    if one.what != "observed":
        values = [(name(party), text(" "), figure(one.values.get(party, "") or "-")) for party in parties]
        found.append(joined(values, said["comma"]))
    heads = joined(found, ": ")
    causes = [_cause(cause, said) for cause in one.causes]
    if not causes:
        why: Inline = (Run(said[f"cause.{UNEXPLAINED}"], "strong"),)
        if one.note:
            why = joined([why, (text(said[f"note.{one.note}"]),)], said["semicolon"])
        causes = [why]
    return joined([heads, joined(causes, said["semicolon"])], " ← " if said.code == "ar" else " → ")


def _cause(cause: Cause, said: Words) -> Inline:
    shown = [_evidence(key, value, said) for key, value in cause.evidence.items() if value]
    words = _cause_words(cause.name, cause.party, said)
    return (*words, text(" ("), *joined(shown, said["comma"]), text(")"))


def _evidence(key: str, value: str, said: Words) -> Inline:
    """One named fact in the reader's words; the Parquet file keeps the names."""
    head, _, party = key.partition(".")
    if head == "under":
        return (name(party), text(" "), code(value))
    shown: Run = code(value)
    if key == "kind":
        shown = text(said[f"thing.{value}"])
    elif key == "ahead":
        shown = name(value)
    elif value == NOT_SIGNED:
        shown = text(said["no"])
    term = "dwell_of" if party else head
    return filled(said[f"evidence.{term}"], {"value": shown, "party": name(party)})

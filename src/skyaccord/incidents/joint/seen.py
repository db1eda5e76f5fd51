"""What each side saw, as tables: the closest point, the quality, how far the versions lie apart."""

from __future__ import annotations

from skyaccord.base.times import format_utc
from skyaccord.incidents.case import Case, Reconstructed
from skyaccord.incidents.joint.comparing import differences
from skyaccord.incidents.joint.words import Words
from skyaccord.paper.blocks import Block, Heading, Inline, Paragraph, Table, code, figure, name, text


def seen_blocks(case: Case, words: Words) -> list[Block]:
    """The section."""
    blocks: list[Block] = [Heading(words.say("seen"))]
    blocks += _crossings(case, words)
    if not case.reconstructions:
        return [*blocks, Paragraph(words.say("seen_none"))]
    first = next(iter(case.reconstructions.values())).body
    blocks.append(Paragraph(words.say("seen_how", gap=figure(f"{first.max_gap_s:g}"))))
    if len(case.aircraft) > 1:
        blocks.append(_closest(case, words))
    blocks += _quality(case, words)
    return [*blocks, *_compared(case, words)]


def _closest(case: Case, words: Words) -> Table:
    heads = tuple(words.say(key) for key in ("side", "closest_time", "horizontal", "vertical", "least"))
    rows = tuple((_party(party), *_numbers(one, words)) for party, one in case.reconstructions.items())
    return Table(heads, rows)


def _numbers(one: Reconstructed, words: Words) -> tuple[Inline, Inline, Inline, Inline]:
    closest = one.body.closest
    if closest is None:
        blank: Inline = (text("–"),)
        return words.say("not_both"), blank, blank, blank
    vertical = (
        words.say("not_known") if closest.vertical_ft is None else (figure(f"{closest.vertical_ft:,.0f}"),)
    )
    return (
        (code(f"{closest.time:%H:%M:%S}.{closest.time.microsecond // 100_000}"),),
        (figure(f"{closest.horizontal_nm:.3f}"),),
        vertical,
        (figure(f"{closest.least_horizontal_nm:.3f}"),),
    )


def _quality(case: Case, words: Words) -> list[Block]:
    keys = ("side", "aircraft", "reports", "usual_gap", "longest_gap", "sources", "doubts")
    rows = []
    for party, one in case.reconstructions.items():
        for track in one.body.tracks:
            quality = track.quality
            sources = words.listed([(name(f"{one} {count}"),) for one, count in quality.sources.items()])
            told: list[Inline] = [(name(doubt),) for doubt in quality.doubts]
            doubts = words.listed(told, "semicolon") if told else words.say("no_doubts")
            rows.append(
                (
                    _party(party),
                    (name(track.callsign or ""), text(" "), code(track.icao24)),
                    (figure(f"{quality.reports}"),),
                    _figure(quality.every_s),
                    _figure(quality.longest_gap_s),
                    sources,
                    doubts,
                )
            )
    faults: list[Block] = [
        Paragraph((*_party(party), text(": "), name(fault)))
        for party, one in case.reconstructions.items()
        for fault in one.body.faults
    ]
    faults += [
        Paragraph((*_party(party), text(": "), name(f"{track.icao24}, {track.quality.thinned}")))
        for party, one in case.reconstructions.items()
        for track in one.body.tracks
        if track.quality.thinned
    ]
    table = [Table(tuple(words.say(key) for key in keys), tuple(rows))] if rows else []
    return [Heading(words.say("quality"), 3), *table, *faults]


def _compared(case: Case, words: Words) -> list[Block]:
    found = differences(case)
    if not found:
        return []
    heads = tuple(words.say(key) for key in ("aircraft", "side", "mean", "most", "most_height"))
    rows = tuple(
        (
            (code(one.icao24),),
            (name(" – ".join(one.sides)),),
            (figure(f"{one.mean_nm:.3f}"),),
            (figure(f"{one.most_nm:.3f}"),),
            words.say("not_known") if one.most_ft is None else (figure(f"{one.most_ft:,.0f}"),),
        )
        for one in found
    )
    most = max(one.at for one in found)
    return [
        Heading(words.say("compared"), 3),
        Table(heads, rows),
        Paragraph(words.say("compared_how", at=figure(str(most)))),
    ]


def _crossings(case: Case, words: Words) -> list[Block]:
    return [
        Paragraph(
            words.say(
                "crossing_line",
                thing=code(one.thing),
                place=code(one.place),
                way=code(one.way),
                time=code(format_utc(one.time)),
                latitude=code(f"{one.latitude:.4f}"),
                longitude=code(f"{one.longitude:.4f}"),
                party=name(party),
            )
        )
        for party, one in case.crossings.items()
    ]


def _party(party: str) -> Inline:
    return (name(party),)


def _figure(value: float | None) -> Inline:
    return (text("–"),) if value is None else (figure(f"{value:g}"),)

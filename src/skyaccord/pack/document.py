"""A pack as a document: the tables, and beside them what the words in their heads mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from skyaccord.base.times import format_utc
from skyaccord.pack.document_sides import reconciliation_blocks
from skyaccord.pack.ledger import Window
from skyaccord.pack.making import Pack, digest_of, public_tables
from skyaccord.pack.public import PublicPack, PublicTable, Shown
from skyaccord.pack.text import Words, words
from skyaccord.paper.blocks import (
    Block,
    Document,
    Heading,
    Inline,
    Items,
    Paragraph,
    Run,
    Table,
    code,
    figure,
    filled,
    joined,
    name,
    text,
)

DIGEST_META = "skyaccord-pack-digest"
DEFINED = ("window", "approach", "alert", "encounter", "area", "doubtful", "response", "silence", "drill")
DEFINED_TOO = ("incident", "notice", "reconcile")


def pack_document(pack: Pack, language: str) -> Document:
    """The parties' pack in "en", "ru" or "ar"."""
    said = words(language)
    blocks: list[Block] = [
        *_sky(pack, said),
        *_hotline(pack, said),
        *_incidents(pack, said),
        *_notices(pack, said),
    ]
    for one in pack.reconciliations:
        blocks += reconciliation_blocks(one, said)
    blocks += definitions(said, (*DEFINED, *DEFINED_TOO))
    blocks += _sources(pack, said)
    marks = [(said["parties_only"], said["parties_only_note"])]
    return _document(
        (pack.window, pack.ledger.own), said, blocks, marks=marks, digest=pack.digest, title=said["title"]
    )


def public_document(pack: PublicPack, own: str, language: str) -> Document:
    """What may be published."""
    said = words(language)
    rule = filled(said["public.rule"], {"threshold": figure(str(pack.threshold))})
    blocks: list[Block] = [Paragraph(rule)]
    for table in pack.tables:
        blocks += [
            Heading((text(said[f"measure.{table.measure}"]),)),
            *_public_table(table, pack.threshold, said),
        ]
    blocks += definitions(said, ("window", "alert", "encounter", "area"))
    marks = [(said["consent"], said["consent_note"])] if pack.consent else []
    digest = digest_of(public_tables(pack))
    return _document((pack.window, own), said, blocks, marks=marks, digest=digest, title=said["title_public"])


def _document(
    of: tuple[Window, str],
    said: Words,
    blocks: Sequence[Block],
    *,
    marks: list[tuple[str, str]],
    digest: str,
    title: str,
) -> Document:
    window, own = of
    places: dict[str, Run | Inline] = {
        "start": code(format_utc(window.start)),
        "end": code(format_utc(window.end)),
        "own": name(own),
    }
    under = filled(said["under"], places)
    if window.exercise:
        marks = [(said["exercise"], said["exercise_note"]), *marks]
    else:
        under = joined([under, (text(said["real_note"]),)])
    return Document(
        language=said.code,
        direction="rtl" if said["direction"] == "rtl" else "ltr",
        title=title,
        under=under,
        blocks=tuple(blocks),
        identity=(said["identity"], digest),
        page=said["page"],
        mark=said["exercise"] if window.exercise else None,
        marks=tuple(marks),
        meta={DIGEST_META: digest},
    )


def table_of(said: Words, heads: Iterable[str], rows: Iterable[Sequence[Run | Inline]]) -> list[Block]:
    """A table under these heads; "none on the record" where there are no rows."""
    cells = tuple(tuple((one,) if isinstance(one, Run) else tuple(one) for one in row) for row in rows)
    if not cells:
        return [Paragraph((text(said["none"]),))]
    return [Table(tuple((text(said[f"head.{head}"]),) for head in heads), cells)]


def number(value: float) -> Run:
    """A count or a measured number."""
    return figure(f"{value:g}")


def seconds(value: float | None, said: Words) -> Inline:
    """Seconds, to a tenth; a dash where nothing was measured."""
    if value is None:
        return (text("-"),)
    return filled(said["seconds"], {"n": figure(f"{value:.1f}")})


def moment(value: datetime | None) -> Run:
    """A time in UTC, whole seconds."""
    return text("-") if value is None else code(f"{value:%Y-%m-%d %H:%M:%S}Z")


def definitions(said: Words, names: Iterable[str]) -> list[Block]:
    """What the words in the tables mean, beside them."""
    return [
        Heading((text(said["section.definitions"]),)),
        Items(tuple((text(said[f"definition.{one}"]),) for one in names), ordered=False),
    ]


def _sky(pack: Pack, said: Words) -> list[Block]:
    """Two tables of few columns: a page of A4 holds the longest words of every language."""
    alerts = [
        (
            name(one.party),
            (name(one.accord or "-"), text(" "), code(one.rule or "-")),
            name(one.area or "-"),
            number(one.approaches),
            number(one.alerts),
            number(one.nuisance),
            number(one.undecided),
        )
        for one in pack.figures.sky
    ]
    broken = [
        (
            name(one.party),
            (name(one.accord or "-"), text(" "), code(one.rule or "-")),
            number(one.infringements),
            number(one.breaches),
            number(one.nmacs),
            number(one.doubtful),
        )
        for one in pack.figures.sky
    ]
    crossed = [
        (
            name(one.party),
            name(one.accord or "-"),
            code(one.place),
            text(said.get(f"verdict.{one.way}", one.way)),
            number(one.count),
        )
        for one in pack.figures.crossings
    ]
    return [
        Heading((text(said["section.sky"]),)),
        *table_of(said, ("party", "rule", "area", "approaches", "alerts", "nuisance", "undecided"), alerts),
        *table_of(said, ("party", "rule", "infringements", "breaches", "nmacs", "doubtful"), broken),
        Heading((text(said["section.crossings"]),)),
        *table_of(said, ("party", "rule", "place", "way", "count"), crossed),
    ]


def _hotline(pack: Pack, said: Words) -> list[Block]:
    responses: list[tuple[Run | Inline, ...]] = [
        (
            text(said[f"thing.{one.what}"]),
            (name(one.party), text(" "), code(one.role)),
            text(said[f"step.{one.step}"]),
            (number(one.reached), text(" / "), number(one.asked)),
            *(seconds(value, said) for value in (one.p50_s, one.p90_s, one.p99_s, one.max_s)),
        )
        for one in pack.figures.responses
    ]
    lines = [
        (
            name(one.party),
            number(one.messages),
            number(one.silences),
            number(one.vacancies),
            number(one.unanswered),
        )
        for one in pack.figures.line
    ]
    beside = [
        (
            name(one.party),
            (number(one.checks_in_time), text(" / "), number(one.checks)),
            (number(one.radio_unanswered), text(" / "), number(one.radio_calls)),
            (number(one.voice_confirmed), text(" / "), number(one.voice_entries)),
        )
        for one in pack.figures.line
    ]
    drills = [
        (
            name(one.party),
            moment(one.opened_at),
            code(one.phrases),
            text(said.get(f"state.{one.outcome}", one.outcome)),
            (number(one.in_time), text(" / "), number(one.said)),
            seconds(one.slowest_s, said),
        )
        for one in pack.figures.drills
    ]
    steps = ("what", "role", "step", "reached", "p50_s", "p90_s", "p99_s", "max_s")
    return [
        Heading((text(said["section.responses"]),)),
        *table_of(said, steps, responses),
        Heading((text(said["section.line"]),)),
        *table_of(said, ("party", "messages", "silences", "vacancies", "unanswered"), lines),
        *table_of(said, ("party", "checks", "radio", "voice"), beside),
        Heading((text(said["section.drills"]),)),
        *table_of(said, ("party", "opened_at", "phrases", "outcome", "in_time", "slowest_s"), drills),
    ]


def _incidents(pack: Pack, said: Words) -> list[Block]:
    rows: list[tuple[Run | Inline, ...]] = [
        (
            code(one.incident),
            text(said.get(f"reason.{one.reason}", one.reason)),
            moment(one.start),
            name(one.opened_by),
            text(said[f"state.{one.state}"]),
        )
        for one in pack.figures.incidents
    ]
    done: list[tuple[Run | Inline, ...]] = [
        (
            code(one.incident),
            number(one.accounts),
            (number(one.facts_agreed), text(", "), number(one.facts_disputed)),
            number(one.missed),
        )
        for one in pack.figures.incidents
    ]
    blocks = [
        Heading((text(said["section.incidents"]),)),
        *table_of(said, ("incident", "reason", "opened_at", "opened_by", "state"), rows),
    ]
    return [*blocks, *table_of(said, ("incident", "accounts", "facts", "missed"), done)] if done else blocks


def _notices(pack: Pack, said: Words) -> list[Block]:
    rows: list[tuple[Run | Inline, ...]] = [
        (
            name(one.party),
            number(one.notices),
            (number(one.late), text(" / "), number(one.measured)),
            seconds(one.lead_least_s, said),
            seconds(one.lead_p50_s, said),
            number(one.uncoordinated),
        )
        for one in pack.figures.notices
    ]
    some = rows if any(one.notices or one.uncoordinated for one in pack.figures.notices) else []
    heads = ("party", "notices", "late", "lead_least_s", "lead_p50_s", "uncoordinated")
    table = table_of(said, heads, some)
    return [Heading((text(said["section.notices"]),)), *table]


def _sources(pack: Pack, said: Words) -> list[Block]:
    rows = [
        (name(one.party), code(one.origin), number(one.entries), number(one.sealed), moment(one.newest))
        for one in pack.ledger.held.values()
    ]
    heads = ("party", "journal", "entries", "sealed", "newest")
    return [Heading((text(said["section.sources"]),)), *table_of(said, heads, rows)]


def _public_table(table: PublicTable, threshold: int, said: Words) -> list[Block]:
    hidden = filled(said["less_than"], {"n": figure(str(threshold))})  # a sign would turn in Arabic

    def shown(total: Shown) -> Inline:
        if total.exact:
            return (number(total.at_least),)
        return filled(said["at_least"], {"n": number(total.at_least)})

    rows: list[tuple[Inline, ...]] = [
        (
            (code(day.isoformat()),),
            *(
                (text("–"),) if (day, one) in table.withheld else hidden if cell is None else (number(cell),)
                for one, cell in ((one, table.cells[day, one]) for one in table.areas)
            ),
            shown(table.of_day(day)),
        )
        for day in table.days
    ]
    totals = [shown(table.of_area(area)) for area in table.areas]
    rows.append(((text(said["head.total"]),), *totals, shown(table.total)))
    heads: list[Inline] = [(text(said["head.day"]),)]
    heads += [(name(area),) for area in table.areas]
    heads.append((text(said["head.total"]),))
    return [Table(tuple(heads), tuple(rows))]

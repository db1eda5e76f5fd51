"""A whole pack, computed: what the documents and tables are written from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.pack.figures import figures
from skyaccord.pack.ledger import Ledger, Window
from skyaccord.pack.public import PublicPack, public_pack
from skyaccord.pack.reconcile import name_of, reconcile
from skyaccord.pack.rows import Figures
from skyaccord.pack.seen import seen
from skyaccord.pack.side_by_side import Line, Reconciliation

Row = dict[str, Any]

SKY_TABLES: Final = ("sky", "crossings", "responses", "line", "drills", "incidents", "notices")


@dataclass(frozen=True)
class Pack:
    """For the parties of `ledger.own`. reconciliations: of every two journals that are held."""

    ledger: Ledger
    window: Window
    figures: Figures
    reconciliations: tuple[Reconciliation, ...]

    @property
    def digest(self) -> str:
        """Of every table: two makings of one pack are compared by it."""
        return digest_of(tables_of(self))


def make_pack(ledger: Ledger, window: Window) -> Pack:
    """Compute everything for the parties."""
    events = seen(ledger, window)
    pairs = combinations(sorted(ledger.parties), 2)  # the same order on both sides
    return Pack(
        ledger,
        window,
        figures(ledger, window, events),
        tuple(reconcile(ledger, events, first, second) for first, second in pairs),
    )


def make_public(ledger: Ledger, window: Window) -> PublicPack:
    """Compute what may be published. InputError: nothing may."""
    return public_pack(ledger, window)


def tables_of(pack: Pack) -> dict[str, list[Row]]:
    """Every table as plain rows, by its name: what goes into Parquet. Times stay times."""
    found = {name: [asdict(row) for row in getattr(pack.figures, name)] for name in SKY_TABLES}
    found["events"] = [
        {
            "thing": one.thing,
            "party": one.party,
            "entry": name_of(one.ref),
            "accord": one.accord,
            "rule": one.rule,
            "aircraft": " ".join(one.aircraft),
            "start": one.start,
            "end": one.end,
            "closest": one.closest,
            "verdict": one.verdict,
            "horizontal_nm": one.numbers.get("horizontal_nm"),
            "vertical_ft": one.numbers.get("vertical_ft"),
            "dwell_s": one.numbers.get("dwell_s"),
            "confident": one.confident,
            "over": one.over,
            "nuisance": one.nuisance,
        }
        for one in pack.figures.events
    ]
    lines = [(between, line) for between in pack.reconciliations for line in between.lines]
    found["reconciliation"] = [row for number, one in enumerate(lines, 1) for row in _line_rows(number, *one)]
    found["journals"] = [asdict(held) for held in pack.ledger.held.values()]
    return found


def _line_rows(number: int, between: Reconciliation, line: Line) -> Iterable[Row]:
    """A line without a difference is one row; each cause of each difference is one row else."""
    base = {
        "line": number,
        "first": between.first,
        "second": between.second,
        "thing": line.row.thing,
        "aircraft": " ".join(line.row.aircraft),
        "start": line.row.start,
        "end": line.row.end,
        "entries_first": " ".join(name_of(one.ref) for one in line.row.of(between.first)),
        "entries_second": " ".join(name_of(one.ref) for one in line.row.of(between.second)),
    }
    empty = {"differs": None, "value_first": None, "value_second": None}
    if not line.differences:
        yield {**base, **empty, "cause": None, "at": None, "evidence": None, "note": None}
    for one in line.differences:
        said = {
            "differs": one.what,
            "value_first": one.values.get(between.first),
            "value_second": one.values.get(between.second),
            "note": one.note or None,
        }
        for cause in one.causes:
            evidence = json.dumps(dict(cause.evidence), ensure_ascii=False, sort_keys=True)
            yield {**base, **said, "cause": cause.name, "at": cause.party, "evidence": evidence}
        if not one.causes:
            yield {**base, **said, "cause": "unexplained", "at": None, "evidence": None}


def public_tables(pack: PublicPack) -> dict[str, list[Row]]:
    """What may be published as plain rows: one row a day and area, counts left out are null."""
    rows = [
        {
            "day": day,
            "area": area,
            **{table.measure: table.cells.get((day, area)) for table in pack.tables},
        }
        for day in pack.tables[0].days
        for area in pack.tables[0].areas
    ]
    return {"by_day_and_area": rows}


def digest_of(tables: Mapping[str, list[Row]]) -> str:
    """ "sha256:…" over the rows as JSON with sorted keys."""
    data = json.dumps(tables, default=plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(data.encode()).hexdigest()}"


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no place in a table")

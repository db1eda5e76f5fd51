"""Made-up skies and their reports, for tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import polars as pl

import skyaccord
from skyaccord.base.clock import ManualClock
from skyaccord.encounters import Encounters
from skyaccord.report import report_html
from tests.encounters.synthetic import states, straight

METRE = 1 / 111_200
CLOCK = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


def crossing(pairs: int = 1, **more: Any) -> pl.DataFrame:
    """Pairs that cross at right angles, 200 ft apart, the samples of the two 5 s out of step."""
    rows = []
    for i in range(pairs):
        latitude = 50.0 + i
        rows += straight(
            f"aaaa{i:02x}", range(0, 121, 10), (latitude - 60 * 100 * METRE, 10.0), (100 * METRE, 0.0), 3000.0
        )
        rows += straight(
            f"bbbb{i:02x}",
            range(5, 126, 10),
            (latitude, 10.0 - 61 * 150 * METRE - 0.0007 * i),
            (0.0, 150 * METRE),
            3200.0,
        )
    return states(rows, **more)


def found(table: pl.DataFrame, within: str = "1nm,1000ft", **more: Any) -> Encounters:
    return skyaccord.scan(table, within, **more)


def report(encounters: Encounters, **more: Any) -> str:
    return report_html(encounters, clock=CLOCK, **more)


def data_of(page: str) -> dict[str, Any]:
    """The JSON that the report carries."""
    match = re.search(r'<script type="application/json" id="skyaccord-data">(.*?)</script>', page, re.DOTALL)
    assert match
    data: dict[str, Any] = json.loads(match[1])
    return data


class Elements(HTMLParser):
    """All elements of a page with their attributes, as a browser's parser sees them, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

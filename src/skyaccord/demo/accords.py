"""The demo's two accords: the shipped rule of threes, made out for parties A and B, for one sky and one time.

Made by editing the shipped file, not by writing another: what the demo signs is what SkyAccord ships, with
its comments, its tiers and its roles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from skyaccord.record.cards import Card

TEMPLATE: Final = "rule-of-threes"


@dataclass(frozen=True)
class Terms:
    """What the demo changes in the shipped accord. corners: [latitude, longitude] in degrees, WGS 84."""

    name: str
    title: str
    start: datetime
    end: datetime
    area: str
    corners: Sequence[tuple[float, float]]


OCTOBER_2015: Final = Terms(
    name="rule-of-threes-october-2015",
    title="EXERCISE: the rule of threes, October 2015",
    start=datetime(2015, 10, 10, tzinfo=UTC),
    end=datetime(2015, 11, 10, tzinfo=UTC),
    area="The sky flown by both (exercise)",
    corners=((37.5, 35.0), (37.5, 46.0), (31.5, 46.0), (31.5, 35.0)),
)

MONTEREY_BAY: Final = Terms(
    name="rule-of-threes-monterey-bay",
    title="EXERCISE: the rule of threes on a recorded day, Monterey Bay",
    start=datetime(2025, 6, 2, tzinfo=UTC),
    end=datetime(2025, 6, 3, tzinfo=UTC),
    area="Monterey Bay, the cell of the recording",
    corners=((37.0, -122.0), (37.0, -121.0), (36.0, -121.0), (36.0, -122.0)),
)


def write_accord(terms: Terms, cards: Sequence[Card], folder: Path) -> Path:
    """Write the accord between the parties of these cards into `folder`; returns the file's path."""
    from skyaccord.accord.drafting import Changes, PartyEntry, with_parties
    from skyaccord.accord.source import shipped_text

    text = with_parties(
        shipped_text(TEMPLATE),
        [PartyEntry(card.party, card.name, card.public_key) for card in cards],
        changes=Changes(
            name=terms.name,
            title=terms.title,
            exercise=True,
            start=terms.start,
            end=terms.end,
            areas=[{"name": terms.area, "polygon": [list(corner) for corner in terms.corners]}],
        ),
    )
    path = folder / f"{terms.name}.toml"
    path.write_text(text, encoding="utf-8")
    return path

"""The cards that a reader brings, of parties and of witnesses, in the files they came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.record.canonical import parse_json
from skyaccord.record.cards import CARD_BYTES_MAX, WITNESS_CARD_FORMAT, Card
from skyaccord.record.witness_card import WitnessCard


@dataclass(frozen=True)
class Given:
    """What journals and cosignatures are held against."""

    cards: list[Card] = field(default_factory=list)
    witnesses: list[WitnessCard] = field(default_factory=list)


def load_given(paths: Iterable[Path]) -> Given:
    """Read card files of both sorts. UnreadableError, TrustError: no card. InputError: two of one journal."""
    found = Given()
    for path in paths:
        if _is_witness(path):
            found.witnesses.append(WitnessCard.load(path))
            continue
        card = Card.load(path)
        if any(one.origin == card.origin for one in found.cards):
            raise InputError(
                f"a second card of party {card.party}", where=str(path), do="give the newest alone"
            )
        found.cards.append(card)
    return found


def _is_witness(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            value = parse_json(file.read(CARD_BYTES_MAX + 1))
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise UnreadableError(
            reason, where=str(path), do="give a party's or witness's card, a file"
        ) from None
    except ValueError:
        return False  # `Card.load` says what is wrong with it
    return isinstance(value, dict) and value.get("format") == WITNESS_CARD_FORMAT

"""The demo's accords are the shipped rule of threes, made out for A and B."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.accord.source import load_accord
from skyaccord.demo.accords import MONTEREY_BAY, OCTOBER_2015, Terms, write_accord
from skyaccord.demo.acts import REAL_END, REAL_START
from skyaccord.demo.sorties import WINDOW_LENGTH, WINDOW_START
from skyaccord.record.cards import Card
from skyaccord.record.keys import PartyKey


def card(party: str) -> Card:
    return Card.make(
        party=party,
        name=f"Party {party}",
        origin=f"skyaccord.journal/{party}/0123456789abcdef",
        link_address="http://127.0.0.1:8101",
        key=PartyKey.generate(),
    )


@pytest.mark.parametrize("terms", [OCTOBER_2015, MONTEREY_BAY], ids=["october-2015", "monterey-bay"])
def test_an_accord_that_can_be_signed(terms: Terms, tmp_path: Path) -> None:
    cards = [card("A"), card("B")]
    accord = load_accord(write_accord(terms, cards, tmp_path)).accord
    shipped = load_accord("rule-of-threes").accord
    assert accord.exercise
    assert [(party.id, party.public_key) for party in accord.parties] == [
        (c.party, c.public_key) for c in cards
    ]
    assert (accord.rules, accord.tiers, accord.roles) == (shipped.rules, shipped.tiers, shipped.roles)
    assert [area.name for area in accord.areas] == [terms.area]


def test_each_is_valid_while_its_act_plays_and_not_in_the_other() -> None:
    for moment in (WINDOW_START, WINDOW_START + WINDOW_LENGTH):
        assert OCTOBER_2015.start <= moment < OCTOBER_2015.end
        assert not MONTEREY_BAY.start <= moment < MONTEREY_BAY.end
    for moment in (REAL_START, REAL_END):
        assert MONTEREY_BAY.start <= moment < MONTEREY_BAY.end
        assert not OCTOBER_2015.start <= moment < OCTOBER_2015.end

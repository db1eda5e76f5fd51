"""A draft of one's own: values change, comments and layout stay."""

import tomllib
from datetime import UTC, datetime

import pytest

from skyaccord.accord.drafting import Changes, PartyEntry, fill_keys, with_parties
from skyaccord.accord.source import AccordFileError, parse_accord
from skyaccord.base.errors import InputError
from tests.accord.samples import KEY_A, KEY_B, SMALL, THREES


def changed_lines(before: str, after: str) -> list[str]:
    old = set(before.splitlines())
    return [line for line in after.splitlines() if line not in old]


def test_keys_are_filled_in_and_nothing_else_moves() -> None:
    text = fill_keys(THREES, {"A": KEY_A, "B": KEY_B})
    assert changed_lines(THREES, text) == [f'public_key = "{KEY_A}"', f'public_key = "{KEY_B}"']
    assert len(text.splitlines()) == len(THREES.splitlines())
    assert parse_accord(text, "x").accord.keyless == ()


def test_other_values_change_and_comments_stay() -> None:
    text = fill_keys(
        THREES,
        {},
        names={"A": "Party Alpha"},
        changes=Changes(
            name="exercise-threes",
            title="EXERCISE",
            version=2,
            exercise=True,
            start=datetime(2015, 10, 14, tzinfo=UTC),
            end=datetime(2016, 1, 1, 12, 30, tzinfo=UTC),
            areas=[
                {"name": "one", "polygon": [[30.0, 30.0], [31.0, 30.0], [30.0, 31.0]]},
                {"name": "two", "circle": {"latitude": 1.0, "longitude": 2.0, "radius_nm": 3.0}},
            ],
        ),
    )
    assert "version = 2             # raise it with every change" in text
    accord = parse_accord(text, "x").accord
    assert accord.exercise is True
    assert accord.parties[0].name == "Party Alpha"
    assert accord.name == "exercise-threes"
    assert accord.validity.end == datetime(2016, 1, 1, 12, 30, tzinfo=UTC)
    assert [area.name for area in accord.areas] == ["one", "two"]
    back = fill_keys(text, {}, changes=Changes(end="open", areas=[]))
    accord = parse_accord(back, "x").accord
    assert accord.validity.end is None
    assert accord.areas == ()


def test_parties_from_cards_fill_their_own_tables_first() -> None:
    entries = [PartyEntry("north", "North", KEY_A), PartyEntry("A", "Alpha", KEY_B)]
    accord = parse_accord(with_parties(THREES, entries), "x").accord
    assert [(party.id, party.name, party.public_key) for party in accord.parties] == [
        ("A", "Alpha", KEY_B), ("north", "North", KEY_A),
    ]  # fmt: skip


def test_one_card_leaves_a_draft_and_a_third_card_adds_a_party() -> None:
    one = parse_accord(with_parties(SMALL, [PartyEntry("north", "North", KEY_A)]), "x").accord
    assert [party.id for party in one.parties] == ["north", "B"]
    assert one.keyless == ("B",)
    third = "bWFya2VkIGFzIGEga2V5IG9mIGEgdGhpcmQgcHJ0eS4="
    entries = [PartyEntry("A", "A", KEY_A), PartyEntry("B", "B", KEY_B), PartyEntry("C", "C", third)]
    text = with_parties(THREES, entries)
    assert [party.id for party in parse_accord(text, "x").accord.parties] == ["A", "B", "C"]
    assert list(tomllib.loads(text)["party"][2]) == ["id", "name", "public_key"]


def test_what_cannot_be_drafted() -> None:
    with pytest.raises(InputError, match="no party 'Z'"):
        fill_keys(THREES, {"Z": KEY_A})
    with pytest.raises(InputError, match="same party"):
        with_parties(THREES, [PartyEntry("A", "A", KEY_A), PartyEntry("A", "A", KEY_A)])
    with pytest.raises(AccordFileError, match="32 bytes"):
        fill_keys(THREES, {"A": "nonsense"})
    with pytest.raises(AccordFileError, match="not TOML"):
        fill_keys("[", {})
    with pytest.raises(AccordFileError, match=r"same public_key"):
        fill_keys(THREES, {"A": KEY_A, "B": KEY_A})
    inline = (
        SMALL.replace("[[party]]\n", "")
        .replace('id = "A"\nname = "Party A"', "")
        .replace('id = "B"\nname = "Party B"', "")
    )
    inline = 'party = [{ id = "A", name = "Party A" }]\n' + inline
    with pytest.raises(InputError, match=r"\[\[party\]\]"):
        fill_keys(inline, {"A": KEY_A})

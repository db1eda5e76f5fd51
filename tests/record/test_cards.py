from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import TrustError, UnreadableError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import ASK_AGAIN, Card
from skyaccord.record.keys import PartyKey

KEY = PartyKey.generate(SeededRandomness(3))
ORIGIN = "skyaccord.journal/A/0123456789abcdef"


def make(**changes: str) -> Card:
    fields = {"party": "A", "name": "Alpha", "origin": ORIGIN, "link_address": "http://127.0.0.1:7700"}
    return Card.make(**{**fields, **changes}, key=KEY)


def test_a_card_comes_back_from_its_file(tmp_path: Path) -> None:
    card = make(name="Штаб، عمليات")
    (tmp_path / "card.json").write_text(card.dumps(), encoding="utf-8")
    assert Card.load(tmp_path / "card.json") == card
    assert card.public_key == KEY.public
    assert card.fingerprint == KEY.fingerprint


@given(st.data())
def test_no_character_of_a_card_can_be_changed_unnoticed(data: st.DataObject) -> None:
    text = make().dumps()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != text[place]))
    changed = text[:place] + other + text[place + 1 :]
    try:
        value = json.loads(changed)
    except ValueError:
        value = None
    if value == json.loads(text):  # white space between the fields
        return
    with pytest.raises(TrustError):
        Card.loads(changed.encode("utf-8"))


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("name", "Bravo", "signature does not hold"),
        ("party", "B", "not this party's"),
        ("fingerprint", "00000", "fingerprint"),
        ("link_address", "ftp://x", "link_address"),
        ("extra", "x", "extra"),
        ("format", "skyaccord.card/2", "format"),
    ],
)
def test_a_changed_field_is_named(field: str, value: str, what: str) -> None:
    changed = {**json.loads(make().dumps()), field: value}
    with pytest.raises(TrustError, match=what) as caught:
        Card.loads(json.dumps(changed).encode())
    assert "Value error" not in str(caught.value)
    assert str(caught.value).endswith(ASK_AGAIN)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{", b'{"a":1,"a":1}', b"x" * 20_000])
def test_what_is_no_card_is_one_line(data: bytes) -> None:
    with pytest.raises(TrustError) as caught:
        Card.loads(data, where="b.json")
    assert str(caught.value).startswith("b.json: ")
    assert "\n" not in str(caught.value)


def test_a_missing_card_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        Card.load(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["", "   ", "two\nlines", "x" * 201])
def test_a_party_needs_a_name_on_one_line(name: str) -> None:
    with pytest.raises(TrustError, match="name"):
        make(name=name)


def test_the_same_identity_may_move_house() -> None:
    assert make().same_identity(make(link_address="https://node.example:7701", name="Alpha, new"))
    other = Card.make(
        party="A", name="Alpha", origin=ORIGIN, link_address="http://127.0.0.1:1", key=PartyKey.generate()
    )
    assert not make().same_identity(other)

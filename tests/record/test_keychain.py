from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError
from skyaccord.record.keychain import KeyChain, KeyChange

ROOT = "root"


def chain(*changes: KeyChange) -> KeyChain:
    return KeyChain("k0", ROOT, changes)


def test_each_entry_has_the_key_of_its_time() -> None:
    found = chain(KeyChange(5, "k0", "k1"), KeyChange(9, "k1", None), KeyChange(12, "k1", "k2"))
    assert [found.at(n) for n in (0, 4, 5, 8, 9, 11, 12, 99)] == [
        "k0", "k0", "k1", "k1", None, None, "k2", "k2",
    ]  # fmt: skip
    assert (found.current, found.keys) == ("k2", ["k0", "k1", "k2"])
    assert [found.since(key) for key in ("k0", "k1", "k2", "k3")] == [0, 5, 12, None]
    assert found.links("k0", "k2")
    assert not found.links("k0", "thief")
    assert chain(KeyChange(9, "k0", None)).current is None


def test_who_may_sign_for_how_many_entries() -> None:
    found = chain(KeyChange(5, "k0", "k1"), KeyChange(9, "k1", "k2"))
    assert [found.signed_by(size) for size in (0, 5, 6, 9, 10)] == [
        ["k0", "k1", "k2"], ["k0", "k1", "k2"], ["k1", "k2"], ["k1", "k2"], ["k2"],
    ]  # fmt: skip
    revoked = chain(KeyChange(5, "k0", None), KeyChange(8, "k0", "k1"))
    assert [revoked.signed_by(size) for size in (5, 6, 9)] == [["k0", "k1"], ["k0", "k1"], ["k1"]]


def test_a_key_that_was_replaced_never_comes_back() -> None:
    found = chain(KeyChange(5, "k0", "k1"), KeyChange(9, "k1", "k0"))
    assert (found.current, found.at(9)) == ("k1", "k1")


def test_what_does_not_join_is_not_followed() -> None:
    found = chain(KeyChange(9, "k1", "k2"))
    assert (found.current, found.keys) == ("k0", ["k0"])
    assert not found.links("k0", "k2")
    found.add(KeyChange(5, "k0", "k1"))
    assert found.current == "k2"


def test_two_changes_in_one_place_and_a_party_without_root() -> None:
    found = chain(KeyChange(5, "k0", "k1"))
    found.add(KeyChange(5, "k0", "k1"))
    with pytest.raises(RefusedError, match="entry 5 changes the key otherwise"):
        found.add(KeyChange(5, "k0", "k2"))
    with pytest.raises(RefusedError, match="without a root key"):
        KeyChain("k0", None).add(KeyChange(5, "k0", "k1"))


@given(st.data())
def test_changes_in_any_order_give_the_same_keys(data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.integers(1, 60), max_size=8)))
    changes, key, number = [], "k0", 0
    for place in places:
        if data.draw(st.booleans()):
            number += 1
            changes.append(KeyChange(place, key, f"k{number}"))
            key = f"k{number}"
        else:
            changes.append(KeyChange(place, key, None))
    ordered = chain(*changes)
    shuffled = chain(*data.draw(st.permutations(changes)))
    assert [shuffled.at(n) for n in range(62)] == [ordered.at(n) for n in range(62)]
    assert shuffled.keys == ordered.keys == [f"k{n}" for n in range(number + 1)]
    assert shuffled.current == ordered.current
    for n in range(62):  # by the words: the last change at or before it decides
        before = [change for change in changes if change.sequence <= n]
        assert ordered.at(n) == (before[-1].new if before else "k0")

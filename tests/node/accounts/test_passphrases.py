"""Argon2id as named, and nothing that tells whether there is such an account."""

import pytest
from argon2 import Type, extract_parameters, profiles

from skyaccord.base.errors import InputError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.accounts.passphrases import ARGON2ID, Passphrases

WORDS = "four words of mine"


def test_the_parameters_are_rfc_9106s_second_recommended_ones() -> None:
    found = extract_parameters(Passphrases(SeededRandomness(1)).hash(WORDS))
    assert found.type is Type.ID
    assert (found.time_cost, found.memory_cost, found.parallelism) == (3, 64 * 1024, 4)
    assert (found.salt_len, found.hash_len) == (16, 32)
    assert found == ARGON2ID


def test_right_wrong_and_nobodys() -> None:
    hasher = Passphrases(SeededRandomness(1), profiles.CHEAPEST)
    stored = hasher.hash(WORDS)
    assert stored != hasher.hash(WORDS)  # salted
    assert hasher.holds(stored, WORDS)
    assert not hasher.holds(stored, f"{WORDS}!")
    assert not hasher.holds(None, WORDS)
    assert not hasher.holds("no hash at all", WORDS)


def test_nobodys_passphrase_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Passphrases(SeededRandomness(1), profiles.CHEAPEST)
    stored = hasher.hash(WORDS)
    verified: list[str] = []
    inner = hasher._hasher.verify
    monkeypatch.setattr(
        type(hasher._hasher),
        "verify",
        lambda _self, hash_, text: verified.append(hash_) or inner(hash_, text),
    )
    hasher.holds(None, WORDS)
    hasher.holds(stored, WORDS)
    nobodys, ours = verified
    assert extract_parameters(nobodys) == extract_parameters(ours)


def test_the_same_words_from_another_keyboard() -> None:
    hasher = Passphrases(SeededRandomness(1), profiles.CHEAPEST)
    assert hasher.holds(hasher.hash("caf\u00e9 am Himmel"), "cafe\u0301 am Himmel")
    assert hasher.holds(hasher.hash("четыре слова моих"), "четыре слова моих")


@pytest.mark.parametrize("words", ["", "short", "x" * 11, "x" * 257])
def test_too_short_and_too_long(words: str) -> None:
    with pytest.raises(InputError, match="12 to 256"):
        Passphrases(SeededRandomness(1), profiles.CHEAPEST).hash(words)


def test_an_older_hash_is_known_as_such() -> None:
    cheap = Passphrases(SeededRandomness(1), profiles.CHEAPEST).hash(WORDS)
    dear = Passphrases(SeededRandomness(1))
    assert dear.outdated(cheap)
    assert not dear.outdated(dear.hash(WORDS))

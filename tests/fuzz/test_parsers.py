"""Every parser, thousands of bad inputs: only our own errors come out. The long form is in `make soak`."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import SkyAccordError
from tests.fuzz.mutate import mutate
from tests.fuzz.targets import TARGETS, feed

TRIES = 500  # of the cheapest; the dear ones have fewer


@pytest.mark.parametrize("name", TARGETS)
def test_only_our_own_errors_come_out(name: str) -> None:
    target = TARGETS[name]
    corpus = target.corpus()
    dice = random.Random(name)
    for number in range(TRIES // target.weight):
        data = mutate(dice, corpus)
        try:
            feed(name, data)
        except Exception as error:
            raise AssertionError(
                f"{name}, try {number}: {type(error).__name__}: {error}\n{data!r}"
            ) from error


@pytest.mark.parametrize("name", ["accord", "settings"])
@pytest.mark.parametrize(
    "data", [b"x = " + b"[" * 3_000, b"a" + b".a" * 3_000 + b" = 1", b"x = " + b"9" * 5_000]
)
def test_deep_and_long_toml_is_an_error_of_ours(name: str, data: bytes) -> None:
    with pytest.raises(SkyAccordError):
        TARGETS[name].read(data)


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_read(name: str) -> None:
    read = 0
    for data in TARGETS[name].corpus():
        feed(name, data)
        read += 1
    assert read


@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if target.weight == 1])
def test_any_bytes_at_all(name: str) -> None:
    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(st.binary(max_size=200))
    def any_bytes(data: bytes) -> None:
        feed(name, data)

    any_bytes()

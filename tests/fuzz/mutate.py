"""Bad inputs from good ones, by a seed: bytes flipped, cut, doubled and moved; JSON values exchanged."""

from __future__ import annotations

import json
import random
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1e308, -0.0, "", "x" * 5_000, "\x00", "\ud800", "\u202e", "\u2028",
    [], {}, [[]],
    {"": ""}, "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "../..", "A" * 43 + "=", "1e5", "٣",
)  # fmt: skip
ODD_BYTES = (
    b"\0",
    b"\xff\xfe",
    b"\n\n",
    b"\r",
    b'"',
    b"{",
    b"[" * 2_000,
    b"9" * 400,
    b"\xe2\x80\x94 ",
    b",",
    b"=",
)


def mutate(dice: random.Random, corpus: list[bytes]) -> bytes:
    """One bad input."""
    data = dice.choice(corpus)
    if dice.random() < 0.5:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):  # a guided run brings arrays a thousand deep back
            pass
        else:
            for _ in range(dice.randint(1, 3)):
                value = _changed(dice, value)
            data = json.dumps(value, allow_nan=True).encode("utf-8", "surrogatepass")
            if dice.random() < 0.7:
                return data
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 8])):
        place = dice.randrange(len(changed) + 1)
        match dice.randrange(6):
            case 0 if changed:
                changed[place % len(changed)] ^= 1 << dice.randrange(8)
            case 1:
                changed[place:place] = dice.choice(ODD_BYTES)
            case 2:
                del changed[place : place + dice.choice([1, 4, 64])]
            case 3:
                changed[place:place] = changed[place : place + dice.choice([1, 16, 200])]
            case 4:
                changed[place:] = dice.choice(corpus)[place:]
            case 5:
                del changed[place:]
    return bytes(changed)


def _changed(dice: random.Random, value: Any) -> Any:
    """The same with one value somewhere in it exchanged, dropped or added."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        name = dice.choice(sorted(value))
        match dice.randrange(8):
            case 0:
                return {key: item for key, item in value.items() if key != name}
            case 1:
                return {**value, "extra": dice.choice(ODD)}
            case 2:
                return {**value, name: value[dice.choice(sorted(value))]}
        return {**value, name: _changed(dice, value[name])}
    if isinstance(value, list) and value and dice.random() < 0.85:
        place = dice.randrange(len(value))
        match dice.randrange(4):
            case 0:
                return value[:place] + value[place + 1 :]
            case 1:
                return [*value[: place + 1], *value[place:]]
        return [*value[:place], _changed(dice, value[place]), *value[place + 1 :]]
    return dice.choice(ODD)

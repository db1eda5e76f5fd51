"""One form for signing: vectors, and what does and does not change it."""

import json
import math
import random
import struct
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skyaccord.accord.canonical import canonical_bytes, canonical_json, digest, digest_of
from skyaccord.accord.model import Accord
from skyaccord.accord.source import load_accord, parse_accord, shipped_names
from tests.accord.samples import CLASSES, FIRST_EDITION, KEY_A, KEY_B, RICH, SMALL, THREES, WHOLE

VECTORS = Path(__file__).parent / "vectors"

# RFC 8785, appendix B: the bits of a double and its text
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_those_of_rfc_8785(bits: str, text: str) -> None:
    value = struct.unpack(">d", bytes.fromhex(bits))[0]
    assert canonical_json(value) == text.encode()


def test_keys_and_strings_are_those_of_rfc_8785() -> None:
    """Sorting by UTF-16 units (RFC 8785, 3.2.3) and escapes (3.2.2.2)."""
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert canonical_json(keys).decode() == (
        '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'
    )
    assert canonical_json('\u20ac$\u000f\nA\'B"\\\\"/').decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical_json([None, True, False, 1, -2, 3.5, {}, []]) == b"[null,true,false,1,-2,3.5,{},[]]"


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, "\ud800", {1, 2}, b"x"])
def test_what_json_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the message differs by kind)
        canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_as_themselves(value: float) -> None:
    assert float(canonical_json(value)) == value


@pytest.mark.parametrize("name", ["first-edition", "rich", "classes", "whole"])
def test_vectors(name: str) -> None:
    """The files another implementation can be tried with: TOML in, bytes and digest out."""
    text = (VECTORS / f"{name}.toml").read_text(encoding="utf-8")
    expected = (VECTORS / f"{name}.canonical.json").read_bytes()
    digests = json.loads((VECTORS / "digests.json").read_text(encoding="utf-8"))
    loaded = parse_accord(text, name)
    assert canonical_bytes(loaded.accord) == expected
    assert loaded.digest == digests[name] == digest_of(expected)


@pytest.mark.parametrize("name", shipped_names())
def test_digests_of_the_shipped(name: str) -> None:
    digests = json.loads((VECTORS / "digests.json").read_text(encoding="utf-8"))
    assert load_accord(name).digest == digests[name]


@pytest.mark.parametrize("path", [RICH, CLASSES, WHOLE, "rule-of-threes"])
def test_round_trip_from_the_signed_bytes(path: Path | str) -> None:
    """File → accord → bytes → accord → bytes; the bytes hold everything that the accord says."""
    accord = load_accord(path).accord
    again = Accord.model_validate_json(canonical_bytes(accord), by_alias=True, by_name=False)
    assert again == accord
    assert digest(again) == digest(accord)
    assert json.loads(canonical_bytes(accord))["rule"][0]["id"] == accord.rules[0].id


def shuffled(value: Any, dice: random.Random) -> Any:
    """The same tables with their keys in another order; lists stay as they are."""
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: shuffled(value[key], dice) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, dice) for item in value]
    return value


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["threes", "rich"]))
def test_order_of_keys_layout_and_comments_keep_the_digest(dice: random.Random, which: str) -> None:
    text = THREES if which == "threes" else RICH.read_text(encoding="utf-8")
    other = tomlkit.dumps(shuffled(tomllib.loads(text), dice))
    noisy = "".join(
        line + (" # noise" if dice.random() < 0.5 else "  ") + "\n" * (1 + dice.randrange(2))
        if line and not line.startswith("#") and '"""' not in line and "\\" not in line and "'''" not in line
        else line + "\n"
        for line in other.split("\n")
    )
    assert noisy != text
    assert parse_accord(noisy.replace("\n", "\r\n"), "x").digest == parse_accord(text, "x").digest


def test_one_value_written_differently_is_one_digest() -> None:
    for old, new in (
        ("horizontal_nm = 3", "horizontal_nm = 3.0"),
        ("horizontal_nm = 3", "horizontal_nm = 0.3e1"),
        ("vertical_ft = 3000", "vertical_ft = 3_000"),
        ("2020-01-01T00:00:00Z", "2020-01-01 03:00:00.000+03:00"),
        ("version = 1", "version = 0x1"),
        ("version = 1", "version = 1\nexercise = false"),
        ('id = "B"', 'id = "B"\nmembers = []\npublic_key = ""'),
        ("vertical_ft = 3000", 'vertical_ft = 3000\ncombinator = "either"'),
    ):
        assert old in SMALL
        assert parse_accord(SMALL.replace(old, new), "x").digest == parse_accord(SMALL, "x").digest


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        found = [leaf for index, item in enumerate(value) for leaf in leaves(item, (*path, index))]
        return found or [(path, value)]
    return [(path, value)]


def replaced(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    changed = dict(document) if isinstance(document, dict) else list(document)
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


def neighbours(value: Any) -> list[Any]:
    """Values next to this one, of the same type."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, value - 1, value * 1.5, math.nextafter(value, math.inf)]
        case datetime():
            return [value + timedelta(microseconds=1)]
        case "either" | "both":
            return [{"either": "both", "both": "either"}[value]]
        case str():
            return [
                value + "x",
                "x" + value,
                "X",
                "",
                "A",
                "warning",
                "caution",
                KEY_A,
                KEY_B,
                "chief",
                "glider",
            ]
        case list():
            return [["x"]]
    return []


@pytest.mark.parametrize(
    "text",
    [path.read_text(encoding="utf-8") for path in (FIRST_EDITION, RICH, CLASSES)],
    ids=["first-edition", "rich", "classes"],
)
def test_changing_any_value_changes_the_digest(text: str) -> None:
    document = tomllib.loads(text)
    original = parse_accord(text, "x").accord
    seen = {digest(original)}
    untried = []
    for path, value in leaves(document):
        tried = 0
        for other in neighbours(value):
            try:
                accord = Accord.model_validate(replaced(document, path, other), by_alias=True, by_name=False)
            except ValidationError:
                continue
            if accord == original:
                continue
            tried += 1
            assert digest(accord) not in seen, (path, value, other)
        if not tried:
            untried.append(path)
    # There is one format so far; the others cannot change alone, see below.
    bound = {("tier", "name"), ("role", "id"), ("role", "escalates_to")}
    assert ("format",) in untried
    assert {(path[0], path[-1]) for path in untried} - {("format", "format")} <= bound


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"warning"', '"caution"'),
        ('id = "duty-officer"', 'id = "watch-officer"'),
        ('id = "r"', 'id = "r2"'),
        ("acknowledge_within_s = 30", 'acknowledge_within_s = 30\nescalates_to = "b"'),
    ],
)
def test_values_that_others_are_bound_to_change_the_digest_too(old: str, new: str) -> None:
    text = SMALL + '\n[[role]]\nid = "b"\ntitle = "B"\nacknowledge_within_s = 1\n'
    assert old in text
    assert parse_accord(text.replace(old, new, 1), "x").digest != parse_accord(text, "x").digest


def test_order_of_lists_is_part_of_the_accord() -> None:
    document = tomllib.loads(THREES)
    document["conduct"].reverse()
    assert (
        digest(Accord.model_validate(document, by_alias=True, by_name=False))
        != parse_accord(THREES, "x").digest
    )


def test_an_accord_without_classes_keeps_the_digest_it_had_before_there_were_any() -> None:
    assert load_accord(FIRST_EDITION).digest == (
        "sha256:8e137e0fc8c2254cd17f9934a5a97405c49fbe5b55aa672d15f1c3f557d0b98f"
    )
    assert b"class" not in canonical_bytes(load_accord(FIRST_EDITION).accord)
    assert parse_accord(SMALL, "x").digest == (
        "sha256:8ce511e3805d1bdffe8176217a741c95d5aa97b79cd5972cf62a0b5724ed500b"
    )

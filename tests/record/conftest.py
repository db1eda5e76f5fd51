"""Folders to tamper with."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.keys import PersonKey
from skyaccord.record.kinds import KindRegistry
from tests.record.tampering import Scene, Tampering, tampering
from tests.record.worlds import copy_folder, enrol, exchange_all, make_pair, said


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    a, b = make_pair(folder)
    person = PersonKey.generate(SeededRandomness(4))
    enrol(a, person)
    exchange_all(a, b)
    a.journal.append_statement("message", said(a, person), recipients=["*"])
    for number in range(4):
        a.journal.append("note", {"number": number}, recipients=["*"] if number % 2 else [])
        b.journal.append("note", {"number": number}, recipients=["A"])
    a.journal.kinds = KindRegistry()
    a.journal.append("person.enrolled", {"name": "no key"}, recipients=["*"])
    exchange_all(a, b)
    later = copy_folder(b, folder / "earlier-B")
    a.journal.append("note", {"last": True}, recipients=["*"])
    exchange_all(a, b)
    scene = Scene(
        copy_folder(a, folder / "copy-A"),
        copy_folder(b, folder / "copy-B"),
        [a.card, b.card],
        {"A": a.key, "B": b.key},
        later,
    )
    for party in (a, b):
        party.store.close()
    return scene


@pytest.fixture(params=["A", "B"])
def open_folder(scene: Scene, request: pytest.FixtureRequest, tmp_path: Path) -> Tampering:
    return tampering(scene, request.param, tmp_path)

"""Every bit of a bundle, flipped; every place, cut: found, and named where it stands.

`SKYACCORD_SOAK=1` tries all of them, and takes some half an hour of processor; else some of every stretch.
"""

from __future__ import annotations

import functools
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import skyaccord.record.cosign as cosign_module
from skyaccord.base.errors import UnreadableError
from skyaccord.record import checkpoint, checks, signatures
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.cards import Card
from skyaccord.record.envelope import read_signed
from skyaccord.record.keys import verify_signature
from skyaccord.record.verdict import Finding
from tests.record.bundles import Bundle, ended, sealed
from tests.record.worlds import exchange_all, make_pair

EVERY_BIT = os.environ.get("SKYACCORD_SOAK") == "1"
SAMPLES = 500  # of bits, where not every one is tried
CUTS = 150
MISSING = re.compile(r"^entries (\d+) to (\d+) are missing")
VECTORS = Path(__file__).resolve().parents[2] / "docs" / "vectors" / "bundles"
HOUR_S, SOME_S = 3600, 300  # every bit of this bundle takes some ten minutes of processor


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The smallest that has everything a line can be but a fork: pins, receipts, cosigned checkpoints."""
    folder = tmp_path_factory.mktemp("small")
    a, b = make_pair(folder)
    exchange_all(a, b)
    export_bundle(a.path, folder / "A.bundle")
    for party in (a, b):
        party.store.close()
    return Bundle((folder / "A.bundle").read_bytes(), [a.card, b.card], folder / "changed.bundle")


def test_nothing_is_wrong_before(small: Bundle) -> None:
    report = small.verify()
    assert (report.findings, report.notes) == ([], [])
    assert all(journal.verified and journal.claimed for journal in report.journals)
    assert sealed(small.lines()) == small.data


def bits(data: bytes) -> Iterator[tuple[int, int]]:
    """(byte, bit) to be flipped: all in a soak, else some of every stretch of the file."""
    places = range(len(data) * 8)
    chosen = places if EVERY_BIT else sorted(random.Random(7).sample(places, SAMPLES))
    for place in chosen:
        yield place // 8, place % 8


@pytest.mark.timeout(HOUR_S if EVERY_BIT else SOME_S)
@pytest.mark.parametrize("digest_made_anew", [False, True])
def test_no_bit_can_be_flipped(small: Bundle, digest_made_anew: bool) -> None:
    body = small.data[: small.data.rstrip(b"\n").rfind(b"\n") + 1]
    data = body if digest_made_anew else small.data
    header_ends = data.find(b"\n") + 1
    for byte, bit in bits(data):
        changed = bytearray(data)
        changed[byte] ^= 1 << bit
        whole = ended(bytes(changed)) if digest_made_anew else bytes(changed)
        try:
            report = small.verify(whole)
        except UnreadableError:
            assert byte < header_ends, (byte, bit)
            continue
        findings = report.findings
        if not digest_made_anew and byte == len(body) - 1:  # the last line is none of its own any more
            assert any("the end is missing" in one.what for one in findings), (byte, bit)
        elif not digest_made_anew and byte < len(body):
            assert any("its digest is not that" in one.what for one in findings), (byte, bit)
            findings = [
                one for one in findings if "its digest" not in one.what and "lines stand" not in one.what
            ]
        assert findings, (byte, bit)
        line = data.count(b"\n", 0, byte) + 1
        assert names_the_place(small, findings, line), (byte, bit, line, [str(one) for one in findings])


def names_the_place(bundle: Bundle, findings: list[Finding], line: int) -> bool:
    """Whether a finding names the line, or the entry or journal that stands in it."""
    lines = [*bundle.lines(), {}]
    if any(one.line is not None and abs(one.line - line) <= 1 for one in findings):
        return True
    changed = lines[line - 1]
    journal = next((lines[n]["journal"] for n in range(line - 1, -1, -1) if "journal" in lines[n]), None)
    if "sequence" in changed:
        here = [one for one in findings if one.origin == journal]
        number = changed["sequence"]
        told = re.compile(rf"\bentry {number}\b")  # its own number, or a leaf without envelope
        gaps = [map(int, found) for one in here for found in MISSING.findall(one.what)]
        return any(first <= number <= last for first, last in gaps) or any(
            one.sequence == number or told.search(one.what) for one in here
        )
    return line == 1 or any(one.origin == journal for one in findings)


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pure function gives the same again: what a flipped bit leaves as it was is not computed anew."""
    verify = functools.lru_cache(100_000)(verify_signature)
    for module in (checks, signatures, checkpoint, cosign_module):
        monkeypatch.setattr(module, "verify_signature", verify)
    monkeypatch.setattr(checks, "read_signed", functools.lru_cache(10_000)(read_signed))


@pytest.mark.timeout(HOUR_S if EVERY_BIT else SOME_S)
@pytest.mark.usefixtures("remembered")
def test_no_bit_of_one_with_every_kind_can_be_flipped(tmp_path: Path) -> None:
    """The published one: statements, answers, silences, a new key, what is sealed, refused, and erased."""
    cards = [Card.load(VECTORS / f"{party}.card.json") for party in "AB"]
    whole = Bundle((VECTORS / "good.bundle").read_bytes(), cards, tmp_path / "changed.bundle")
    body = whole.data[: whole.data.rstrip(b"\n").rfind(b"\n") + 1]
    header_ends = body.find(b"\n") + 1
    for byte, bit in bits(body):
        changed = bytearray(body)
        changed[byte] ^= 1 << bit
        try:
            findings = whole.verify(ended(bytes(changed))).findings
        except UnreadableError:
            assert byte < header_ends, (byte, bit)
            continue
        line = body.count(b"\n", 0, byte) + 1
        assert names_the_place(whole, findings, line), (byte, bit, line, [str(one) for one in findings])


@pytest.mark.timeout(HOUR_S if EVERY_BIT else SOME_S)
def test_a_cut_anywhere_is_found(small: Bundle) -> None:
    header_ends = small.data.find(b"\n") + 1
    places: list[int] = list(range(len(small.data)))
    if not EVERY_BIT:
        edges = {n + d for n, byte in enumerate(small.data) if byte == 10 for d in (-1, 0, 1)}
        some = random.Random(5).sample(places, CUTS)
        places = sorted(place for place in {*edges, *some} if place < len(small.data))
    for size in places:
        try:
            report = small.verify(small.data[:size])
        except UnreadableError:
            assert size < header_ends
            continue
        assert any("the end is missing" in one.what for one in report.of_check(1)), size


def test_what_follows_the_end_is_found(small: Bundle) -> None:
    for more in (b"\n", b" ", b"x", small.data):
        (finding,) = small.verify(small.data + more).findings
        assert "something stands after the end" in finding.what

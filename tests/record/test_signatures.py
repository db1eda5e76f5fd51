from __future__ import annotations

import pytest

import skyaccord.record.signatures as module
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.keys import PartyKey
from skyaccord.record.signatures import SignatureChecks


@pytest.mark.parametrize("workers", [0, 2])
def test_each_that_does_not_hold_is_told_once(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POOL_FROM", 100)
    monkeypatch.setattr(module, "BUNCH", 32)
    key = PartyKey.generate(SeededRandomness(1))
    failed: list[int] = []
    with SignatureChecks(workers) as checks:
        for number in range(300):
            message = str(number).encode()
            signature = key.sign(message if number % 50 else b"another")
            checks.check(key.public, signature, message, lambda number=number: failed.append(number))  # type: ignore[misc]
        checks.finish()
        assert failed == [0, 50, 100, 150, 200, 250]
        checks.finish()
    assert len(failed) == 6


def test_no_key_and_no_signature_do_not_hold() -> None:
    failed: list[str] = []
    key = PartyKey.generate(SeededRandomness(1))
    with SignatureChecks(0) as checks:
        checks.check(key.public, b"short", b"", lambda: failed.append("short"))
        checks.finish()
    assert failed == ["short"]

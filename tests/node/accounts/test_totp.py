"""RFC 6238's own vectors, and that a code counts once."""

from datetime import UTC, datetime

import pytest

from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.accounts.totp import code_at, new_secret, secret_text, step_of, uri

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("time_s", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238(time_s: int, code: str) -> None:
    """Appendix B, SHA-1; the last six of its eight digits."""
    assert code_at(RFC_SECRET, time_s // 30) == code
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(time_s, UTC), 0) == time_s // 30


def test_half_a_minute_either_way_and_no_more() -> None:
    now = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)
    current = int(now.timestamp()) // 30
    held = [by for by in range(-3, 4) if step_of(RFC_SECRET, code_at(RFC_SECRET, current + by), now, 0)]
    assert held == [-1, 0, 1]


def test_a_code_counts_once_and_so_do_earlier_ones() -> None:
    now = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)
    current = int(now.timestamp()) // 30
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, current), now, current) is None
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, current - 1), now, current) is None
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, current + 1), now, current) == current + 1


@pytest.mark.parametrize("code", ["", "28708", "2870822", "٢٨٧٠٨٢", "abcdef", "287082\0"])
def test_what_is_no_code(code: str) -> None:
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(59, UTC), 0) is None


def test_the_address_of_a_qr_code() -> None:
    secret = new_secret(SeededRandomness(1))
    assert len(secret) == 20
    found = uri(secret, account="noor", party="A")
    assert found.startswith(f"otpauth://totp/SkyAccord%20A:noor?secret={secret_text(secret)}&issuer=")
    assert "=" not in secret_text(secret)

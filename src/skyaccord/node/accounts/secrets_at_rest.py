"""Secrets that a person or program carries: random, shown once, kept as their SHA-256 alone.

256 random bits need no slow hash: nobody guesses them, and the hash tells nothing.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from skyaccord.base.randomness import Randomness

SECRET_BYTES: Final = 32
SECRET_CHARS_MAX: Final = 200  # longer than anything we give out: refused unread
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits, 16 letters of base32 in fours


def new_secret(randomness: Randomness) -> str:
    """A new secret, as text that fits into addresses, cookies and headers."""
    return base64.urlsafe_b64encode(randomness.token_bytes(SECRET_BYTES)).decode("ascii").rstrip("=")


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_recovery_codes(randomness: Randomness) -> list[str]:
    """Ten codes for the day the second factor is lost; each holds once."""
    return [_grouped(randomness.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> bytes:
    """What is kept of a recovery code; blanks, hyphens and case do not matter."""
    plain = "".join(character for character in code.upper() if character not in " -")
    return digest(f"recovery {plain}")


def _grouped(data: bytes) -> str:
    text = base64.b32encode(data).decode("ascii")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))

"""The second factor of an authenticator app: TOTP, RFC 6238, as every such app does it.

SHA-1, six digits, 30 seconds: the only choice all apps keep to. A code counts once: the time step that
was last used is kept, and no code of it or of an earlier one holds again (RFC 6238, 5.2).
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from skyaccord.base.randomness import Randomness

SECRET_BYTES: Final = 20  # 160 bits, as RFC 4226 (4, R6) recommends
DIGITS: Final = 6
STEP_S: Final = 30
STEPS_BESIDE: Final = 1  # RFC 6238, 5.2: one step of delay or drift of the app's clock, either way


def new_secret(randomness: Randomness) -> bytes:
    """A new shared secret."""
    return randomness.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an app: base32."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def uri(secret: bytes, *, account: str, party: str) -> str:
    """The `otpauth:` address that a QR code carries to the app."""
    issuer = quote(f"SkyAccord {party}", safe="")
    return (
        f"otpauth://totp/{issuer}:{quote(account, safe='')}?secret={secret_text(secret)}&issuer={issuer}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )


def code_at(secret: bytes, step: int) -> str:
    """The code of one time step."""
    totp = TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 (HMAC-SHA-1: collisions do not matter here)
    return totp.generate(step * STEP_S).decode("ascii")


def step_of(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The time step that this code is of, if it holds now and is later than `last_step`; else None."""
    current = int(now.timestamp()) // STEP_S
    found = None
    for step in range(current - STEPS_BESIDE, current + STEPS_BESIDE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > last_step:
            found = step
    return found

"""First contact: two people read fingerprints to each other, and each types what was heard.

Typing is the point. A fingerprint that is only shown gets a glance; one that was typed from what a voice said
was compared, digit by digit, by a program.
"""

from __future__ import annotations

import re
from typing import Protocol

from skyaccord.base.errors import InputError, TrustError
from skyaccord.record.keys import FINGERPRINT_GROUP_DIGITS, FINGERPRINT_GROUPS

_SEPARATORS = re.compile(r"[\s.,;:_–—-]+")
_DIGITS = FINGERPRINT_GROUPS * FINGERPRINT_GROUP_DIGITS


class Fingerprinted(Protocol):
    """A party's card, or a witness's."""

    @property
    def fingerprint(self) -> str: ...


def compare(heard: str, theirs: Fingerprinted, ours: Fingerprinted) -> None:
    """Check what the other side read aloud against the card they sent; if it differs, nothing is pinned.

    InputError: not forty digits. TrustError: another fingerprint, or our own read back.
    """
    digits = _SEPARATORS.sub("", heard)
    if not (digits.isascii() and digits.isdigit()) or len(digits) != _DIGITS:
        raise InputError(
            f"a fingerprint is {FINGERPRINT_GROUPS} groups of {FINGERPRINT_GROUP_DIGITS} digits, "
            f"{len(digits)} characters were typed",
            do="ask them to read it again, group by group",
        )
    groups = [
        digits[start : start + FINGERPRINT_GROUP_DIGITS]
        for start in range(0, _DIGITS, FINGERPRINT_GROUP_DIGITS)
    ]
    if " ".join(groups) == ours.fingerprint:
        raise TrustError("that is our own fingerprint", do="ask them to read theirs, as their node prints it")
    wrong = [
        number
        for number, (one, other) in enumerate(zip(groups, theirs.fingerprint.split(), strict=True), 1)
        if one != other
    ]
    if wrong:
        raise TrustError(
            f"what they read is not this card's fingerprint (group {', '.join(map(str, wrong))} differs); "
            "nothing was pinned",
            do="read it once more; if it still differs, somebody changed the card on its way: get it again",
        )

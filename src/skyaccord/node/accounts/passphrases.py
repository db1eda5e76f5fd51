"""Passphrases at rest: Argon2id, RFC 9106, its second recommended parameters (3 passes, 64 MiB, 4 lanes).

The first recommended ones ask for 2 GiB a try, which a node that also watches the sky has not to spare.
OWASP's
minimum (19 MiB, 2 passes) is a third of what is used here. Text is brought to NFKC first (NIST SP 800-63B-4,
3.1.1.2), so that the same passphrase typed on another keyboard is the same.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import Parameters, PasswordHasher, profiles
from argon2.exceptions import Argon2Error, InvalidHashError

from skyaccord.base.errors import InputError
from skyaccord.base.randomness import Randomness

ARGON2ID: Final[Parameters] = profiles.RFC_9106_LOW_MEMORY
PASSPHRASE_CHARS_MIN: Final = 12
"""NIST SP 800-63B-4 asks for 15 where a passphrase stands alone and 8 beside a second factor. A party may do
without second factors, so between the two, nearer the longer.
"""
PASSPHRASE_CHARS_MAX: Final = (
    256  # as read_passphrase and a person's patience allow; bounds the work of hashing
)


class Passphrases:
    """Hashes and compares. parameters: cheaper ones are for tests alone."""

    def __init__(self, randomness: Randomness, parameters: Parameters = ARGON2ID) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        # Compared with when there is no such account, so that the answer takes as long.
        self._nobody = self._hasher.hash(randomness.token_bytes(16).hex())

    def hash(self, passphrase: str) -> str:
        """The encoded hash of a new passphrase. InputError if it is too short or too long."""
        text = _normal(passphrase)
        if not PASSPHRASE_CHARS_MIN <= len(text) <= PASSPHRASE_CHARS_MAX:
            raise InputError(
                f"a passphrase of an account has {PASSPHRASE_CHARS_MIN} to {PASSPHRASE_CHARS_MAX} characters",
                do="take a few words that do not belong together",
            )
        return self._hasher.hash(text)

    def holds(self, stored: str | None, passphrase: str) -> bool:
        """Whether it is the passphrase of this hash. stored: None: of nobody; takes as long and is False."""
        try:
            right = self._hasher.verify(stored or self._nobody, _normal(passphrase)[:PASSPHRASE_CHARS_MAX])
        except (Argon2Error, InvalidHashError):
            return False
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than today's, and should be hashed anew when it
        holds.
        """
        return self._hasher.check_needs_rehash(stored)


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase)

"""What can go wrong at the door, as errors that the API turns into a status."""

from __future__ import annotations

from skyaccord.base.errors import InputError, LimitError, TrustError


class SignInError(TrustError):
    """Not signed in: name, passphrase, code, link or token do not hold. Never says which of them."""


class WaitError(LimitError):
    """Too often. wait_s: seconds until another try is heard."""

    def __init__(self, what: str, wait_s: float) -> None:
        super().__init__(what, do=f"try again in {max(1, round(wait_s))} s")
        self.wait_s = wait_s


class NoSuchAccountError(InputError):
    """A command names an account that is not there. Never shown to somebody who has not signed in."""

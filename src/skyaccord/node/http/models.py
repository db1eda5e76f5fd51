"""What the API answers, as documented models: errors, sessions, accounts, reads. Rows of the record:
row_models.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from skyaccord.node.accounts.rights import Right, Role


class Answer(BaseModel):
    """Base of every answer: exactly these fields, which requirement 1 wants of every schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorAnswer(Answer):
    """One line for people."""

    error: str


class Done(Answer):
    """It is done."""

    done: Literal[True]


class CredentialRow(Answer):
    """A session or a token, without its secret. current: it is the one that asks."""

    id: str
    kind: Literal["session", "token"]
    account: str
    role: Role
    label: str
    made_at: datetime
    used_at: datetime
    expires_at: datetime
    current: bool


class PersonOfAccount(Answer):
    """Whom an account is for. name, roles: as enrolled; None and none: the record does not know the key."""

    public_key: str
    name: str | None
    roles: list[str]


class SessionRow(CredentialRow):
    """Who asks."""

    rights: list[Right]
    person: PersonOfAccount | None
    second_factors: list[Literal["totp", "passkey"]]
    passkeys_possible: bool


class SignedIn(CredentialRow):
    """A new session; its secret is in the cookie. recovery_codes: shown once, when a second factor was
    set up.
    """

    state: Literal["signed-in"]
    recovery_codes: list[str] | None


class SecondFactorAsked(Answer):
    """The passphrase holds. set_up: the `otpauth:` address of a new app's secret; qr: the same as an
    image.
    """

    state: Literal["second-factor", "set-up"]
    ticket: str
    totp: bool
    passkey: dict[str, Any] | None
    set_up: str | None
    qr: str | None


class PasskeyAsked(Answer):
    """What the page hands to `navigator.credentials.create`."""

    ticket: str
    options: dict[str, Any]


class AccountRow(Answer):
    """An account, without anything secret."""

    name: str
    role: Role
    person: str | None
    passphrase: bool
    second_factors: list[Literal["totp", "passkey"]]
    recovery_codes: int
    made_at: datetime
    disabled_at: datetime | None


class ReadRow(Answer):
    """held: party → entries of its journal that were held here then. times: alike reads from `at` to
    `until`.
    """

    number: int
    at: datetime
    until: datetime
    times: int
    account: str
    credential: str
    address: str
    what: str
    held: dict[str, int]


class ReadsAnswer(Answer):
    """first_kept: from this number on the log is complete."""

    first_kept: int
    reads: list[ReadRow]

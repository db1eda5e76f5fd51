"""Passkeys (WebAuthn level 3): a second factor that cannot be phished, checked by py_webauthn.

A passkey belongs to a host name, and browsers take no bare IP address for one: a console at 127.0.0.1 uses an
authenticator app, one at `localhost` or at a name of its own, over TLS, may use both.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import insert, select, update
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from skyaccord.base.clock import Clock
from skyaccord.base.errors import LimitError
from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts import schema
from skyaccord.node.accounts.book import Account
from skyaccord.node.accounts.faults import SignInError
from skyaccord.node.accounts.moments import to_ms
from skyaccord.node.accounts.store import AccountStore

CHALLENGE_BYTES: Final = 32
PASSKEYS_MAX: Final = 10  # of one account
TIMEOUT_MS: Final = 60_000


@dataclass(frozen=True)
class Place:
    """Where the page is: `origin`, as the browser says it, e.g. https://node.example:7410."""

    origin: str

    @property
    def host(self) -> str:
        """The host name that passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def takes_passkeys(self) -> bool:
        """Whether a browser makes passkeys for this host at all."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False


class Passkeys:
    """Registers and checks. Challenges are kept by whoever asks for them."""

    def __init__(self, store: AccountStore, clock: Clock, randomness: Randomness, party: str) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness
        self._party = party

    def new_challenge(self) -> bytes:
        """A challenge for one ceremony."""
        return self._randomness.token_bytes(CHALLENGE_BYTES)

    def registration(self, account: Account, place: Place, challenge: bytes) -> dict[str, Any]:
        """What the page hands to `navigator.credentials.create`. LimitError: the account has many already."""
        if account.passkeys >= PASSKEYS_MAX:
            raise LimitError(f"the account has {PASSKEYS_MAX} passkeys already")
        options = webauthn.generate_registration_options(
            rp_id=place.host,
            rp_name=f"SkyAccord {self._party}",
            user_name=account.name,
            user_id=account.handle,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.DISCOURAGED,  # the passphrase stands beside it
            ),
            exclude_credentials=self._descriptors(account.name),
        )
        return _as_json(options)

    def register(self, account: Account, place: Place, challenge: bytes, credential: dict[str, Any]) -> None:
        """Keep a new passkey. SignInError if what the browser made does not hold."""
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                require_user_verification=False,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise SignInError(f"this passkey does not hold ({_line(error)})") from None
        with self._store.writing() as connection:
            held = select(schema.passkeys.c.account).where(schema.passkeys.c.credential == made.credential_id)
            if connection.execute(held).first() is not None:
                raise SignInError("this passkey is known already")
            connection.execute(
                insert(schema.passkeys).values(
                    credential=made.credential_id,
                    account=account.name,
                    public_key=made.credential_public_key,
                    sign_count=made.sign_count,
                    made_at=to_ms(self._clock.now()),
                )
            )

    def question(self, account: Account, place: Place, challenge: bytes) -> dict[str, Any]:
        """What the page hands to `navigator.credentials.get`."""
        return _as_json(
            webauthn.generate_authentication_options(
                rp_id=place.host,
                challenge=challenge,
                timeout=TIMEOUT_MS,
                allow_credentials=self._descriptors(account.name),
                user_verification=UserVerificationRequirement.DISCOURAGED,
            )
        )

    def check(self, account: Account, place: Place, challenge: bytes, credential: dict[str, Any]) -> bool:
        """Whether one of the account's passkeys has signed the challenge; its counter is moved on."""
        table = schema.passkeys
        try:
            raw = webauthn.base64url_to_bytes(str(credential["rawId"]))
            ours = select(table).where(table.c.credential == raw, table.c.account == account.name)
            with self._store.reading() as connection:
                row = connection.execute(ours).mappings().first()
            if row is None:
                return False
            proved = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                credential_public_key=row["public_key"],
                credential_current_sign_count=row["sign_count"],
                require_user_verification=False,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            return False
        moved = update(table).where(table.c.credential == raw, table.c.sign_count == row["sign_count"])
        with self._store.writing() as connection:
            return connection.execute(moved.values(sign_count=proved.new_sign_count)).rowcount == 1

    def _descriptors(self, account: str) -> list[PublicKeyCredentialDescriptor]:
        statement = select(schema.passkeys.c.credential).where(schema.passkeys.c.account == account)
        with self._store.reading() as connection:
            return [PublicKeyCredentialDescriptor(id=raw) for raw in connection.execute(statement).scalars()]


def _as_json(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found


def _line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]

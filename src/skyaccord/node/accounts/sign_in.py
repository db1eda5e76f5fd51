"""Signing in: passphrase, then second factor, then a session. No step says whether an account exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts import totp
from skyaccord.node.accounts.book import Account, AccountBook
from skyaccord.node.accounts.buckets import BackOff, Buckets
from skyaccord.node.accounts.credentials import Credential, Credentials
from skyaccord.node.accounts.faults import SignInError, WaitError
from skyaccord.node.accounts.passkeys import Passkeys, Place
from skyaccord.node.accounts.passphrases import Passphrases
from skyaccord.node.accounts.tickets import Ticket, Tickets

NOT_SIGNED_IN: Final = "name, passphrase or code is not right"


@dataclass(frozen=True)
class Terms:
    """What a party decides about sessions (node.toml, [accounts])."""

    session: timedelta
    idle: timedelta
    second_factor: bool


@dataclass(frozen=True)
class Opened:
    """A new session. secret: for the cookie, this once. recovery_codes: only when a second factor was set
    up.
    """

    secret: str
    credential: Credential
    recovery_codes: list[str] | None = None


@dataclass(frozen=True)
class Asked:
    """The passphrase holds; the second factor is asked for, or (set_up) must be set up now.

    totp: whether an app's code is taken. passkey: what the page asks the browser. set_up: the otpauth
    address.
    """

    ticket: str
    totp: bool
    passkey: dict[str, Any] | None
    set_up: str | None


class SignIn:
    """The steps. Synchronous and slow (Argon2): the API calls it in a thread, two at a time."""

    def __init__(
        self,
        book: AccountBook,
        credentials: Credentials,
        passphrases: Passphrases,
        passkeys: Passkeys,
        terms: Terms,
        *,
        party: str,
        logins_per_minute: int,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._book = book
        self._credentials = credentials
        self._passphrases = passphrases
        self._passkeys = passkeys
        self._terms = terms
        self._party = party
        self._clock = clock
        self._randomness = randomness
        self._addresses = Buckets(logins_per_minute, clock.monotonic)
        self._failures = BackOff(clock.monotonic)
        self._tickets = Tickets(randomness, clock.monotonic)

    def first(self, name: str, passphrase: str, *, address: str, label: str, place: Place) -> Opened | Asked:
        """Name and passphrase. SignInError, alike for every reason; WaitError: too often, alike for every
        name.
        """
        name = name.strip().lower()
        self._may_try(name, address)
        account = self._book.find(name)
        stored = None if account is None or account.disabled_at else account.passphrase
        if not self._passphrases.holds(stored, passphrase) or account is None or stored is None:
            self._failures.failed(name)
            raise SignInError(NOT_SIGNED_IN)
        if self._passphrases.outdated(stored):
            self._book.set_passphrase(name, self._passphrases.hash(passphrase))
        if account.second_factors:
            return self._ask(account, place)
        if self._terms.second_factor:
            secret = totp.new_secret(self._randomness)
            ticket = self._tickets.give(name, "set-up", b"", secret)
            return Asked(ticket.secret, True, None, totp.uri(secret, account=account.name, party=self._party))
        self._failures.succeeded(name)
        return self.open(account, label)

    def second(
        self,
        secret: str,
        *,
        code: str | None,
        passkey: dict[str, Any] | None,
        address: str,
        label: str,
        place: Place,
    ) -> Opened:
        """The code of an app, a recovery code, or what a passkey signed. SignInError, WaitError as before."""
        ticket = self._tickets.try_(secret, "second-factor", "set-up")
        self._may_try(ticket.account, address)
        account = self._book.find(ticket.account)
        if account is None or account.disabled_at is not None:
            raise SignInError(NOT_SIGNED_IN)
        if ticket.purpose == "set-up":
            return self._set_up(ticket, account, code or "", label)
        held = False
        if passkey is not None:
            held = self._passkeys.check(account, place, ticket.challenge, passkey)
        elif code is not None:
            held = self._code(account, code)
        if not held:
            self._failures.failed(account.name)
            raise SignInError(NOT_SIGNED_IN)
        self._tickets.use(ticket)
        self._failures.succeeded(account.name)
        return self.open(account, label)

    def link(self, secret: str, *, label: str) -> Opened:
        """A one-time link. SignInError if it does not hold any more."""
        return self.open(self._book.get(self._credentials.use_link(secret)), label)

    def open(self, account: Account, label: str) -> Opened:
        """A session of this account."""
        secret, credential = self._credentials.give(
            account.name,
            account.role,
            kind="session",
            label=label,
            lasts=self._terms.session,
            idle=self._terms.idle,
        )
        return Opened(secret, credential)

    def change_passphrase(self, name: str, present: str, new: str, *, address: str) -> None:
        """Another passphrase, for whoever knows the present one. What else is open is the caller's to end.

        SignInError: the present one does not hold, which counts as a failed sign-in. WaitError: too often.
        InputError: the new one is too short, too long or the present one, or the account has none.
        """
        self._may_try(name, address)
        stored = self._book.get(name).passphrase
        if stored is None:
            raise InputError(
                "this account has no passphrase",
                do="`skyaccord account change NAME --passphrase` gives it one",
            )
        if not self._passphrases.holds(stored, present):
            self._failures.failed(name)
            raise SignInError("the present passphrase is not right")
        if self._passphrases.holds(stored, new):
            raise InputError("the new passphrase is the present one", do="take another")
        self._book.set_passphrase(name, self._passphrases.hash(new))
        self._failures.succeeded(name)

    def ask_passkey(self, name: str, place: Place) -> tuple[str, dict[str, Any]]:
        """Begin to register a passkey for a signed-in account: ticket, and what the page asks the browser."""
        account = self._book.get(name)
        if not place.takes_passkeys:
            raise SignInError(
                "browsers make no passkeys for a bare IP address",
                do="open the console at `localhost`, or at its own name over TLS",
            )
        challenge = self._passkeys.new_challenge()
        question = self._passkeys.registration(account, place, challenge)
        return self._tickets.give(name, "passkey", challenge).secret, question

    def add_passkey(self, name: str, secret: str, credential: dict[str, Any], place: Place) -> None:
        """Keep the passkey that the browser has made. SignInError if it does not hold."""
        ticket = self._tickets.try_(secret, "passkey")
        if ticket.account != name:
            raise SignInError("this passkey was begun for another account", do="begin again")
        self._passkeys.register(self._book.get(name), place, ticket.challenge, credential)
        self._tickets.use(ticket)

    def _ask(self, account: Account, place: Place) -> Asked:
        challenge = self._passkeys.new_challenge()
        ticket = self._tickets.give(account.name, "second-factor", challenge)
        question = None
        if account.passkeys and place.takes_passkeys:
            question = self._passkeys.question(account, place, challenge)
        return Asked(ticket.secret, account.totp_secret is not None, question, None)

    def _set_up(self, ticket: Ticket, account: Account, code: str, label: str) -> Opened:
        """The first code of a new app: the secret is kept once it is shown to be there."""
        if ticket.totp_secret is None or account.second_factors:
            raise SignInError(NOT_SIGNED_IN)
        step = totp.step_of(ticket.totp_secret, code.replace(" ", ""), self._clock.now(), 0)
        if step is None:
            self._failures.failed(account.name)
            raise SignInError(NOT_SIGNED_IN)
        self._tickets.use(ticket)
        codes = self._book.set_totp(account.name, ticket.totp_secret, step)
        self._failures.succeeded(account.name)
        opened = self.open(account, label)
        return Opened(opened.secret, opened.credential, codes)

    def _code(self, account: Account, code: str) -> bool:
        text = code.replace(" ", "")
        if account.totp_secret is not None and len(text) == totp.DIGITS:
            step = totp.step_of(account.totp_secret, text, self._clock.now(), account.totp_step)
            return step is not None and self._book.use_step(account.name, step)
        return self._book.use_recovery_code(account.name, code)

    def _may_try(self, name: str, address: str) -> None:
        wait_s = max(self._failures.wait_s(name), self._addresses.take(address))
        if wait_s > 0:
            raise WaitError("too many sign-ins", wait_s)

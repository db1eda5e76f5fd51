"""Everything about accounts that a node holds, in one: opened with its folder, closed with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from argon2 import Parameters

from skyaccord.base.clock import Clock
from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts.book import AccountBook
from skyaccord.node.accounts.buckets import Buckets
from skyaccord.node.accounts.credentials import Credentials
from skyaccord.node.accounts.passkeys import Passkeys
from skyaccord.node.accounts.passphrases import ARGON2ID, Passphrases
from skyaccord.node.accounts.reads import ReadLog
from skyaccord.node.accounts.sign_in import SignIn, Terms
from skyaccord.node.accounts.store import AccountStore, open_account_store
from skyaccord.node.settings import Settings


@dataclass
class Door:
    """Accounts, credentials, sign-in, rate limits and the log of reads of one node."""

    store: AccountStore
    settings: Settings
    clock: Clock
    randomness: Randomness
    argon2id: Parameters = field(default_factory=lambda: ARGON2ID)

    def __post_init__(self) -> None:
        limits = self.settings.limits
        self.book = AccountBook(self.store, self.clock, self.randomness)
        self.credentials = Credentials(self.store, self.clock, self.randomness)
        self.reads = ReadLog(self.store, self.clock, self.settings.accounts.reads_kept)
        self.requests = Buckets(limits.requests_per_minute_max, self.clock.monotonic)
        self.strangers = Buckets(limits.strangers_per_minute_max, self.clock.monotonic)

    @cached_property
    def passphrases(self) -> Passphrases:
        """The hasher; made when it is first needed, since making it costs one hash."""
        return Passphrases(self.randomness, self.argon2id)

    @cached_property
    def sign_in(self) -> SignIn:
        """The steps of signing in."""
        settings = self.settings
        return SignIn(
            self.book,
            self.credentials,
            self.passphrases,
            Passkeys(self.store, self.clock, self.randomness, settings.party),
            Terms(
                timedelta(seconds=settings.accounts.session_s),
                timedelta(seconds=settings.accounts.idle_s),
                settings.accounts.second_factor,
            ),
            party=settings.party,
            logins_per_minute=settings.limits.logins_per_minute_max,
            clock=self.clock,
            randomness=self.randomness,
        )

    def close(self) -> None:
        """Write what is still counted, and close the file."""
        self.reads.flush()
        self.store.close()


def open_door(
    folder: Path, settings: Settings, clock: Clock, randomness: Randomness, *, argon2id: Parameters = ARGON2ID
) -> Door:
    """The accounts of a node's folder. argon2id: cheaper parameters are for tests alone."""
    return Door(open_account_store(folder), settings, clock, randomness, argon2id)

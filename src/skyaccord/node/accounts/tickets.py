"""Sign-ins that have passed their first step, and wait for the second. In memory: a restart asks again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts.faults import SignInError
from skyaccord.node.accounts.secrets_at_rest import new_secret

TICKET_S: Final = 300.0  # time to find the telephone
TICKETS_MAX: Final = 1000
TRIES_MAX: Final = 5

Purpose = Literal["second-factor", "set-up", "passkey"]


@dataclass
class Ticket:
    """One sign-in (or registration) under way."""

    secret: str
    account: str
    purpose: Purpose
    until_s: float
    challenge: bytes
    totp_secret: bytes | None = None
    tries: int = 0


class Tickets:
    """Gives out, finds and uses up tickets. now_s: a clock that only rises."""

    def __init__(self, randomness: Randomness, now_s: Callable[[], float]) -> None:
        self._randomness = randomness
        self._now_s = now_s
        self._held: OrderedDict[str, Ticket] = OrderedDict()
        self._lock = threading.Lock()

    def give(
        self, account: str, purpose: Purpose, challenge: bytes, totp_secret: bytes | None = None
    ) -> Ticket:
        """A new ticket; the oldest is forgotten when there are too many."""
        secret = new_secret(self._randomness)
        ticket = Ticket(secret, account, purpose, self._now_s() + TICKET_S, challenge, totp_secret)
        with self._lock:
            self._held[secret] = ticket
            while len(self._held) > TICKETS_MAX:
                self._held.popitem(last=False)
        return ticket

    def try_(self, secret: str, *purposes: Purpose) -> Ticket:
        """The ticket, with one more try counted. SignInError if it does not hold (any more)."""
        with self._lock:
            found = self._held.get(secret)
            if found is None or found.until_s < self._now_s() or found.tries >= TRIES_MAX:
                self._held.pop(secret, None)
                raise SignInError("this sign-in has taken too long or failed too often", do="begin again")
            if found.purpose not in purposes:
                raise SignInError("this sign-in is of another kind", do="begin again")
            found.tries += 1
            return found

    def use(self, ticket: Ticket) -> None:
        """Use it up. SignInError if another request was quicker."""
        with self._lock:
            if self._held.pop(ticket.secret, None) is None:
                raise SignInError("this sign-in has been used already", do="begin again")

"""A door of its own for each test: cheap hashes, a clock in the hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from argon2 import profiles

from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.accounts.door import Door, open_door
from skyaccord.node.accounts.passkeys import Place
from skyaccord.node.accounts.rights import Role
from skyaccord.node.accounts.sign_in import Asked, Opened
from skyaccord.node.settings import Settings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = "four words of mine"
PLACE = Place("http://127.0.0.1:7410")


def door_in(folder: Path, clock: ManualClock | None = None, **accounts: object) -> Door:
    settings = Settings.model_validate({"party": "A", "name": "Party A", "accounts": accounts})
    return open_door(
        folder, settings, clock or ManualClock(NOW), SeededRandomness(7), argon2id=profiles.CHEAPEST
    )


def with_account(folder: Path, name: str = "noor", **accounts: object) -> Door:
    door = door_in(folder, **accounts)
    door.book.add(name, Role.DUTY_OFFICER, passphrase=door.passphrases.hash(WORDS))
    return door


def first(door: Door, name: str = "noor", words: str = WORDS, address: str = "192.0.2.1") -> Opened | Asked:
    return door.sign_in.first(name, words, address=address, label="test", place=PLACE)


def second(door: Door, asked: Opened | Asked, code: str) -> Opened:
    assert isinstance(asked, Asked)
    return door.sign_in.second(
        asked.ticket, code=code, passkey=None, address="192.0.2.1", label="test", place=PLACE
    )


def clock_of(door: Door) -> ManualClock:
    assert isinstance(door.clock, ManualClock)
    return door.clock

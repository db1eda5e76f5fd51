"""The accounts themselves: who, in which role, with which factors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, LimitError
from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts import schema
from skyaccord.node.accounts.faults import NoSuchAccountError
from skyaccord.node.accounts.moments import from_ms, to_ms
from skyaccord.node.accounts.rights import Role
from skyaccord.node.accounts.secrets_at_rest import new_recovery_codes, recovery_digest
from skyaccord.node.accounts.store import AccountStore

NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]{0,31}$"
ACCOUNTS_MAX: Final = 1000  # an operations room, its reliefs and its programs; bounds every list
FOLDER_ACCOUNT: Final = "(folder)"
"""Commands in the node's own folder, when they ask the running node. No name that anybody could be given."""
HANDLE_BYTES: Final = 32  # WebAuthn's user handle says nothing about the person


@dataclass(frozen=True)
class Account:
    """One account. passphrase: its encoded hash. person: public key of whom it is for."""

    name: str
    role: Role
    passphrase: str | None
    totp_secret: bytes | None
    totp_step: int
    person: str | None
    handle: bytes
    made_at: datetime
    disabled_at: datetime | None
    passkeys: int
    recovery_codes: int

    @property
    def second_factors(self) -> list[str]:
        """How its holder can prove presence beside the passphrase."""
        found = ["totp"] if self.totp_secret is not None else []
        return [*found, *(["passkey"] if self.passkeys else [])]


class AccountBook:
    """Makes, finds and changes accounts. Synchronous; the API calls it in a thread."""

    def __init__(self, store: AccountStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    def add(self, name: str, role: Role, *, passphrase: str | None, person: str | None = None) -> Account:
        """Make an account. passphrase: its hash; None: opened by one-time links and tokens alone.

        InputError: the name is taken, or is none. LimitError: ACCOUNTS_MAX are there.
        """
        if not re.fullmatch(NAME_PATTERN, name):
            raise InputError(
                f"{name!r} is no name for an account",
                do="write up to 32 small Latin letters, digits, '.', '-' and '_', with no blanks",
            )
        with self._store.writing() as connection:
            if _row(connection, name) is not None:
                raise InputError(f"there is an account {name!r} already")
            if (
                connection.execute(select(func.count()).select_from(schema.accounts)).scalar_one()
                >= ACCOUNTS_MAX
            ):
                raise LimitError(f"{ACCOUNTS_MAX} accounts are there already")
            connection.execute(
                insert(schema.accounts).values(
                    name=name,
                    role=role.value,
                    passphrase=passphrase,
                    totp_step=0,
                    person=person,
                    handle=self._randomness.token_bytes(HANDLE_BYTES),
                    made_at=to_ms(self._clock.now()),
                )
            )
        return self.get(name)

    def find(self, name: str) -> Account | None:
        """The account of this name, or None."""
        with self._store.reading() as connection:
            row = _row(connection, name)
            return None if row is None else _account(connection, row)

    def get(self, name: str) -> Account:
        """The account of this name. NoSuchAccountError if there is none."""
        found = self.find(name)
        if found is None:
            raise NoSuchAccountError(
                f"there is no account {name!r}", do="`skyaccord account list` shows those there are"
            )
        return found

    def all(self) -> list[Account]:
        """Every account, by name."""
        named = select(schema.accounts).where(schema.accounts.c.name != FOLDER_ACCOUNT)
        with self._store.reading() as connection:
            rows = connection.execute(named.order_by(schema.accounts.c.name)).mappings()
            return [_account(connection, row) for row in rows.all()]

    def folder_account(self) -> str:
        """The name under which commands in the node's folder look; it may look and nothing else."""
        row = {
            "name": FOLDER_ACCOUNT,
            "role": Role.VIEWER.value,
            "totp_step": 0,
            "handle": self._randomness.token_bytes(HANDLE_BYTES),
            "made_at": to_ms(self._clock.now()),
        }
        with self._store.writing() as connection:
            connection.execute(insert(schema.accounts).prefix_with("OR IGNORE").values(row))
        return FOLDER_ACCOUNT

    def set_passphrase(self, name: str, hashed: str) -> None:
        """Another passphrase."""
        self._change(name, passphrase=hashed)

    def set_role(self, name: str, role: Role) -> None:
        """Another role."""
        self._change(name, role=role.value)

    def set_person(self, name: str, person: str | None) -> None:
        """Whom it is for: a person's public key."""
        self._change(name, person=person)

    def disable(self, name: str) -> None:
        """Close the account: nothing opens it any more, and what it had open ends. Its reads stay logged."""
        now = to_ms(self._clock.now())
        self._change(name, disabled_at=now)
        revoked = update(schema.credentials).where(schema.credentials.c.account == name)
        with self._store.writing() as connection:
            connection.execute(
                revoked.where(schema.credentials.c.revoked_at.is_(None)).values(revoked_at=now)
            )
            connection.execute(delete(schema.links).where(schema.links.c.account == name))

    def enable(self, name: str) -> None:
        """Open a closed account again."""
        self._change(name, disabled_at=None)

    def set_totp(self, name: str, secret: bytes, step: int) -> list[str]:
        """Keep an authenticator app's secret whose code of time step `step` was shown to hold.

        Gives new recovery codes, which are shown now and never again; earlier ones hold no more.
        """
        self._change(name, totp_secret=secret, totp_step=step)
        codes = new_recovery_codes(self._randomness)
        with self._store.writing() as connection:
            connection.execute(delete(schema.recovery_codes).where(schema.recovery_codes.c.account == name))
            connection.execute(
                insert(schema.recovery_codes),
                [{"account": name, "hash": recovery_digest(code)} for code in codes],
            )
        return codes

    def forget_second_factors(self, name: str) -> None:
        """Away with app, passkeys and recovery codes: the next sign-in sets up new ones."""
        self._change(name, totp_secret=None, totp_step=0)
        with self._store.writing() as connection:
            for table in (schema.recovery_codes, schema.passkeys):
                connection.execute(delete(table).where(table.c.account == name))

    def use_step(self, name: str, step: int) -> bool:
        """Use up a time step's code; False if it, or a later one, has been used."""
        accounts = schema.accounts
        statement = update(accounts).where(accounts.c.name == name, accounts.c.totp_step < step)
        with self._store.writing() as connection:
            return connection.execute(statement.values(totp_step=step)).rowcount == 1

    def use_recovery_code(self, name: str, code: str) -> bool:
        """Use up a recovery code; False if there is no such one."""
        codes = schema.recovery_codes
        statement = delete(codes).where(codes.c.account == name, codes.c.hash == recovery_digest(code))
        with self._store.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def _change(self, name: str, **values: Any) -> None:
        statement = update(schema.accounts).where(schema.accounts.c.name == name).values(**values)
        with self._store.writing() as connection:
            if connection.execute(statement).rowcount == 0:
                raise NoSuchAccountError(f"there is no account {name!r}")


def _row(connection: Connection, name: str) -> Any:
    statement = select(schema.accounts).where(schema.accounts.c.name == name)
    return connection.execute(statement).mappings().first()


def _count(connection: Connection, table: Any, name: str) -> int:
    statement = select(func.count()).select_from(table).where(table.c.account == name)
    return int(connection.execute(statement).scalar_one())


def _account(connection: Connection, row: Any) -> Account:
    return Account(
        name=row["name"],
        role=Role(row["role"]),
        passphrase=row["passphrase"],
        totp_secret=row["totp_secret"],
        totp_step=row["totp_step"],
        person=row["person"],
        handle=row["handle"],
        made_at=from_ms(row["made_at"]),
        disabled_at=None if row["disabled_at"] is None else from_ms(row["disabled_at"]),
        passkeys=_count(connection, schema.passkeys, row["name"]),
        recovery_codes=_count(connection, schema.recovery_codes, row["name"]),
    )

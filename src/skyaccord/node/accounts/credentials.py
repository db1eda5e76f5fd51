"""Sessions, tokens and one-time links: random secrets, hashed at rest, that end by themselves and can be
revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import delete, func, insert, or_, select, update

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError, LimitError
from skyaccord.base.randomness import Randomness
from skyaccord.node.accounts import schema
from skyaccord.node.accounts.faults import SignInError
from skyaccord.node.accounts.moments import from_ms, to_ms
from skyaccord.node.accounts.rights import Right, Role, rights_of
from skyaccord.node.accounts.secrets_at_rest import SECRET_CHARS_MAX, digest, new_secret
from skyaccord.node.accounts.store import AccountStore

Kind = Literal["session", "token"]

ID_BYTES: Final = 6
LABEL_CHARS_MAX: Final = 200
TOUCH_S: Final = 30.0  # a session's last use is written this often at most: a look costs no disk
PER_ACCOUNT_MAX: Final = 100  # open sessions and tokens of one account
TOKEN_DAYS_MAX: Final = 366
LINK_MINUTES_MAX: Final = 24 * 60
ENDED_KEPT: Final = timedelta(days=30)  # so that a list still shows what ended and when


@dataclass(frozen=True)
class Credential:
    """One session or token, without its secret."""

    id: str
    kind: Kind
    account: str
    role: Role
    label: str
    made_at: datetime
    used_at: datetime
    expires_at: datetime
    idle: timedelta | None
    revoked_at: datetime | None

    def ends_at(self) -> datetime:
        """When it ends if nobody uses it any more."""
        idle_end = self.expires_at if self.idle is None else self.used_at + self.idle
        return min(self.expires_at, idle_end, *([self.revoked_at] if self.revoked_at else []))


@dataclass(frozen=True)
class Visitor:
    """Who asks: an account, through one of its credentials."""

    account: str
    role: Role
    rights: frozenset[Right]
    person: str | None
    credential: Credential


class Credentials:
    """Gives out, checks, lists and revokes. Synchronous; the API calls it in a thread."""

    def __init__(self, store: AccountStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    def give(
        self, account: str, role: Role, *, kind: Kind, label: str, lasts: timedelta, idle: timedelta | None
    ) -> tuple[str, Credential]:
        """A new session or token: its secret, shown this once, and what is kept. LimitError: too many are
        open.
        """
        now = self._clock.now()
        secret = new_secret(self._randomness)
        row = {
            "id": self._randomness.token_bytes(ID_BYTES).hex(),
            "kind": kind,
            "hash": digest(secret),
            "account": account,
            "role": role.value,
            "label": label[:LABEL_CHARS_MAX],
            "made_at": to_ms(now),
            "used_at": to_ms(now),
            "expires_at": to_ms(now + lasts),
            "idle_ms": None if idle is None else idle // timedelta(milliseconds=1),
            "revoked_at": None,
        }
        with self._store.writing() as connection:
            table = schema.credentials
            connection.execute(delete(table).where(table.c.expires_at < to_ms(now - ENDED_KEPT)))
            count = (
                select(func.count()).select_from(table).where(table.c.account == account, *_open(to_ms(now)))
            )
            if connection.execute(count).scalar_one() >= PER_ACCOUNT_MAX:
                raise LimitError(
                    f"account {account!r} has {PER_ACCOUNT_MAX} open sessions and tokens",
                    do="revoke some: skyaccord account sessions",
                )
            connection.execute(insert(table).values(row))
        return secret, _credential(row)

    def visitor(self, secret: str) -> Visitor | None:
        """Who carries this secret; None if it is nobody's, has ended, or the account is closed."""
        if len(secret) > SECRET_CHARS_MAX:
            return None
        found = self._look(schema.credentials.c.hash == digest(secret))
        if found is not None:
            self.touch(found.credential)
        return found

    def still(self, id_: str) -> Visitor | None:
        """Whether this credential still opens the door; an open live stream asks, and is use."""
        found = self._look(schema.credentials.c.id == id_)
        if found is not None:
            self.touch(found.credential)
        return found

    def touch(self, credential: Credential) -> None:
        """Note that it was used now."""
        now = self._clock.now()
        if (now - credential.used_at).total_seconds() >= TOUCH_S:
            table = schema.credentials
            with self._store.writing() as connection:
                connection.execute(
                    update(table).where(table.c.id == credential.id).values(used_at=to_ms(now))
                )

    def all(self, account: str | None = None) -> list[Credential]:
        """Those that are open, newest first; of one account or of all."""
        now = to_ms(self._clock.now())
        table = schema.credentials
        statement = select(table).where(*_open(now)).order_by(table.c.made_at.desc(), table.c.id)
        if account is not None:
            statement = statement.where(table.c.account == account)
        with self._store.reading() as connection:
            return [_credential(row) for row in connection.execute(statement).mappings()]

    def revoke(self, id_: str, *, account: str | None = None) -> bool:
        """End a session or token (of this account only, if one is given); False if there is no such open
        one.
        """
        now = to_ms(self._clock.now())
        table = schema.credentials
        statement = update(table).where(table.c.id == id_, *_open(now)).values(revoked_at=now)
        if account is not None:
            statement = statement.where(table.c.account == account)
        with self._store.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def revoke_all(self, account: str, *, kind: Kind, but: str | None = None) -> int:
        """End all sessions, or all tokens, of an account; how many there were. but: the id of one to keep."""
        now = to_ms(self._clock.now())
        table = schema.credentials
        statement = update(table).where(table.c.account == account, table.c.kind == kind, *_open(now))
        if but is not None:
            statement = statement.where(table.c.id != but)
        with self._store.writing() as connection:
            return connection.execute(statement.values(revoked_at=now)).rowcount

    def give_link(self, account: str, lasts: timedelta) -> str:
        """The secret of a new one-time link."""
        if not timedelta(0) < lasts <= timedelta(minutes=LINK_MINUTES_MAX):
            raise InputError(f"a link holds for at most {LINK_MINUTES_MAX} minutes")
        secret = new_secret(self._randomness)
        now = self._clock.now()
        with self._store.writing() as connection:
            connection.execute(
                delete(schema.links).where(schema.links.c.expires_at < to_ms(now - ENDED_KEPT))
            )
            connection.execute(
                insert(schema.links).values(
                    hash=digest(secret), account=account, made_at=to_ms(now), expires_at=to_ms(now + lasts)
                )
            )
        return secret

    def use_link(self, secret: str) -> str:
        """The account that this link opens; it is used up by asking. SignInError if it opens none."""
        now = to_ms(self._clock.now())
        links, accounts = schema.links, schema.accounts
        unused = (links.c.hash == digest(secret[:SECRET_CHARS_MAX]), links.c.used_at.is_(None))
        with self._store.writing() as connection:
            used = connection.execute(
                update(links).where(*unused, links.c.expires_at > now).values(used_at=now)
            )
            if used.rowcount == 1:
                found = connection.execute(
                    select(accounts.c.name)
                    .join(links, links.c.account == accounts.c.name)
                    .where(links.c.hash == digest(secret), accounts.c.disabled_at.is_(None))
                ).scalar_one_or_none()
                if found is not None:
                    return str(found)
        raise SignInError(
            "this link does not hold (any more): it opens once, and not for long",
            do="ask for a new one: skyaccord account link",
        )

    def _look(self, which: Any) -> Visitor | None:
        table, accounts = schema.credentials, schema.accounts
        statement = (
            select(table, accounts.c.role.label("account_role"), accounts.c.person)
            .join(accounts, accounts.c.name == table.c.account)
            .where(which, accounts.c.disabled_at.is_(None), *_open(to_ms(self._clock.now())))
        )
        with self._store.reading() as connection:
            row = connection.execute(statement).mappings().first()
        if row is None:
            return None
        credential = _credential(row)
        role = Role(row["account_role"])
        rights = rights_of(role, credential.role)
        return Visitor(credential.account, credential.role, rights, row["person"], credential)


def _open(now_ms: int) -> tuple[Any, ...]:
    """Neither revoked, nor too old, nor unused for too long."""
    table = schema.credentials
    return (
        table.c.revoked_at.is_(None),
        table.c.expires_at > now_ms,
        or_(table.c.idle_ms.is_(None), table.c.used_at + table.c.idle_ms > now_ms),
    )


def _credential(row: Any) -> Credential:
    return Credential(
        id=row["id"],
        kind=row["kind"],
        account=row["account"],
        role=Role(row["role"]),
        label=row["label"],
        made_at=from_ms(row["made_at"]),
        used_at=from_ms(row["used_at"]),
        expires_at=from_ms(row["expires_at"]),
        idle=None if row["idle_ms"] is None else timedelta(milliseconds=row["idle_ms"]),
        revoked_at=None if row["revoked_at"] is None else from_ms(row["revoked_at"]),
    )

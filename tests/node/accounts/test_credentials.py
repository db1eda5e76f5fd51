"""Sessions, tokens, links: hashed at rest, ended by time and by hand, used once."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, LimitError
from skyaccord.node.accounts.credentials import PER_ACCOUNT_MAX, Credential
from skyaccord.node.accounts.door import Door
from skyaccord.node.accounts.faults import SignInError
from skyaccord.node.accounts.rights import Role
from tests.node.accounts.doors import clock_of, with_account

HOUR = timedelta(hours=1)


def session(
    door: Door, *, lasts: timedelta = 13 * HOUR, idle: timedelta | None = HOUR
) -> tuple[str, Credential]:
    return door.credentials.give(
        "noor", Role.DUTY_OFFICER, kind="session", label="here", lasts=lasts, idle=idle
    )


def test_no_secret_is_at_rest(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    secret, _ = session(door)
    link = door.credentials.give_link("noor", HOUR)
    door.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"noor" in kept
    for one in (secret, link, "four words of mine"):
        assert one.encode() not in kept
    assert len(secret) == 43  # 256 bits


def test_a_session_ends_when_it_is_too_old_however_much_it_is_used(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    secret, _ = session(door)
    for _ in range(25):
        assert door.credentials.visitor(secret) is not None
        clock_of(door).advance(1800)
    clock_of(door).advance(1799)
    assert door.credentials.visitor(secret) is not None
    clock_of(door).advance(1)
    assert door.credentials.visitor(secret) is None


def test_a_session_ends_when_nobody_uses_it_and_an_open_stream_is_use(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    secret, kept = session(door)
    for _ in range(5):
        clock_of(door).advance(3000)
        assert door.credentials.still(kept.id) is not None
    clock_of(door).advance(3600)
    assert door.credentials.visitor(secret) is None
    assert door.credentials.still(kept.id) is None
    assert door.credentials.all() == []


def test_revoked_ones_and_those_of_closed_accounts_open_nothing(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    one, kept = session(door)
    other, _ = session(door)
    assert door.credentials.revoke(kept.id, account="somebody-else") is False
    assert door.credentials.revoke(kept.id) is True
    assert door.credentials.revoke(kept.id) is False
    assert door.credentials.visitor(one) is None
    assert door.credentials.visitor(other) is not None
    door.book.disable("noor")
    assert door.credentials.visitor(other) is None
    door.book.enable("noor")
    assert door.credentials.visitor(other) is None, "what was open stays ended"


def test_a_changed_role_counts_at_once(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    secret, _ = session(door)
    door.book.set_role("noor", Role.VIEWER)
    visitor = door.credentials.visitor(secret)
    assert visitor is not None
    assert "ask" not in visitor.rights


def test_there_are_not_ever_more_of_them(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    for _ in range(PER_ACCOUNT_MAX):
        session(door)
    with pytest.raises(LimitError, match="open sessions and tokens"):
        session(door)
    clock_of(door).advance(13 * 3600)
    session(door)


def test_a_link_opens_once_and_in_time(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    link = door.credentials.give_link("noor", timedelta(minutes=15))
    assert door.credentials.use_link(link) == "noor"
    with pytest.raises(SignInError, match="opens once"):
        door.credentials.use_link(link)
    late = door.credentials.give_link("noor", timedelta(minutes=15))
    clock_of(door).advance(901)
    for secret in (late, "", "x" * 10_000, "no such link"):
        with pytest.raises(SignInError):
            door.credentials.use_link(secret)
    closed = door.credentials.give_link("noor", HOUR)
    door.book.disable("noor")
    door.book.enable("noor")
    with pytest.raises(SignInError):
        door.credentials.use_link(closed)
    with pytest.raises(InputError, match="at most"):
        door.credentials.give_link("noor", timedelta(days=2))


def test_of_many_who_open_a_link_at_once_one_gets_in(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    link = door.credentials.give_link("noor", HOUR)
    opened: list[str] = []
    start = threading.Barrier(8)

    def use() -> None:
        start.wait()
        with contextlib.suppress(SignInError):
            opened.append(door.credentials.use_link(link))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened == ["noor"]

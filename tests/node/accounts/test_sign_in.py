"""Passphrase, second factor, recovery, back-off: and nobody learns which accounts there are."""

from pathlib import Path

import pytest

from skyaccord.node.accounts import totp
from skyaccord.node.accounts.door import Door
from skyaccord.node.accounts.faults import SignInError, WaitError
from skyaccord.node.accounts.rights import Role
from skyaccord.node.accounts.sign_in import Asked, Opened
from tests.node.accounts.doors import WORDS, clock_of, first, second, with_account


def code_of(door: Door, name: str = "noor") -> str:
    secret = door.book.get(name).totp_secret
    assert secret is not None
    return totp.code_at(secret, int(door.clock.now().timestamp()) // totp.STEP_S)


def set_up(door: Door) -> Opened:
    asked = first(door)
    assert isinstance(asked, Asked)
    assert asked.set_up is not None
    secret = door.sign_in._tickets._held[asked.ticket].totp_secret
    assert secret is not None
    assert totp.secret_text(secret) in asked.set_up
    return second(door, asked, totp.code_at(secret, int(door.clock.now().timestamp()) // 30))


def test_the_first_sign_in_sets_up_the_app_and_shows_recovery_codes_once(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    opened = set_up(door)
    assert opened.recovery_codes is not None
    assert len(set(opened.recovery_codes)) == 10
    visitor = door.credentials.visitor(opened.secret)
    assert visitor is not None
    assert (visitor.account, visitor.role) == ("noor", Role.DUTY_OFFICER)
    clock_of(door).advance(60)
    again = first(door)
    assert isinstance(again, Asked)
    assert again.set_up is None
    assert second(door, again, code_of(door)).recovery_codes is None


def test_a_wrong_first_code_sets_nothing_up(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    with pytest.raises(SignInError):
        second(door, first(door), "000000")
    assert door.book.get("noor").second_factors == []


def test_a_code_counts_once(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    set_up(door)
    clock_of(door).advance(60)
    code = code_of(door)
    second(door, first(door), code)
    with pytest.raises(SignInError):
        second(door, first(door), code)


def test_a_recovery_code_counts_once_however_it_is_typed(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    codes = set_up(door).recovery_codes
    assert codes is not None
    second(door, first(door), codes[0].lower().replace("-", " "))
    with pytest.raises(SignInError):
        second(door, first(door), codes[0])
    second(door, first(door), codes[1])
    assert door.book.get("noor").recovery_codes == 8


def test_every_refusal_is_the_same(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    door.book.add("closed", Role.VIEWER, passphrase=door.passphrases.hash(WORDS))
    door.book.disable("closed")
    door.book.add("program", Role.VIEWER, passphrase=None)
    said = set()
    for name, words in (
        ("noor", "not these words"),
        ("nobody", WORDS),
        ("closed", WORDS),
        ("program", WORDS),
        ("(folder)", WORDS),
        ("", WORDS),
    ):
        with pytest.raises(SignInError) as refused:
            first(door, name, words)
        said.add(str(refused.value))
    assert said == {"name, passphrase or code is not right"}


@pytest.mark.parametrize("name", ["noor", "nobody"])
def test_too_many_failures_wait_alike_whether_there_is_such_an_account(tmp_path: Path, name: str) -> None:
    door = with_account(tmp_path)
    for _ in range(5):
        with pytest.raises(SignInError):
            first(door, name, "not these words", address="192.0.2.9")
    with pytest.raises(WaitError) as waited:
        first(door, name, WORDS)
    assert waited.value.wait_s == pytest.approx(1.0)
    assert str(waited.value) == "too many sign-ins; try again in 1 s"


def test_waiting_helps_and_the_wait_ends_with_success(tmp_path: Path) -> None:
    door = with_account(tmp_path, second_factor=False)
    for _ in range(5):
        with pytest.raises(SignInError):
            first(door, words="not these words")
    clock_of(door).advance(1.0)
    assert isinstance(first(door), Opened)
    with pytest.raises(SignInError):
        first(door, words="not these words")
    assert isinstance(first(door), Opened)


def test_one_address_cannot_try_without_end(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    for number in range(door.settings.limits.logins_per_minute_max):
        with pytest.raises(SignInError):
            first(door, f"name{number}", address="192.0.2.7")
    with pytest.raises(WaitError):
        first(door, address="192.0.2.7")
    assert isinstance(first(door, address="192.0.2.8"), Asked)


def test_a_ticket_takes_five_tries_and_five_minutes(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    set_up(door)
    clock_of(door).advance(60)
    asked = first(door)
    for _ in range(5):
        with pytest.raises((SignInError, WaitError)):
            second(door, asked, "000000")
    clock_of(door).advance(61)
    with pytest.raises(SignInError, match="too long or failed too often"):
        second(door, asked, code_of(door))
    late = first(door)
    clock_of(door).advance(301)
    with pytest.raises(SignInError, match="too long"):
        second(door, late, code_of(door))


def test_a_ticket_opens_once(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    codes = set_up(door).recovery_codes
    assert codes is not None
    asked = first(door)
    second(door, asked, codes[0])
    with pytest.raises(SignInError):
        second(door, asked, codes[1])


def test_without_second_factors_if_the_party_says_so(tmp_path: Path) -> None:
    assert isinstance(first(with_account(tmp_path, second_factor=False)), Opened)


def test_a_forgotten_second_factor_is_set_up_anew(tmp_path: Path) -> None:
    door = with_account(tmp_path)
    codes = set_up(door).recovery_codes
    assert codes is not None
    door.book.forget_second_factors("noor")
    asked = first(door)
    assert isinstance(asked, Asked)
    assert asked.set_up
    with pytest.raises(SignInError):
        second(door, asked, codes[3])

"""Commands run from inside: what they print, what they raise."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.running import CommandFailedError, check_act, run_command


def test_what_a_command_prints() -> None:
    assert "valid" in run_command("accord", "check", "rule-of-threes", "--format", "json")


def test_a_command_that_finds_something_wrong_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("name = 3\n")
    with pytest.raises(CommandFailedError, match="ended with status 2"):
        run_command("accord", "check", str(tmp_path / "wrong.toml"))


def test_what_a_command_raises_comes_through(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        run_command("accord", "check", str(tmp_path / "missing.toml"))


def test_ctrl_c_meanwhile_comes_through_as_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer turns it into an exit status; the demo must end as by Ctrl-C, with its summary."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("skyaccord.accord.source.load_accord", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_command("accord", "check", "rule-of-threes")


@pytest.mark.parametrize("words", [["nothing"], ["accord", "check", "x", "--colour"], ["hotline", "ack"]])
def test_a_misspelt_command_is_an_error_of_ours(words: list[str]) -> None:
    with pytest.raises(InputError):
        run_command(*words)


def test_what_a_person_signs_is_known_without_doing_it() -> None:
    check_act(["hotline", "send", "--text", "hello"])
    for words in (["hotline", "list"], ["accord", "sign", "x"], ["journal", "erase"], [], ["hotline"]):
        with pytest.raises(InputError):
            check_act(words)

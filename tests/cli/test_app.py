"""The command itself: what a slip on the command line and Ctrl-C look like."""

from __future__ import annotations

import sys

import pytest

from skyaccord.cli import app as cli
from skyaccord.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["skyaccord", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("banana",), "No such command 'banana'; see "),
        (("scan",), "Missing argument 'FILE...'; see "),
        (("scan", "x", "--banana"), "No such option: --banana; see "),
        (("scan", "x", "--format", "banana"), "'banana' is not one of "),
    ],
)
def test_a_slip_is_one_line_that_says_where_to_look(
    words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *words) == 2
    line = capsys.readouterr().err
    assert line.startswith("skyaccord: error: ")
    assert line.count("\n") == 1
    assert says in line
    assert "Value error" not in line
    assert line.endswith(" --help\n")


@pytest.mark.parametrize("name", ["scan", "accord"])
def test_only_the_command_that_is_named_is_built(name: str) -> None:
    chosen = cli.of_words([name, "--help"])
    built = [one.name for one in (*chosen.registered_commands, *chosen.registered_groups)]
    assert built == [name]
    assert chosen.registered_callback is cli.app.registered_callback  # `--version` and the rest stay


@pytest.mark.parametrize("words", [[], ["--help"], ["banana"], ["--version", "scan"]])
def test_what_names_no_command_is_for_the_whole_app(words: list[str]) -> None:
    assert cli.of_words(words) is cli.app


def test_ctrl_c_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.app.registered_commands[0], "callback", interrupted)
    name = cli.app.registered_commands[0].name
    assert name is not None
    assert run(monkeypatch, name, "x") == 130
    assert capsys.readouterr().err == "skyaccord: stopped\n"


def test_ctrl_c_is_said_while_the_command_is_still_being_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Impatient:
        """Ctrl-C in the middle of an import."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "skyaccord.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "skyaccord.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Impatient(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "skyaccord: stopped\n"

"""The command itself: what a slip on the command line and Ctrl-C look like."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from skyaccord.cli import app as cli
from skyaccord.cli import main, scan


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["skyaccord", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def names(chosen: typer.Typer) -> list[str]:
    """All that the first word may be."""
    return [str(command.name) for command in chosen.registered_commands] + [
        str(group.name) for group in chosen.registered_groups
    ]


def runnable(chosen: typer.Typer) -> list[str]:
    """The commands, and those groups that have any."""
    return [str(command.name) for command in chosen.registered_commands] + [
        str(group.name)
        for group in chosen.registered_groups
        if group.typer_instance is not None and group.typer_instance.registered_commands
    ]


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
    assert names(chosen) == [name]
    assert chosen.registered_callback is not None  # `--version` and the rest stay
    assert runnable(chosen) == names(chosen)


def test_only_the_command_that_is_named_is_imported() -> None:
    code = (
        "import sys; from skyaccord.cli.app import of_words; of_words(['scan'])\n"
        "others = {f'skyaccord.cli.{name}' for name in ('accord', 'talks', 'node', 'journal')}\n"
        "assert not others & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("words", [[], ["--help"], ["banana"], ["--version", "scan"]])
def test_what_names_no_command_has_all_names_and_runs_none(words: list[str]) -> None:
    shown = cli.of_words(words)
    assert sorted(names(shown)) == sorted(cli.GROUPS)
    assert runnable(shown) == ["scan", "pack", "demo"]  # one command each; of groups, only the names
    assert sorted(runnable(cli.whole())) == sorted(cli.GROUPS)


def test_ctrl_c_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scan, "command", interrupted)
    assert run(monkeypatch, "scan") == 130
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

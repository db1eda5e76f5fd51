from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.passphrase import PASSPHRASE_BYTES_MAX, read_passphrase


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"correct horse\n", "correct horse"),
        (b"correct horse", "correct horse"),
        (b"two words \r\nrest", "two words "),
        ("пароль\n".encode(), "пароль"),
    ],
)
def test_the_first_line_of_a_file(tmp_path: Path, content: bytes, passphrase: str) -> None:
    (tmp_path / "p").write_bytes(content)
    assert read_passphrase(tmp_path / "p", prompt="") == passphrase


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\nx", "empty"),
        (b"\xff\n", "UTF-8"),
        (b"x" * (PASSPHRASE_BYTES_MAX + 1), "too long"),
    ],
)
def test_what_is_no_passphrase(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(InputError, match=what):
        read_passphrase(tmp_path / "p", prompt="")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such"):
        read_passphrase(tmp_path / "none", prompt="")
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_passphrase(tmp_path, prompt="")


def test_standard_input_stands_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"from a pipe\n")))
    assert read_passphrase(Path("-"), prompt="") == "from a pipe"


def test_a_new_passphrase_is_asked_for_twice_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    def prompt(text: str, **options: object) -> str:
        asked.update(options, text=text)
        return "typed"

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typer, "prompt", prompt)
    assert read_passphrase(None, prompt="Passphrase", new=True) == "typed"
    assert asked == {"text": "Passphrase", "hide_input": True, "confirmation_prompt": True, "err": True}

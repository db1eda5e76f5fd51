from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.person import app
from skyaccord.record.keys import PersonKey, read_public_key

RUN = CliRunner()


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text("correct horse\nsecond line\n")
    return path


def test_new_writes_a_private_and_a_public_file(tmp_path: Path, passphrase: Path) -> None:
    file = tmp_path / "officer"
    done = RUN.invoke(app, ["new", str(file), "--passphrase-file", str(passphrase)])
    assert done.exit_code == 0, done.output
    key = PersonKey.load(file, "correct horse")
    assert read_public_key(str(tmp_path / "officer.pub")) == key.public
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key.fingerprint in done.output
    assert "node enrol DIR" in done.output


@pytest.mark.parametrize("there", ["officer", "officer.pub"])
def test_new_overwrites_nothing_and_leaves_nothing_half_done(
    tmp_path: Path, passphrase: Path, there: str
) -> None:
    (tmp_path / there).write_text("precious")
    done = RUN.invoke(app, ["new", str(tmp_path / "officer"), "--passphrase-file", str(passphrase)])
    assert isinstance(done.exception, InputError)
    assert (tmp_path / there).read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 2


def test_new_says_what_is_wrong_with_the_passphrase(tmp_path: Path) -> None:
    missing = RUN.invoke(app, ["new", str(tmp_path / "o"), "--passphrase-file", str(tmp_path / "none")])
    assert isinstance(missing.exception, UnreadableError)
    (tmp_path / "empty").write_text("\n")
    empty = RUN.invoke(app, ["new", str(tmp_path / "o"), "--passphrase-file", str(tmp_path / "empty")])
    assert "empty" in str(empty.exception)
    nobody = RUN.invoke(app, ["new", str(tmp_path / "o")])
    assert "use --passphrase-file" in str(nobody.exception)
    folder = RUN.invoke(app, ["new", str(tmp_path / "no" / "o"), "--passphrase-file", str(tmp_path / "x")])
    assert "no such folder" in str(folder.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]

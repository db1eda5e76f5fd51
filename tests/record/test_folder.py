from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

import skyaccord.record.folder as folder_module
from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import InputError, NotANodeError, TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.folder import Folder, init_folder, open_folder
from tests.record.worlds import START


def init(path: Path, **changes: Any) -> Folder:
    arguments: dict[str, Any] = {
        "party": "A",
        "name": "Alpha",
        "link_address": "http://127.0.0.1:7700",
        "passphrase": "correct horse",
        "settings_text": "# settings\n",
        "clock": ManualClock(START),
        "randomness": SeededRandomness(1),
    }
    return init_folder(path, **{**arguments, **changes})


def test_a_new_folder_has_everything_and_nothing_else(tmp_path: Path) -> None:
    folder = init(tmp_path / "deep" / "a")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "link.crt",
        "link.key",
        "node.db",
        "node.toml",
        "party.card.json",
        "party.key",
    ]
    assert sorted(path.name for path in folder.path.parent.iterdir()) == ["a"]
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600
    assert folder.settings_file.read_text() == "# settings\n"


def test_the_journal_begins_with_the_card(tmp_path: Path) -> None:
    folder = open_folder(init(tmp_path / "a", exercise=True).path)
    store = folder.open_store()
    journal = folder.open_journal(
        store, folder.load_key("correct horse"), ManualClock(START), SeededRandomness(2)
    )
    entry = journal.entry(journal.origin, 0)
    store.close()
    assert entry is not None
    assert entry.kind == "node.opened"
    assert entry.header.exercise
    assert entry.body["card"] == folder.card().model_dump()
    assert folder.card().public_key == folder.load_key("correct horse").public


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert open_folder(init(tmp_path / "a").path).card().party == "A"


@pytest.mark.parametrize("there", ["node", "other", "file"])
def test_nothing_that_exists_is_touched(tmp_path: Path, there: str) -> None:
    path = tmp_path / "a"
    if there == "node":
        init(path)
    elif there == "other":
        path.mkdir()
        (path / "precious").write_text("x")
    else:
        path.write_text("x")
    before = sorted((p, p.read_bytes()) for p in tmp_path.rglob("*") if p.is_file())
    with pytest.raises(InputError):
        init(path)
    assert sorted((p, p.read_bytes()) for p in tmp_path.rglob("*") if p.is_file()) == before


@pytest.mark.parametrize("fault", ["party", "name", "passphrase", "store"])
def test_a_failed_init_leaves_nothing(tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: dict[str, Any] = {"party": "no party!", "name": "", "passphrase": ""}
    if fault == "store":

        def fail(*_: Any, **__: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(folder_module, "open_store", fail)
        wrong = {}
    else:
        wrong = {fault: changes[fault]}
    with pytest.raises((InputError, TrustError)):
        init(tmp_path / "a", **wrong)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_node_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotANodeError, match="no such folder"):
        open_folder(tmp_path / "none")
    with pytest.raises(NotANodeError, match=r"node\.db is missing"):
        open_folder(tmp_path)
    init(tmp_path / "a").card_file.unlink()
    with pytest.raises(NotANodeError, match=r"party\.card\.json is missing"):
        open_folder(tmp_path / "a")

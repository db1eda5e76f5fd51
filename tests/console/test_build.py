"""The build hook: builds when sources changed, does nothing when not, says one line when it cannot."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_console", ROOT / "build_console.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_console"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "console"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}", encoding="utf-8")
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    (folder / "src" / "main.ts").write_text("export {};\n", encoding="utf-8")
    return folder


@pytest.fixture
def calls(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """npm replaced by one that notes its commands and writes what a build writes."""
    noted: list[str] = []

    def npm(folder: Path, *arguments: str) -> None:
        noted.append(arguments[0])
        if arguments[0] == "ci":
            (folder / "node_modules").mkdir(exist_ok=True)
        else:
            target = Path(arguments[arguments.index("--outDir") + 1])
            target.mkdir(parents=True)
            (target / "index.html").write_text("<!doctype html>", encoding="utf-8")

    monkeypatch.setattr(hook, "_npm", npm)
    return noted


Build = Callable[[Path, Path], str]


def test_builds_once_and_again_only_for_changed_sources(
    hook: ModuleType, sources: Path, calls: list[str], tmp_path: Path
) -> None:
    build: Build = hook.build
    target = tmp_path / "console_build"
    assert build(sources, target) == "built into console_build/"
    assert calls == ["ci", "run"]
    assert (target / "index.html").is_file()

    assert build(sources, target) == "up to date"
    assert calls == ["ci", "run"]

    (sources / "src" / "main.ts").write_text("export const changed = 1;\n", encoding="utf-8")
    (target / "old.js").write_text("left over", encoding="utf-8")
    assert build(sources, target) == "built into console_build/"
    assert calls == ["ci", "run", "run"]  # the lock file is as it was: nothing is installed again
    assert not (target / "old.js").exists()

    (sources / "package-lock.json").write_text('{"changed": true}', encoding="utf-8")
    build(sources, target)
    assert calls == ["ci", "run", "run", "ci", "run"]


def test_tests_and_installed_packages_are_no_sources(hook: ModuleType, sources: Path) -> None:
    before = hook.sources_digest(sources)
    for folder in ("node_modules", "tests"):
        (sources / folder).mkdir()
        (sources / folder / "x.ts").write_text("x", encoding="utf-8")
    assert hook.sources_digest(sources) == before
    (sources / "src" / "main.ts").rename(sources / "src" / "other.ts")
    assert hook.sources_digest(sources) != before


def test_without_sources_the_built_page_is_used_or_one_line_says_what_is_missing(
    hook: ModuleType, tmp_path: Path
) -> None:
    target = tmp_path / "console_build"
    with pytest.raises(hook.BuildError, match=r"package\.json is missing; take a complete checkout"):
        hook.build(tmp_path / "console", target)
    target.mkdir()
    (target / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert "already there" in hook.build(tmp_path / "console", target)


def test_a_failing_build_leaves_the_old_page_and_says_why(
    hook: ModuleType, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "console_build"
    target.mkdir()
    (target / "index.html").write_text("the old page", encoding="utf-8")

    def npm(_folder: Path, *_arguments: str) -> None:
        raise hook.BuildError("`npm ci` in console/ failed: network")

    monkeypatch.setattr(hook, "_npm", npm)
    with pytest.raises(hook.BuildError, match="network"):
        hook.build(sources, target)
    assert (target / "index.html").read_text(encoding="utf-8") == "the old page"


def test_the_reason_is_the_line_that_says_most(hook: ModuleType) -> None:
    refused = "npm error code ENOTFOUND\nnpm error network request to the registry failed\nnpm error log"
    assert hook._reason(refused) == "network request to the registry failed"
    assert hook._reason("src/App.svelte:3:1 Unexpected token\n") == "src/App.svelte:3:1 Unexpected token"
    assert hook._reason("") == "it said nothing"


def test_the_lock_file_pins_by_digest_and_names_no_registry() -> None:
    text = (ROOT / "console" / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert "resolved" not in text
    assert "://registry" not in text
    unpinned = [name for name, package in packages.items() if name and "integrity" not in package]
    assert unpinned == []
    wanted = json.loads((ROOT / "console" / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert {name: version for name, version in wanted.items() if not version[0].isdigit()} == {}

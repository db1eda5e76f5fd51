"""The other programs, each in its own environment outside the repository.

    python -m bench.peers          make them (a venv in the user's cache directory, pinned versions)
    make bench-peers               the same

SKYACCORD_BENCH_PEERS overrules where. Nothing of them is installed beside SkyAccord (BlueSky wants other
versions of what both use), and the benchmarks run without them: they say so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.skies import Sky

BLUESKY: Final = ("bluesky-simulator==1.1.1", "numpy==2.2.6")
"""The wheel on PyPI ships the compiled detector, `cstatebased`. NumPy is of the series it was built for."""
TRAFFIC: Final = ("traffic==2.13", "pandas<3")
"""traffic 2.13 reads parts of pandas that pandas 3 no longer has."""
PYMERKLE: Final = ("pymerkle==7.0.0",)  # GPL: beside us for a figure, never a dependency
HOW: Final = "not installed: `make bench-peers`"


class PeerAnswer(NamedTuple):
    """pairs (m, 2), lesser first, each once. median_s:
    processor time of the detection alone (it has one thread). version: what ran.
    """

    pairs: NDArray[np.int64]
    median_s: float
    version: str


def peers_folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SKYACCORD_BENCH_PEERS") or Path(cache) / "skyaccord" / "bench-peers")


def python_of(peer: str) -> Path | None:
    """The interpreter of a peer's environment, or None."""
    for name in ("bin/python", "Scripts/python.exe"):
        if (peers_folder() / peer / name).exists():
            return peers_folder() / peer / name
    return None


def bluesky_python() -> Path | None:
    return python_of("bluesky")


def traffic_python() -> Path | None:
    return python_of("traffic")


def pymerkle_python() -> Path | None:
    return python_of("pymerkle")


def install(peer: str, requirements: Sequence[str], check: str) -> None:
    """A fresh environment with the requirements in it. check: a statement that must run there."""
    folder = peers_folder() / peer
    print(f"making {folder}", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    python = python_of(peer)
    assert python is not None
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
    subprocess.run([python, "-c", check], check=True)


def bluesky(sky: Sky, repeats: int, detector: str = "compiled") -> PeerAnswer | None:
    """What BlueSky finds, and how long it takes; None if not installed. detector: compiled or python."""
    python = bluesky_python()
    if python is None:
        return None
    kind = sky.kind
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "sky.npz", Path(folder) / "answer.npz"
        np.savez(
            given,
            latitude=sky.latitude,
            longitude=sky.longitude,
            altitude_ft=sky.altitude_ft,
            groundspeed_kt=sky.groundspeed_kt,
            track_deg=sky.track_deg,
            rule=np.array([kind.horizontal_nm, kind.vertical_ft, kind.lookahead_s]),
        )
        script = Path(__file__).with_name("bluesky_peer.py")
        subprocess.run(
            [python, script, given, answer, str(repeats), detector], check=True, stdout=subprocess.DEVNULL
        )
        with np.load(answer) as found:
            return PeerAnswer(found["pairs"], float(found["median_s"]), str(found["version"]))


if __name__ == "__main__":
    again = "--again" in sys.argv
    if again or bluesky_python() is None:
        install("bluesky", BLUESKY, "from bluesky.traffic.asas import cstatebased")
    if again or traffic_python() is None:
        install("traffic", TRAFFIC, "import traffic.data.samples")
    if again or pymerkle_python() is None:
        install("pymerkle", PYMERKLE, "import pymerkle")
    print(f"BlueSky: {bluesky_python()}\ntraffic: {traffic_python()}\npymerkle: {pymerkle_python()}")

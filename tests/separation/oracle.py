"""The 600 pairs of tests/data/oracle as arrays."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent / "data" / "oracle"
Floats = NDArray[np.float64]


class Oracle:
    """One file's columns by name, and relative position and velocity (intruder minus ownship)."""

    def __init__(self, name: str) -> None:
        with (FOLDER / name).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.columns = {key: [row[key] for row in rows] for key in rows[0]}

    def __getitem__(self, name: str) -> Floats:
        return np.array([float(value) for value in self.columns[name]])

    @property
    def position(self) -> Floats:
        return np.column_stack([self[f"i{axis}_m"] - self[f"o{axis}_m"] for axis in "xyz"])

    @property
    def velocity(self) -> Floats:
        return np.column_stack([self[f"iv{axis}_mps"] - self[f"ov{axis}_mps"] for axis in "xyz"])

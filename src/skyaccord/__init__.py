"""SkyAccord keeps aircraft of operators who share a sky, and do not trust each other, safely apart.

>>> import skyaccord
>>> encounters = skyaccord.scan("day.jsonl.gz", within="0.5nm,500ft")  # doctest: +SKIP
>>> encounters.to_pandas()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skyaccord.base.version import __version__

if TYPE_CHECKING:
    from skyaccord.encounters import Encounters, scan
    from skyaccord.separation.conflicts import find_conflicts

__all__ = ["Encounters", "__version__", "find_conflicts", "scan"]


def __getattr__(name: str) -> Any:
    """Load the library part on first use, so that `import skyaccord` and `--help` stay quick."""
    if name in ("scan", "Encounters"):
        from skyaccord import encounters

        return getattr(encounters, name)
    if name == "find_conflicts":
        from skyaccord.separation.conflicts import find_conflicts

        return find_conflicts
    raise AttributeError(f"module 'skyaccord' has no attribute {name!r}")

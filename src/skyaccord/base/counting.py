"""A number with what it counts, in English, for the shell. Pages and documents have their catalogues."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """`many`: where it is not `one` and an s.

    >>> counted(1, "entry", "entries"), counted(0, "call"), counted(1200, "call")
    ('1 entry', '0 calls', '1,200 calls')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"

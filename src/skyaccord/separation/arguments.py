"""What a caller in Python may hand in: a wrong kind of thing is one line, not a fault from deep inside."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Final

from skyaccord.base.errors import InputError

SHOWN_MAX: Final = 60
"""Characters of a wrong value that are told; a table handed in for a number would fill the screen."""


def expect(name: str, value: Any, *kinds: type, do: str) -> None:
    """Raises InputError where a value is of none of these kinds. A bool is no number: it is a slip."""
    is_truth = isinstance(value, bool) and bool not in kinds
    if is_truth or not isinstance(value, kinds):
        raise InputError(f"{name} is {_shown(value)} ({type(value).__name__})", do=do)


def number(name: str, value: Any, *, do: str) -> float:
    """Any kind of real number, NumPy's too, as a float. Raises InputError for what is none."""
    expect(name, value, Real, do=do)
    return float(value)


def whole(name: str, value: Any, *, do: str) -> int:
    """Any kind of whole number as an int. Raises InputError for what is none."""
    expect(name, value, Integral, do=do)
    return int(value)


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"

# ruff: noqa: PLR0917 - as in `scan`
"""What `skyaccord.scan` may be asked: a wrong kind of argument is one line that says what to give.

The values themselves are judged where they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from skyaccord.base.errors import InputError
from skyaccord.separation.arguments import expect, number, whole

_NONE = type(None)


def check_arguments(
    within: Any,
    accord: Any,
    watch: Any,
    max_gap: Any,
    party_map: Any,
    keep_ghosts: Any,
    timezone: Any,
    input_format: Any,
    progress: Any,
    rejects: Any,
    without_rules: Any,
    rows_in_memory: Any,
) -> None:
    """Raises InputError for the first that is of no kind that `scan` takes."""
    expect("within", within, str, _NONE, do="give limits as text, like '0.5nm,500ft'")
    if not hasattr(accord, "accord") and accord is not None:
        expect("accord", accord, str, Path, do="give a file, a name or a loaded accord")
    expect("watch", watch, str, _NONE, do="give a distance as text, like '20nm'")
    if not isinstance(max_gap, str):
        number("max_gap", max_gap, do="give seconds, or text like '60s'")
    expect("party_map", party_map, str, Path, Mapping, _NONE, do="give a CSV file, or a mapping")
    expect("keep_ghosts", keep_ghosts, bool, do="give True or False")
    expect("timezone", timezone, str, _NONE, do="give a name, like 'UTC'")
    expect("input_format", input_format, str, _NONE, do="give a name of a format")
    expect("progress", progress, Callable, _NONE, do="give a function")  # type: ignore[arg-type]
    expect("rejects", rejects, Callable, _NONE, do="give a function")  # type: ignore[arg-type]
    rules = "give names of cleaning rules, like ['echoes']"
    expect("without_rules", without_rules, Collection, do=rules)
    if isinstance(without_rules, str) or not all(isinstance(name, str) for name in without_rules):
        raise InputError(f"without_rules is {without_rules!r}", do=rules)
    whole("rows_in_memory", rows_in_memory, do="give a whole number")

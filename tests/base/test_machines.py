"""Tables of states: cells, reasons, and steps that cannot be taken."""

import pytest

from skyaccord.base.errors import InputError
from skyaccord.base.machines import Machine, No

DOOR = Machine(
    "door",
    ("open", "lock"),
    {
        "shut": {"open": "ajar", "lock": ("locked", No("only the owner has the key"))},
        "ajar": {"open": No("it is open"), "lock": No("it is open")},
        "locked": {"open": No("it is locked"), "lock": No("it is locked")},
    },
)


def test_a_cell_may_differ_by_side() -> None:
    assert DOOR.next("shut", "lock", "own", where="x") == "locked"
    with pytest.raises(InputError, match="only the owner"):
        DOOR.next("shut", "lock", "other", where="x")
    assert DOOR.open_steps("shut", "own") == ("open", "lock")
    assert DOOR.open_steps("shut", "other") == ("open",)


def test_after_skips_what_cannot_be_taken() -> None:
    assert DOOR.after("shut", ("lock", "open", "lock"), "other") == "ajar"
    assert DOOR.after("shut", (), "own") == "shut"

"""What `scan` is asked in Python: a wrong kind of argument is one line, said before anything is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import skyaccord
from skyaccord.base.errors import InputError
from tests.report.pages import crossing


def recording() -> pl.DataFrame:
    return crossing()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"within": 5}, "within is 5 (int); give limits as text, like '0.5nm,500ft'"),
        ({"within": 0}, "within is 0 (int)"),
        ({"within": ""}, "--within: '' is not a pair of limits"),
        ({"watch": 20}, "watch is 20 (int); give a distance as text, like '20nm'"),
        ({"accord": 5}, "accord is 5 (int); give a file, a name or a loaded accord"),
        ({"max_gap": None}, "max_gap is None (NoneType); give seconds, or text like '60s'"),
        ({"max_gap": True}, "max_gap is True (bool)"),
        ({"party_map": ["aaaa00"]}, "party_map is ['aaaa00'] (list); give a CSV file, or a mapping"),
        (
            {"party_map": {"aaaa00": 1}},
            "party_map: 'aaaa00': 1 is no address and its party; give two strings",
        ),
        ({"party_map": {"who": "A"}}, "party_map: 'who' is no address"),
        (
            {"party_map": {"aaaa00": "A", "AAAA00": "B"}},
            "party_map: aaaa00 is given to B, but was given to A",
        ),
        ({"keep_ghosts": "no"}, "keep_ghosts is 'no' (str); give True or False"),
        ({"timezone": 1}, "timezone is 1 (int); give a name, like 'UTC'"),
        ({"input_format": 1}, "input_format is 1 (int)"),
        ({"progress": 5}, "progress is 5 (int); give a function"),
        ({"rejects": "file"}, "rejects is 'file' (str); give a function"),
        ({"without_rules": "echoes"}, "without_rules is 'echoes'; give names of cleaning rules"),
        ({"without_rules": [5]}, "without_rules is [5]; give names of cleaning rules"),
        ({"without_rules": None}, "without_rules is None (NoneType)"),
        ({"rows_in_memory": "5"}, "rows_in_memory is '5' (str); give a whole number"),
        ({"rows_in_memory": 5e6}, "rows_in_memory is 5000000.0 (float)"),
        ({"within": "x" * 500}, "is not a pair of limits"),
        ({"watch": list(range(500))}, "watch is [0, 1, 2"),
    ],
)
def test_a_wrong_kind_of_argument_is_one_line(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as raised:
        skyaccord.scan(recording(), **arguments)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 700


def test_right_ones_of_every_kind_are_taken() -> None:
    found = skyaccord.scan(
        recording(),
        "5nm,1000ft",
        watch="20nm",
        max_gap=np.float64(60),
        party_map={"AAAA00": "A", " bbbb00": "B"},  # in capitals it is the same aircraft
        progress=lambda done, total: None,
        rejects=lambda *_: None,
        without_rules=("echoes",),
        rows_in_memory=np.int64(5_000),
    )
    (row,) = found.to_dicts()
    assert (row["party_a"], row["party_b"]) == ("A", "B")

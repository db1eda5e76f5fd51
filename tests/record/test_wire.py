from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError
from skyaccord.record.canonical import canonical_json
from skyaccord.record.link import Outgoing
from skyaccord.record.wire import (
    ANSWER_WIRE_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    BATCH_WIRE_BYTES_MAX,
    NOTE_CHARS_MAX,
    Answer,
    read_answer,
    read_batch,
)
from tests.record.worlds import make_pair


def test_a_batch_and_an_answer_come_back(tmp_path: Path) -> None:
    a, _ = make_pair(tmp_path)
    batch = Outgoing(a.journal, "B").batch()
    assert read_batch(batch.dumps()) == batch
    assert batch.dumps().startswith(b'{"checkpoint":"skyaccord.journal/A/')
    for answer in (Answer(held=3), Answer(held=3, cosigned="note\n", reason="because")):
        assert read_answer(answer.dumps()) == answer
    assert Answer(held=3).dumps() == b'{"held":3}'


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"entries": [{"sequence": 0, "leaf": "00" * 32, "salt": "00" * 16}]}, "stand together"),
        ({"entries": [{"sequence": -1, "leaf": "00" * 32}]}, "sequence"),
        ({"entries": [{"sequence": 0, "leaf": "00"}]}, "leaf"),
        ({"entries": [{"sequence": 0, "leaf": "00" * 32}] * (BATCH_ENTRIES_MAX + 1)}, "entries"),
        ({"from": "somewhere"}, "from"),
        ({"checkpoint": {}}, "checkpoint"),
        ({"checkpoint": "x" * (NOTE_CHARS_MAX + 1)}, "checkpoint"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_batch_is_refused_by_field(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    a, _ = make_pair(tmp_path)
    wire = Outgoing(a.journal, "B").batch().model_dump(by_alias=True, exclude_none=True)
    with pytest.raises(RefusedError, match=f"batch: .*{what}"):
        read_batch(canonical_json({**wire, **changes}))


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    for read in (read_batch, read_answer):
        with pytest.raises(RefusedError):
            read(data)


def test_sizes_are_bounded_before_anything_is_read() -> None:
    with pytest.raises(RefusedError, match="the limit is"):
        read_batch(b" " * (BATCH_WIRE_BYTES_MAX + 1))
    with pytest.raises(RefusedError, match="the limit is"):
        read_answer(b" " * (ANSWER_WIRE_BYTES_MAX + 1))

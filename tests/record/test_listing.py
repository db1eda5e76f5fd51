from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.record.keys import PersonKey
from skyaccord.record.listing import SUMMARY_CHARS_MAX, list_entries, summary
from tests.record.worlds import enrol, exchange_all, make_pair, said


def test_a_line_an_entry(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    person = PersonKey.generate()
    enrol(a, person)
    a.journal.append_statement("message", said(a, person), recipients=["*"])
    a.journal.append("sounding", {"height_m": 12}, recipients=[])
    exchange_all(a, b)
    lines = list_entries(a.path, limit=10)
    assert [line.kind for line in lines] == [
        "node.opened",
        "peer.pinned",
        "person.enrolled",
        "message",
        "sounding",
        "receipt",
    ]
    assert lines[3].summary.startswith("act message, text Say intentions, to_role "), "what was said is first"
    assert "party A, role duty-officer" in lines[3].summary
    assert lines[3].exercise
    assert lines[3].sky_time == "2015-10-14T09:00:00.000Z"
    assert [line.sequence for line in list_entries(a.path, limit=2)] == [4, 5]
    copied = list_entries(b.path, party="A", limit=10)
    assert [line.kind for line in copied] == [
        "node.opened",
        None,
        "person.enrolled",
        "message",
        None,
        "receipt",
    ]
    assert copied[4].summary == "only its hash was disclosed"
    assert copied[4].to_dict()["leaf"] == lines[4].leaf


def test_a_party_that_is_not_held_is_said_so(tmp_path: Path) -> None:
    a, _ = make_pair(tmp_path)
    with pytest.raises(InputError, match="no journal of party 'Z' is held; held are: A, B"):
        list_entries(a.path, party="Z", limit=1)


def test_summaries_are_short_and_on_one_line() -> None:
    assert summary({"a": "x" * 1000}).endswith("…")
    assert len(summary({"a": "x" * 1000})) == SUMMARY_CHARS_MAX
    assert summary({"note": "two\nlines", "bell": "\x07"}) == 'note two lines, bell "\\u0007"'
    assert summary({"digest": "sha256:" + "a" * 64, "text": "long"}) == "digest sha256:aaaaaaaaaaaa…"
    assert summary({"statement": {"broken": 1}}).startswith("statement cannot be read")
    ref = {"origin": "skyaccord.journal/B/0", "sequence": 7, "leaf": "00"}
    assert summary({"of": ref, "none": None, "nested": {"x": 1}}) == "of entry 7 of B, nested {x 1}"

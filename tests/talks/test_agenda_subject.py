"""An item made of an entry says as data what it is about, so that each side reads it in its own language."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from skyaccord.record.fields import EntryRef
from skyaccord.talks.outline import item_data
from tests.talks.parley import both, meet

ABOUT = EntryRef(origin="skyaccord.journal/A/0123456789abcdef", sequence=7, leaf="0" * 64)
SUBJECT = {
    "what": "approach",
    "aircraft": ["ALFA01", "b00001"],
    "horizontal_nm": 9.96,
    "time": "2015-10-20T09:00:41.500Z",
}
FIELDS: dict[str, Any] = {"step": "request", "title": "Approach", "about": ABOUT.model_dump(mode="json")}


def test_what_an_item_is_about_arrives_as_data() -> None:
    ours, theirs = both()
    item = ours.say("talks-agenda", **FIELDS, subject=SUBJECT)
    meet(ours, theirs)
    theirs.say("talks-agenda", step="accept", item=item)
    assert item_data(theirs.talks.item(item), "B")["subject"] == SUBJECT


def test_what_a_person_wrote_has_none() -> None:
    ours, _ = both()
    item = ours.say("talks-agenda", step="request", title="The pass of Saturday")
    assert item_data(ours.talks.item(item), "A")["subject"] is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({**FIELDS, "subject": {**SUBJECT, "target": "x"}}, "target"),
        ({**FIELDS, "subject": {**SUBJECT, "what": "threat"}}, "what"),
        ({**FIELDS, "subject": {**SUBJECT, "aircraft": ["A", "B", "C"]}}, "aircraft"),
        ({**FIELDS, "subject": {**SUBJECT, "horizontal_nm": -1.0}}, "horizontal_nm"),
        ({"step": "request", "title": "x", "subject": SUBJECT}, "about an entry"),
    ],
)
def test_a_subject_holds_nothing_else(fields: dict[str, Any], why: str) -> None:
    ours, _ = both()
    with pytest.raises(ValidationError, match=why):
        ours.say("talks-agenda", **fields)

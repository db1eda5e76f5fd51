"""Crossings on the record: strict bodies, the newest kept, other kinds left alone."""

import pytest
from pydantic import ValidationError

from skyaccord.incidents import crossings
from skyaccord.incidents.crossings import CROSSING, CrossingBody, Crossings
from skyaccord.record.kinds import KINDS
from tests.incidents.said import Teller

BODY = {
    "thing": "line", "place": "river", "way": "to-left", "icao24": "a00001", "callsign": "ALFA01",
    "party": "A", "time": "2015-10-20T09:00:00.410Z", "latitude": 35.5,
    "longitude": 38.25, "altitude_ft": None,
    "confident": True, "reason": "ALFA01 crossed to the left of line river",
}  # fmt: skip


def test_the_kind_is_known_and_strict() -> None:
    assert KINDS.fault(CROSSING, BODY) is None
    for wrong in (
        {"latitude": 91.0},
        {"way": "up"},
        {"icao24": "xyz"},
        {"target": "x"},
        {"longitude": float("nan")},
    ):
        assert KINDS.fault(CROSSING, BODY | wrong) is not None
    assert CrossingBody.model_validate(BODY).dump() == BODY


def test_the_projection(monkeypatch: pytest.MonkeyPatch) -> None:
    teller, held = Teller("A"), Crossings()
    refs = []
    for _ in range(3):
        ref, header, body = teller.say(CROSSING, BODY, 0)
        refs.append(ref)
        crossed = held.add(ref, header, body)
        assert crossed is not None
        assert crossed.seen_by == "A"
        assert held.add(ref, header, body) is not None  # the same once more changes nothing
    assert [one.ref for one in held.all()] == refs
    assert held.get(refs[0]) is not None
    ref, header, body = teller.say("alert", {}, 0)
    assert held.add(ref, header, body) is None
    monkeypatch.setattr(crossings, "KEPT_MAX", 2)
    ref, header, body = teller.say(CROSSING, BODY, 0)
    held.add(ref, header, body)
    assert held.get(refs[0]) is None
    assert len(held.all()) == 2
    with pytest.raises(ValidationError):
        held.add(ref, header, {"thing": "x"})

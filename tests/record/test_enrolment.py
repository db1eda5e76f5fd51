from __future__ import annotations

from datetime import timedelta
from typing import Any

from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.keys import PersonKey
from tests.record.worlds import START

PUBLIC = PersonKey.generate(SeededRandomness(1)).public


def header(sequence: int, *, kind: str = "person.enrolled") -> Header:
    return Header(
        origin="skyaccord.journal/A/0123456789abcdef",
        sequence=sequence,
        previous="00" * 32,
        kind=kind,
        accord=None,
        recipients=["*"],
        sky_time=START,
        recorded_at=START + timedelta(seconds=sequence),
        exercise=True,
    )


def body(**changes: Any) -> dict[str, Any]:
    return {"public_key": PUBLIC, "name": "Officer", "role": "duty-officer", "automatic": False, **changes}


def test_only_earlier_enrolments_of_that_party_and_role_count() -> None:
    enrolments = Enrolments()
    enrolments.add(header(3), body())
    assert enrolments.find("A", PUBLIC, "duty-officer") is not None
    assert enrolments.find("A", PUBLIC, "duty-officer", before=3) is None
    assert enrolments.find("A", PUBLIC, "duty-officer", before=4) is not None
    assert enrolments.find("A", PUBLIC, "commander") is None
    assert enrolments.find("B", PUBLIC, "duty-officer") is None


def test_the_latest_counts() -> None:
    enrolments = Enrolments()
    enrolments.add(header(3), body(automatic=True))
    enrolments.add(header(5), body(name="Officer, human"))
    early = enrolments.find("A", PUBLIC, "duty-officer", before=5)
    late = enrolments.find("A", PUBLIC, "duty-officer")
    assert early is not None
    assert late is not None
    assert (early.automatic, late.automatic) == (True, False)
    assert [one.name for one in enrolments.all()] == ["Officer, human"]


def test_one_key_may_have_several_roles() -> None:
    enrolments = Enrolments()
    enrolments.add(header(3), body())
    enrolments.add(header(4), body(role="commander"))
    assert {one.role for one in enrolments.of_key("A", PUBLIC)} == {"duty-officer", "commander"}


def test_other_kinds_and_broken_bodies_enrol_nobody() -> None:
    enrolments = Enrolments()
    assert enrolments.add(header(3, kind="alert"), body()) is None
    assert enrolments.add(header(3), body(role="no role at all!")) is None
    assert enrolments.all() == []


def test_dismissed_from_that_place_on_and_enrolled_anew_from_another() -> None:
    found = Enrolments()
    gone = {"public_key": PUBLIC, "reason": "EXERCISE"}
    for sequence, kind, said in (
        (2, "person.enrolled", body()),
        (3, "person.enrolled", body(role="commander")),
        (5, "person.dismissed", gone),
        (8, "person.enrolled", body()),
    ):
        found.add(header(sequence, kind=kind), said)
    at = [found.find("A", PUBLIC, "duty-officer", before=place) is not None for place in (2, 3, 5, 6, 8, 9)]
    assert at == [False, True, True, False, False, True]
    assert found.find("A", PUBLIC, "commander") is None
    assert [one.role for one in found.of_key("A", PUBLIC)] == ["duty-officer"]
    assert [one.role for one in found.all()] == ["duty-officer"]
    assert found.fault(header(9, kind="person.dismissed"), gone) is None
    found.add(header(9, kind="person.dismissed"), gone)
    assert "not enrolled" in (found.fault(header(10, kind="person.dismissed"), gone) or "")

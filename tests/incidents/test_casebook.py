"""Which entries become which incident: joined over both sides, in any order, of who has a part in it."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.incidents import casebook
from skyaccord.incidents.casebook import CaseBook
from skyaccord.incidents.crossings import CrossingBody
from tests.incidents.desk import Desk, book
from tests.incidents.said import DIGEST, Said, Teller, text


def crossing(at_s: float, *, icao24: str = "b00001", place: str = "river") -> dict[str, Any]:
    return {
        "thing": "line", "place": place, "way": "to-left", "icao24": icao24, "callsign": "BRAVO1",
        "party": "B",
        "time": text(at_s), "latitude": 35.0, "longitude": 40.0, "altitude_ft": 20_000.0, "confident": True,
        "reason": "crossed the line",
    }  # fmt: skip


def reported(teller: Teller, at_s: float, **more: Any) -> Said:
    body = crossing(at_s, **more)
    about = teller.say("crossing", body, at_s)[0].model_dump(mode="json")
    return teller.say("incident.reported", {"about": about, "crossing": body, "statement": None}, at_s)


def filled(entries: list[Said]) -> CaseBook:
    cases = book()
    for entry in entries:
        cases.add(*entry)
    return cases


def test_one_crossing_seen_by_both_sides_is_one_incident_in_any_order() -> None:
    a, b = Teller("A"), Teller("B")
    entries = [reported(a, 100), reported(b, 103), reported(b, 400), reported(a, 100, place="canal")]
    for order in permutations(entries):
        found = {case.id: case for case in filled(list(order))}
        assert sorted(found) == [
            "b00001.canal.abababab.1",
            "b00001.river.abababab.1",
            "b00001.river.abababab.2",
        ]
        both = found["b00001.river.abababab.1"]
        assert both.opened_by == ("A", "B")
        assert both.reason == "crossing"
        assert both.aircraft == ("b00001",)
        assert sorted(both.crossings) == ["A", "B"]


def test_a_node_opens_a_crossing_once() -> None:
    a = Teller("A")
    cases = filled([reported(a, 100)])
    near, far = (CrossingBody.model_validate(crossing(at_s)) for at_s in (115, 400))
    assert cases.has_opened_crossing(DIGEST, near, "A")
    assert not cases.has_opened_crossing(DIGEST, near, "B")
    assert not cases.has_opened_crossing(DIGEST, far, "A")


def test_words_wait_for_their_opening_and_strangers_have_no_part() -> None:
    a, stranger = Desk("A"), Desk("C")
    incident = a.open()
    stranger.say(incident, "incident-account", text="We know better.", language="en")
    a.say(incident, "incident-account", text="We kept our level.", language="en")
    late = Desk("B")
    for said in [*stranger.teller.entries, *reversed(a.teller.entries)]:
        late.take(said)
    assert [word.party for word in late.case.accounts] == ["A"]
    assert late.case.digest == a.case.digest


def test_a_later_account_stands_in_the_place_of_the_one_before() -> None:
    a = Desk("A")
    incident = a.open()
    for words in ("First.", "Second."):
        a.say(incident, "incident-account", text=words, language="en")
    assert a.case.account_of["A"].said.text == "Second."
    assert len(a.case.accounts) == 2


def test_closing_covers_what_was_read_and_nothing_else() -> None:
    a, b = Desk("A"), Desk("B")
    incident, theirs = a.open(), b.open()
    a.hear(b)
    b.hear(a)
    for desk in (a, b):
        assert desk.case.missing(desk.party) == ["your side has given no account"]
        with pytest.raises(InputError, match="no account"):
            desk.case.check_close(desk.party)
        desk.say(incident, "incident-account", text="So.", language="en")
    a.hear(b)
    b.hear(a)
    assert a.case.digest == b.case.digest
    a.say(incident, "incident-close", step="close", record=a.case.digest)
    b.say(theirs, "incident-note", about="lesson", text="One frequency.", language="en")
    a.hear(b)
    b.hear(a)
    for desk in (a, b):
        assert desk.case.state == "open"
        assert desk.case.outdated_by == ("A",)
    for desk in (a, b):
        desk.say(incident, "incident-close", step="close", record=desk.case.digest)
    a.hear(b)
    assert a.case.state == "closed"


def test_dues_run_from_the_first_opening_on_the_wall_clock() -> None:
    a = Desk("A")
    incident = a.open()
    opened = a.case.opened_at
    dues = {(one.what, one.party): one for one in a.case.dues()}
    assert set(dues) == {("report", "A"), ("report", "B"), ("account", "A"), ("account", "B")}
    assert (dues["account", "A"].at - opened).total_seconds() == 7200
    assert dues["report", "A"].state(opened) == "met"  # its node opened it
    before, after = (
        opened.replace(microsecond=0) + (dues["account", "A"].at - opened) * k for k in (0.9, 1.1)
    )
    assert [dues["account", "A"].state(now) for now in (before, after)] == ["waiting", "missed"]
    a.later(8000)
    a.say(incident, "incident-account", text="Late.", language="en")
    [late] = [one for one in a.case.dues() if (one.what, one.party) == ("account", "A")]
    assert late.state(after) == "met late"
    without = Desk("A", None)
    without.open()
    assert without.case.dues() == ()


def test_no_word_makes_an_exercise_of_what_is_real() -> None:
    """Every entry of the desk is an exercise's; let the opening alone be real."""
    a = Desk("A")
    incident = a.open()
    a.say(incident, "incident-account", text="So.", language="en")
    assert a.case.exercise
    [opening] = a.case.openings
    real = replace(a.case, openings=(replace(opening, exercise=False),))
    assert real.words[0].exercise
    assert not real.exercise
    assert not replace(real, openings=(*real.openings, opening)).exercise


def test_names_and_what_begins_so() -> None:
    a = Teller("A")
    cases = filled([reported(a, 100), reported(a, 100, place="canal")])
    assert cases.named("b00001.r").id == "b00001.river.abababab.1"
    with pytest.raises(InputError, match="several incidents begin with 'b00001'"):
        cases.named("b00001")
    with pytest.raises(InputError, match="no incident 'x' here"):
        cases.named("x")


def test_more_words_than_an_inquiry_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casebook, "WORDS_OF_A_PARTY_MAX", 2)
    a = Desk("A")
    incident = a.open()
    for _ in range(2):
        a.say(incident, "incident-note", about="lesson", text="One.", language="en")
    with pytest.raises(RefusedError, match="has said 2 things"):
        a.say(incident, "incident-note", about="lesson", text="Too much.", language="en")

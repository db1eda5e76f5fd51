"""The demo's account of itself: it counts what both nodes show, and says which promise was not kept."""

from __future__ import annotations

import pytest

from skyaccord.demo.acts import Act, exercise_october_2015
from skyaccord.demo.director import Played
from skyaccord.demo.outcome import JournalOutcome, Outcome, account
from tests.demo.rows import PAIR, alert, approach, encounter, incident, view, views

JOURNALS = (JournalOutcome("A", 35, True, None), JournalOutcome("B", 36, True, None))


@pytest.fixture(scope="module")
def act(tmp_path_factory: pytest.TempPathFactory) -> Act:
    found = exercise_october_2015(tmp_path_factory.mktemp("exercise"), 2015)
    assert found.pair == PAIR
    return found


def played(act: Act, *, in_force_at: tuple[str, ...] = ("A", "B")) -> Played:
    return Played(act, set(in_force_at), {"A": 2100, "B": 1900})


def test_everything_as_promised(act: Act) -> None:
    outcome = account([played(act)], views(), JOURNALS)
    assert outcome.broken == ()
    assert outcome.json() == {
        "nodes": 2,
        "states": 4000,
        "approaches": 1,
        "alerts": 1,
        "acknowledged": 1,
        "incidents": 1,
        "journals": [
            {"party": "A", "entries": 35, "verified": True},
            {"party": "B", "entries": 36, "verified": True},
        ],
    }


def broken(act: Act, **rows: list) -> str:
    return "\n".join(account([played(act)], views(**rows), JOURNALS).broken)


def test_each_broken_promise_is_named(act: Act) -> None:
    late = [{**one, "raised_at": "2015-10-10T09:07:50Z"} for one in alert()["alerts"]]
    assert "no approach" in broken(act, approaches=[])
    assert "no approach" in broken(act, approaches=[approach("A", contains_encounter=True)])
    assert "no officer's incident" in broken(act, incidents=[])
    assert "before the limits were reached" in broken(act, alerts=[])
    assert "before the limits were reached" in broken(act, alerts=[alert(alerts=late)])
    assert "acknowledged by the other side" in broken(act, alerts=[alert(acknowledged_by=[])])
    assert "saw no encounter" in broken(act, encounters=[encounter("A")])


def test_an_accord_in_force_at_one_node_only_is_not_in_force(act: Act) -> None:
    outcome = account([played(act, in_force_at=("A",))], views(), JOURNALS)
    assert outcome.broken == ("act 1: the accord was in force at A, not at both nodes",)


def test_different_incidents_fail_loudly(act: Act) -> None:
    both = {"A": view("A"), "B": view("B", incidents=[incident(), incident(incident="another")])}
    (fault,) = account([played(act)], both, JOURNALS).broken
    assert fault.startswith("the nodes hold different incidents")


def test_a_journal_that_does_not_verify_fails(act: Act) -> None:
    wrong = (JOURNALS[0], JournalOutcome("B", 36, False, "entry 4: signature"))
    outcome = account([played(act)], views(), wrong)
    assert outcome.broken == ("the journal of party B does not verify: entry 4: signature",)
    assert "NOT VERIFIED: entry 4: signature" in outcome.lines()[-1]


def test_an_approach_that_only_one_node_recorded_is_not_counted(act: Act) -> None:
    elsewhere = approach("B", start_time="2015-10-10T09:30:00Z", end_time="2015-10-10T09:31:00Z")
    both = {"A": view("A"), "B": view("B", approaches=[elsewhere])}
    assert account([played(act)], both, JOURNALS).approaches == 0


def test_stopped_before_anything_was_seen(act: Act) -> None:
    outcome = account([], {}, ())
    assert outcome == Outcome(0, 0, 0, 0, 0, (), ())

"""The automatic officer does what a person at the console does, and says that it is none."""

from __future__ import annotations

from typing import Any

import pytest

from skyaccord.demo.api import NodeRefusedError
from skyaccord.demo.officer import TRIES_MAX, Officer
from skyaccord.hotline.acts import Acknowledge, Message
from skyaccord.incidents.acts import OpenIncident
from skyaccord.record.acts import PersonStatement
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import read_statement

DIGEST = "sha256:" + "ab" * 32
APPROACH_REF = {"origin": "skyaccord.journal/A/0123456789abcdef", "sequence": 7, "leaf": "00" * 32}
ALERT_REF_A = {"origin": "skyaccord.journal/A/0123456789abcdef", "sequence": 9, "leaf": "11" * 32}
ALERT_REF_B = {"origin": "skyaccord.journal/B/0123456789abcdef", "sequence": 4, "leaf": "22" * 32}

APPROACH: dict[str, Any] = {
    "ref": APPROACH_REF,
    "state": "closed",
    "contains_encounter": False,
    "incident": None,
    "pair": ["ba0006", "bb0023"],
    "callsigns": ["ALFA06", "BRAVO35"],
    "min_horizontal_nm": 14.98,
    "min_horizontal_time": "2015-10-10T09:02:10Z",
}
ALERT: dict[str, Any] = {
    "event": "ba0006.bb0023.abababab.1",
    "accord": DIGEST,
    "asked": {"A": "duty-officer", "B": "duty-officer"},
    "acknowledged_by": [],
    "alerts": [{"ref": ALERT_REF_A, "party": "A"}, {"ref": ALERT_REF_B, "party": "B"}],
}


class FakeApi:
    """A node's console interface with given rows; keeps what is handed in."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self.given = rows
        self.statements: list[PersonStatement] = []
        self.refuse = False

    def rows(self, path: str) -> list[dict[str, Any]]:
        return self.given.get(path, [])

    def act(self, statement: dict[str, Any]) -> dict[str, Any]:
        self.statements.append(read_statement(statement))
        if self.refuse:
            raise NodeRefusedError("not yet")
        return {"ref": {}}


class Hand:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def officer(
    api: FakeApi, hand: Hand, *, party: str = "A", delay_s: float = 0.0, opens: bool = False
) -> Officer:
    key = PersonKey.generate()
    return Officer(api, key, party, "duty-officer", delay_s, opens, hand)  # type: ignore[arg-type]


def test_it_acknowledges_the_other_sides_alert_once_and_marks_itself() -> None:
    api, hand = FakeApi(alerts=[ALERT]), Hand()
    one = officer(api, hand)
    one.step()
    one.step()
    (statement,) = api.statements
    assert isinstance(statement, Acknowledge)
    assert statement.of.model_dump() == ALERT_REF_B
    assert (statement.party, statement.role, statement.accord) == ("A", "duty-officer", DIGEST)
    assert (statement.exercise, statement.automatic) == (True, True)
    assert statement.person == one.key.public


def test_it_waits_so_that_a_person_may_come_first() -> None:
    api, hand = FakeApi(alerts=[ALERT]), Hand()
    one = officer(api, hand, delay_s=8.0)
    one.step()
    hand.now_s = 7.9
    one.step()
    assert api.statements == []
    api.given["alerts"] = [{**ALERT, "acknowledged_by": ["A"]}]
    hand.now_s = 20.0
    one.step()
    assert api.statements == []
    api.given["alerts"] = [ALERT]
    one.step()
    assert len(api.statements) == 1


def test_it_leaves_alone_what_asks_somebody_else() -> None:
    api, hand = FakeApi(alerts=[{**ALERT, "asked": {"B": "duty-officer"}}]), Hand()
    officer(api, hand).step()
    assert api.statements == []


def test_only_the_one_who_is_told_to_opens_an_incident_and_only_when_the_approach_is_over() -> None:
    open_still = {**APPROACH, "state": "opened"}
    api, hand = FakeApi(approaches=[open_still]), Hand()
    one = officer(api, hand, opens=True)
    one.step()
    assert api.statements == []
    api.given["approaches"] = [APPROACH]
    officer(api, hand).step()
    assert api.statements == []
    one.step()
    one.step()
    (statement,) = api.statements
    assert isinstance(statement, OpenIncident)
    assert (statement.pair, statement.accord) == (["ba0006", "bb0023"], None)
    assert statement.about is not None
    assert statement.about.model_dump() == APPROACH_REF
    assert "15.0 NM" in statement.note


def test_a_person_who_opened_the_incident_came_first() -> None:
    api, hand = FakeApi(approaches=[{**APPROACH, "incident": "x"}]), Hand()
    one = officer(api, hand, opens=True)
    one.step()
    api.given["approaches"].append(APPROACH)
    one.step()
    assert api.statements == []


@pytest.mark.parametrize(("party", "words"), [("A", "What do you hold?"), ("B", "as well")])
def test_a_word_over_the_hotline_about_the_incident(party: str, words: str) -> None:
    incident = {
        "incident": "ba0006.bb0023.approach.1",
        "reason": "officer",
        "pair": APPROACH["pair"],
        "callsigns": APPROACH["callsigns"],
        "opened_by": ["A"],
        "openings": [{"ref": APPROACH_REF}],
        "observations": {party: APPROACH},
    }
    api, hand = FakeApi(incidents=[incident]), Hand()
    one = officer(api, hand, party=party)
    one.step()
    one.step()
    (statement,) = api.statements
    assert isinstance(statement, Message)
    assert statement.text.startswith("EXERCISE. ALFA06 and BRAVO35")
    assert words in statement.text
    assert "15.0 NM at 09:02:10Z" in statement.text


def test_a_refused_statement_is_tried_again_and_then_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    api, hand = FakeApi(alerts=[ALERT]), Hand()
    api.refuse = True
    one = officer(api, hand)
    for _ in range(TRIES_MAX + 3):
        one.step()
    assert len(api.statements) == TRIES_MAX
    assert "not yet" in capsys.readouterr().err

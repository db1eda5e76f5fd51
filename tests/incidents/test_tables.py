"""Every cell of every table; and that what both sides' words come to agrees with what a table promised."""

import pytest

from skyaccord.base.errors import InputError
from skyaccord.base.machine import SIDES, Machine, No
from skyaccord.incidents.facts import FactState
from skyaccord.incidents.tables import FACT, MACHINES, QUESTION, RECORD
from tests.incidents.desk import Desk

CELLS = [(machine, state, step, side) for machine in MACHINES for state in machine.states
         for step in machine.steps for side in SIDES]  # fmt: skip

FACT_CELLS = {
    # state, step, side → what comes of it; everything else is refused
    ("absent", "state", "own"): "stated", ("absent", "state", "other"): "stated",
    ("stated", "agree", "other"): "agreed", ("stated", "dispute", "other"): "disputed",
    ("stated", "withdraw", "own"): "withdrawn",
    ("agreed", "dispute", "other"): "disputed", ("agreed", "withdraw", "own"): "withdrawn",
    ("disputed", "agree", "other"): "agreed", ("disputed", "dispute", "other"): "disputed",
    ("disputed", "withdraw", "own"): "withdrawn",
}  # fmt: skip
QUESTION_CELLS = {
    ("absent", "ask", "own"): "asked", ("absent", "ask", "other"): "asked",
    ("asked", "answer", "other"): "answered", ("asked", "withdraw", "own"): "withdrawn",
    ("answered", "answer", "other"): "answered",
}  # fmt: skip
RECORD_CELLS = {
    ("open", "say", "own"): "open", ("open", "say", "other"): "open",
    ("open", "close", "own"): "closing", ("open", "close", "other"): "closing",
    ("closing", "say", "other"): "open", ("closing", "close", "other"): "closed",
    ("closing", "reopen", "own"): "open", ("closed", "reopen", "own"): "closing",
}  # fmt: skip
EXPECTED = {"fact": FACT_CELLS, "question": QUESTION_CELLS, "record": RECORD_CELLS}


@pytest.mark.parametrize(("machine", "state", "step", "side"), CELLS)
def test_every_cell(machine: Machine, state: str, step: str, side) -> None:
    cell = machine.cell(state, step, side)
    wanted = EXPECTED[machine.name].get((state, step, side))
    if wanted is None:
        assert isinstance(cell, No)
        assert len(cell.why) > 10
        with pytest.raises(InputError, match=cell.why.split(";", maxsplit=1)[0]):
            machine.next(state, step, side, where="here")
        assert step not in machine.open_steps(state, side)
    else:
        assert cell == wanted
        assert machine.next(state, step, side, where="here") == wanted
        assert step in machine.open_steps(state, side)


def test_no_table_has_a_state_that_nothing_leads_to() -> None:
    for machine, first in ((FACT, "absent"), (QUESTION, "absent"), (RECORD, "open")):
        reached = {first}
        for _ in machine.states:
            cells = [machine.cell(s, step, side) for s in reached for step in machine.steps for side in SIDES]
            reached |= {cell for cell in cells if isinstance(cell, str)}
        assert reached == set(machine.states)


STORIES: dict[FactState, tuple[tuple[str, str], ...]] = {
    "stated": (),
    "agreed": (("B", "agree"),),
    "disputed": (("B", "dispute"),),
    "withdrawn": (("A", "withdraw"),),
}


@pytest.mark.parametrize("state", STORIES)
@pytest.mark.parametrize("step", FACT.steps[1:])
@pytest.mark.parametrize("party", ["A", "B"])
def test_what_a_step_comes_to_is_what_the_table_promised(state: FactState, step: str, party: str) -> None:
    a, b = Desk("A"), Desk("B")
    incident = a.open()
    ref = a.say(incident, "incident-fact", step="state", text="Both were at FL250.")
    b.hear(a)
    story = (*STORIES[state], (party, step))
    for number, (who, before) in enumerate(story):
        desk = a if who == "A" else b
        [fact] = desk.case.facts
        if number == len(story) - 1:
            assert fact.state == state
            side = fact.side(party)
            if isinstance(FACT.cell(state, step, side), No):
                return
        because = "No." if before == "dispute" else ""
        desk.say(incident, "incident-fact", step=before, fact=ref.model_dump(mode="json"), because=because)
        a.hear(b)
        b.hear(a)
    for desk in (a, b):
        assert desk.case.facts[0].state == FACT.cell(state, step, desk.case.facts[0].side(party))

"""Every cell of every state machine; and that clauses, items and rounds do what their tables say."""

import itertools
from typing import get_args

import pytest

from skyaccord.base.errors import InputError
from skyaccord.talks.book import State
from skyaccord.talks.machines import ACCORD, AGENDA, CLAUSE, MACHINES, ROUND, SIDES, Machine, No
from tests.talks.parley import Desk, both, meet, rule

CELLS = [
    (machine, state, step, side)
    for machine in MACHINES
    for state, step, side in itertools.product(machine.states, machine.steps, SIDES)
]


@pytest.mark.parametrize(
    ("machine", "state", "step", "side"), CELLS, ids=lambda one: one.name if isinstance(one, Machine) else one
)
def test_every_cell_is_a_state_or_a_reason(machine: Machine, state: str, step: str, side: str) -> None:
    cell = machine.cell(state, step, side)  # type: ignore[arg-type]
    if isinstance(cell, No):
        assert len(cell.why) > 10
        with pytest.raises(InputError) as caught:
            machine.next(state, step, side, where="here")  # type: ignore[arg-type]
        assert cell.why in str(caught.value)
        assert step not in machine.open_steps(state, side)  # type: ignore[arg-type]
    else:
        assert cell in machine.states
        assert cell != "absent"
        assert machine.next(state, step, side, where="here") == cell  # type: ignore[arg-type]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_no_row_has_a_step_too_many_and_every_state_can_be_reached(machine: Machine) -> None:
    assert all(set(row) == set(machine.steps) for row in machine.table.values())
    reached = {machine.states[0]}
    while True:
        more = {
            cell
            for state, step, side in itertools.product(reached, machine.steps, SIDES)
            if isinstance(cell := machine.cell(state, step, side), str)
        }
        if more <= reached:
            break
        reached |= more
    by_itself = {"conflict", "announced", "not yet valid", "superseded", "expired"}  # crossed words, and time
    assert set(machine.states) - by_itself <= reached


OURS, THEIRS, THIRD = rule(), rule(horizontal_nm=5), rule(horizontal_nm=2)


def clause_in(state: str) -> tuple[Desk, Desk]:
    """Both sides, with `rule.r` in this state by the shortest way; A's own word stands where it can."""
    ours, theirs = both()
    if state in ("countered", "blocked", "bracketed", "agreed", "reopened"):
        theirs.clause("counter", THEIRS)
        meet(ours, theirs)
    if state == "countered":
        ours.clause("counter", THIRD)
    elif state in ("blocked", "bracketed"):
        ours.clause(state.replace("ked", "k").replace("ted", "t"), because="politics")
    elif state in ("agreed", "reopened"):
        ours.clause("agree", THEIRS)
        if state == "reopened":
            ours.clause("reopen", because="a new incident")
    elif state == "conflict":
        theirs.clause("counter", THEIRS)
        ours.clause("propose", THIRD)
    meet(ours, theirs)
    assert ours.talks.clause("rule.r").state == theirs.talks.clause("rule.r").state == state
    return ours, theirs


NOT_ABSENT = [state for state in CLAUSE.states if state != "absent"]


@pytest.mark.parametrize(
    ("state", "step", "who"), list(itertools.product(NOT_ABSENT, CLAUSE.steps, ("A", "B")))
)
def test_clauses_do_what_their_table_says(state: str, step: str, who: str) -> None:
    """From every state, by either side: the table's next state, on both nodes, or its reason."""
    sides = clause_in(state)
    actor = sides[0] if who == "A" else sides[1]
    clause = actor.talks.clause("rule.r")
    side = clause.side_of(who)
    expected = CLAUSE.cell(state, step, side)
    their_text = next((clause.value(d) for p, d in clause.stands_for.items() if p != who and d), None)
    text = (their_text or OURS) if step == "agree" else rule(horizontal_nm=4)
    try:
        if step == "comment":
            actor.say("talks-comment", path="rule.r", text="we see it otherwise", language="en")
        else:
            actor.clause(step, text, because="because")
    except InputError as error:
        assert isinstance(expected, No) or "no other side stands for" in str(error)  # noqa: PT017
        if isinstance(expected, No):
            assert expected.why in str(error)  # noqa: PT017
        expected = state
    meet(*sides)
    assert [desk.talks.clause("rule.r").state for desk in sides] == [expected, expected]


def test_an_absent_clause_takes_a_proposal_and_nothing_else() -> None:
    ours, _ = both()
    for step in ("counter", "agree", "block", "bracket", "reopen"):
        with pytest.raises(InputError, match="nothing is proposed at this path"):
            ours.clause(step, rule().replace('"r"', '"s"'), because="why", path="rule.s")
    ours.clause("propose", rule().replace('"r"', '"s"'), path="rule.s")
    assert ours.talks.clause("rule.s").state == "proposed"


def item_in(state: str) -> tuple[Desk, Desk]:
    ours, theirs = both()
    ref = ours.say("talks-agenda", step="request", title="The pass of Saturday")
    meet(ours, theirs)
    if state in ("accepted", "dealt with"):
        theirs.say("talks-agenda", step="accept", item=ref)
    if state == "declined":
        theirs.say("talks-agenda", step="decline", item=ref, because="not for this table")
    meet(ours, theirs)
    if state == "dealt with":
        theirs.say("talks-agenda", step="deal", item=ref)
    if state == "withdrawn":
        ours.say("talks-agenda", step="withdraw", item=ref)
    meet(ours, theirs)
    assert ours.talks.item(ref).state == state
    return ours, theirs


@pytest.mark.parametrize(
    ("state", "step", "who"),
    list(
        itertools.product([state for state in AGENDA.states if state != "absent"], AGENDA.steps, ("A", "B"))
    ),
)
def test_agenda_items_do_what_their_table_says(state: str, step: str, who: str) -> None:
    sides = item_in(state)
    actor = sides[0] if who == "A" else sides[1]
    ref = next(iter(actor.talks.items))
    expected = AGENDA.cell(state, step, "own" if who == "A" else "other")
    if isinstance(expected, No):
        with pytest.raises(InputError) as caught:
            actor.say("talks-agenda", step=step, item=ref, because="why")
        assert expected.why in str(caught.value)
        expected = state
    else:
        actor.say("talks-agenda", step=step, item=ref, because="why")
    meet(*sides)
    assert [desk.talks.item(ref).state for desk in sides] == [expected, expected]


def round_in(state: str) -> tuple[Desk, Desk]:
    ours, theirs = both()
    if state != "absent":
        ours.say("talks-round", step="plan", round=1, starts=ours.now, by="video")
    if state == "cancelled":
        ours.say("talks-round", step="cancel", round=1, because="fog")
    if state in ("held", "closed"):
        ours.say("talks-round", step="hold", round=1)
    meet(ours, theirs)
    if state == "closed":
        write_minutes(ours, "We met.")
        meet(ours, theirs)
        sign_minutes(theirs)
        meet(ours, theirs)
    assert ours.talks.round(1).state == theirs.talks.round(1).state == state
    return ours, theirs


def write_minutes(desk: Desk, text: str) -> None:
    from skyaccord.talks.acts import minutes_digest
    from skyaccord.talks.protocol import minutes_of

    minutes = minutes_of(desk.talks, 1, {"en": text})
    desk.say("talks-minutes", step="minutes", round=1, minutes=minutes, digest=minutes_digest(minutes))


def sign_minutes(desk: Desk) -> None:
    digest = next(iter(desk.talks.round(1).minutes), "sha256:" + "0" * 64)
    desk.say("talks-minutes", step="sign", round=1, digest=digest)


@pytest.mark.parametrize(("state", "step"), list(itertools.product(ROUND.states, ROUND.steps)))
def test_rounds_do_what_their_table_says(state: str, step: str) -> None:
    ours, theirs = round_in(state)
    if state == "held" and step == "sign":
        write_minutes(ours, "We met.")
        meet(ours, theirs)
    expected = ROUND.cell(state, step, "other" if step == "sign" else "own")

    def act() -> None:
        if step == "minutes":
            write_minutes(theirs, "They met.")
        elif step == "sign":
            sign_minutes(theirs)
        else:
            more = {"starts": theirs.now, "by": "call"} if step == "plan" else {"because": "why"}
            theirs.say("talks-round", step=step, round=1, **more)

    if isinstance(expected, No):
        with pytest.raises(InputError) as caught:
            act()
        assert expected.why in str(caught.value)
        expected = state
    else:
        act()
    meet(ours, theirs)
    assert [desk.talks.round(1).state for desk in (ours, theirs)] == [expected, expected]


def test_the_accords_table_names_the_states_of_its_book() -> None:
    assert set(ACCORD.states) == {"unsigned", "announced", *get_args(State)}

"""Every cell of the hotline's state machines, and that the room does what its tables say."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.machine import SIDES, Machine, No
from skyaccord.hotline import acts
from skyaccord.hotline.drills import Drills
from skyaccord.hotline.duty import Roster
from skyaccord.hotline.tables import DRILL, MACHINES, MESSAGE, SHIFT, VOICE, after
from skyaccord.hotline.voice import Voices
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey

CELLS = [
    (machine, state, step, side)
    for machine in MACHINES
    for state, step, side in itertools.product(machine.states, machine.steps, SIDES)
]
T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {name: PersonKey.generate().public for name in ("noor", "amal", "ivan")}
JOURNAL = {"A": "skyaccord.journal/A/" + "0" * 16, "B": "skyaccord.journal/B/" + "1" * 16}


def ref(sequence: int, party: str = "A") -> EntryRef:
    return EntryRef(origin=JOURNAL[party], sequence=sequence, leaf=f"{sequence:064x}")


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
    else:
        assert cell in machine.states
        assert machine.next(state, step, side, where="here") == cell  # type: ignore[arg-type]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_no_row_has_a_step_too_many_and_every_state_can_be_reached(machine: Machine) -> None:
    assert all(set(row) == set(machine.steps) for row in machine.table.values())
    reached = {machine.states[0]}
    while (
        more := {
            cell
            for state, step, side in itertools.product(reached, machine.steps, SIDES)
            if isinstance(cell := machine.cell(state, step, side), str)
        }
        - reached
    ):
        reached |= more
    assert reached == set(machine.states)


@given(st.permutations(("deliver", "read", "run-out", "acknowledge", "refuse")), st.integers(0, 5))
def test_facts_about_a_message_in_any_order_give_one_state(order: list[str], count: int) -> None:
    """Journals arrive in any order between each other; both sides must show the same."""
    facts = order[:count]
    assert len({after(MESSAGE, "sent", one) for one in itertools.permutations(facts)}) == 1
    state = after(MESSAGE, "sent", facts)
    assert (state == "acknowledged") == ("acknowledge" in facts)
    assert after(MESSAGE, state, facts) == state, "told twice is told once"


@pytest.mark.parametrize("state", ["absent", "prepared", "expired"])
def test_what_nobody_has_is_not_acknowledged(state: str) -> None:
    assert isinstance(MESSAGE.cell(state, "acknowledge", "other"), No)


def duty(person: str, step: str, shift: EntryRef | None = None, minutes: float = 0, **more: Any) -> acts.Duty:
    fields = {
        "act": "duty", "person": KEYS[person], "party": "A", "role": "duty-officer", "accord": None,
        "at": T0 + timedelta(minutes=minutes), "exercise": False, "automatic": False, "step": step,
        "shift": shift, **more,
    }  # fmt: skip
    if shift is None:
        fields |= {"duty_role": "duty-officer", "end": T0 + timedelta(hours=8)}
    return acts.Duty.model_validate(fields)


def shift_in(state: str) -> tuple[Roster, EntryRef]:
    """A roster with Noor's shift in this state."""
    roster, first = Roster(), ref(1)
    if state == "planned":
        roster.take(first, duty("noor", "plan", holder=KEYS["noor"], start=T0))
        return roster, first
    roster.take(first, duty("noor", "take"))
    steps = {
        "away": duty("noor", "away", first), "over": duty("noor", "end", first),
        "offered": duty("noor", "offer", first, holder=KEYS["amal"]),
    }  # fmt: skip
    if state in steps:
        roster.take(ref(2), steps[state])
    shift = roster.get(first)
    assert shift is not None
    assert shift.at(T0) == state
    return roster, first


@pytest.mark.parametrize(
    ("state", "step", "who"),
    list(itertools.product([one for one in SHIFT.states if one != "absent"], SHIFT.steps, ("noor", "amal"))),
)
def test_shifts_do_what_their_table_says(state: str, step: str, who: str) -> None:
    roster, shift = shift_in(state)
    if step == "plan":
        return  # a plan opens a shift of its own
    cell = SHIFT.cell(state, step, "own" if who == "noor" else "other")
    said = duty(who, step, shift, **({"holder": KEYS["amal"]} if step == "offer" else {}))
    if isinstance(cell, No):
        with pytest.raises(RefusedError) as caught:
            roster.take(ref(3), said)
        assert cell.why in str(caught.value)
    else:
        roster.take(ref(3), said)
        found = roster.get(shift)
        assert found is not None
        assert found.at(T0) == cell


def test_a_hand_over_leaves_no_moment_without_anybody() -> None:
    roster, shift = shift_in("on duty")
    later = T0 + timedelta(minutes=30)
    roster.take(ref(2), duty("noor", "offer", shift, 20, holder=KEYS["amal"]))
    assert [one.holder for one in roster.on_duty("A", "duty-officer", T0 + timedelta(minutes=25))] == [
        KEYS["noor"]
    ]
    with pytest.raises(RefusedError, match="somebody else"):
        roster.take(ref(3), duty("ivan", "accept", shift, 26))
    roster.take(ref(4), duty("amal", "accept", shift, 30))
    assert [one.holder for one in roster.on_duty("A", "duty-officer", later)] == [KEYS["amal"]]
    assert [one.end for one in roster.on_duty("A", "duty-officer", later)] == [T0 + timedelta(hours=8)]


def test_a_role_is_vacant_only_where_a_roster_is_kept() -> None:
    roster = Roster()
    assert not roster.vacant("A", "duty-officer", T0), "nothing is concluded from what nobody wrote down"
    roster.take(ref(1), duty("noor", "take"))
    assert not roster.vacant("A", "duty-officer", T0)
    assert roster.vacant("A", "deputy", T0)
    assert roster.vacant("A", "duty-officer", T0 + timedelta(hours=9)), "the shift's end has come"
    assert not roster.vacant("A", "duty-officer", T0 + timedelta(hours=33)), "given up, not empty"
    before = T0 - timedelta(minutes=1)
    assert not roster.vacant("A", "deputy", before), (
        "a roster says nothing of the time before its first shift"
    )
    assert not roster.vacant("B", "duty-officer", T0)


def drill(party: str, step: str, drill_ref: EntryRef | None = None) -> acts.Drill:
    fields: dict[str, Any] = {
        "act": "drill", "person": KEYS["noor"], "party": party, "role": "duty-officer", "accord": None,
        "at": T0, "exercise": True, "automatic": False, "step": step, "drill": drill_ref,
    }  # fmt: skip
    if drill_ref is None:
        fields |= {"phrases": ["SAFETY_STOP"], "answer_within_s": 60.0}
    return acts.Drill.model_validate(fields)


@pytest.mark.parametrize(
    ("state", "step", "party"),
    list(itertools.product([one for one in DRILL.states if one != "absent"], DRILL.steps, ("A", "B"))),
)
def test_drills_do_what_their_table_says(state: str, step: str, party: str) -> None:
    drills, first = Drills(), ref(1)
    drills.take(first, drill("A", "plan" if state == "planned" else "start"))
    if state in ("closed", "cancelled"):
        drills.take(ref(2), drill("A", {"closed": "close", "cancelled": "cancel"}[state], first))
    cell = DRILL.cell(state, step, "own" if party == "A" else "other")
    if step == "plan":
        return  # opens another drill
    if step == "say":
        if isinstance(cell, No):
            with pytest.raises(InputError, match=cell.why[:20]):
                drills.check_message(first, party)
        else:
            drills.check_message(first, party)
        return
    said = drill(party, step, first)
    if isinstance(cell, No):
        with pytest.raises(RefusedError) as caught:
            drills.take(ref(3, party), said)
        assert cell.why in str(caught.value)
    else:
        found = drills.take(ref(3, party), said)
        assert found is not None
        assert found.state == cell


def voice(party: str, step: str, entry: EntryRef | None = None) -> acts.Voice:
    fields: dict[str, Any] = {
        "act": "voice", "person": KEYS["noor"], "party": party, "role": "duty-officer", "accord": None,
        "at": T0, "exercise": False, "automatic": False, "step": step, "entry": entry, "text": "otherwise",
        "language": "en",
    }  # fmt: skip
    if entry is None:
        more = {"direction": "said", "means": "radio", "spoken_at": T0, "with_role": "duty-officer"}
        fields |= more
    return acts.Voice.model_validate(fields)


@pytest.mark.parametrize(
    ("state", "step", "party"),
    list(itertools.product([one for one in VOICE.states if one != "absent"], VOICE.steps[1:], ("A", "B"))),
)
def test_voice_entries_do_what_their_table_says(state: str, step: str, party: str) -> None:
    voices, first = Voices(), ref(1)
    voices.take(first, voice("A", "enter"))
    before = {"confirmed": ("B", "confirm"), "disputed": ("B", "dispute"), "withdrawn": ("A", "withdraw")}
    if state in before:
        who, word = before[state]
        voices.take(ref(2, who), voice(who, word, first))
    cell = VOICE.cell(state, step, "own" if party == "A" else "other")
    said = voice(party, step, first)
    if isinstance(cell, No):
        with pytest.raises(InputError) as caught:
            voices.check(said)
        assert cell.why in str(caught.value)
    else:
        assert voices.check(said) == cell
        voices.take(ref(3, party), said)
        found = voices.get(first)
        assert found is not None
        assert found.state == cell


@given(st.permutations([("A", "enter"), ("A", "withdraw"), ("B", "confirm")]))
def test_words_that_crossed_end_the_same_on_both_sides(order: list[tuple[str, str]]) -> None:
    """A withdraws while B confirms: whatever arrives first, both nodes show what both have confirmed."""
    voices, first = Voices(), ref(1)
    for number, (party, step) in enumerate(order):
        entry = None if step == "enter" else first
        voices.take(first if step == "enter" else ref(number + 2, party), voice(party, step, entry))
    found = voices.get(first)
    assert found is not None
    assert found.state == "confirmed"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ([("B", "confirm"), ("B", "withdraw")], "confirmed"),
        ([("A", "withdraw"), ("A", "confirm")], "withdrawn"),
        ([("A", "confirm")], "entered"),
        ([("B", "dispute"), ("A", "dispute")], "disputed"),
    ],
)
def test_a_word_that_is_not_a_sides_own_to_say_changes_nothing(
    words: list[tuple[str, str]], state: str
) -> None:
    """A node that lets such a word through journals it; both sides' records count it for nothing."""
    voices, first = Voices(), ref(1)
    voices.take(first, voice("A", "enter"))
    for number, (party, step) in enumerate(words):
        voices.take(ref(number + 2, party), voice(party, step, first))
    found = voices.get(first)
    assert found is not None
    assert found.state == state

"""Two sides, a link that comes and goes, any order of arrival: one state in the end, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from hypothesis.stateful import rule as step

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.talks.machines import AGENDA, CLAUSE, No
from skyaccord.talks.outline import outline
from skyaccord.talks.redline import redline
from tests.accord.samples import SMALL
from tests.talks.parley import Desk, Entry, both, meet, part, replayed, rule

TEXTS = [rule(horizontal_nm=miles) for miles in (1, 2, 3, 4)]
STEPS = st.sampled_from([one for one in CLAUSE.steps if one != "comment"])


def whole(desk: Desk, party: str = "A") -> dict[str, Any]:
    """Everything that is shown, as one party sees it."""
    return outline(desk.talks, party)


class Parley(RuleBasedStateMachine):
    """Clauses, items and rounds from both sides; words cross while the link is cut or slow."""

    def __init__(self) -> None:
        super().__init__()
        self.desks = dict(zip("AB", both(), strict=True))
        self.cut = False

    def other(self, party: str) -> Desk:
        return self.desks["B" if party == "A" else "A"]

    @step(cut=st.booleans())
    def link(self, cut: bool) -> None:
        self.cut = cut

    @precondition(lambda self: not self.cut)
    @step(party=st.sampled_from("AB"), upto=st.integers(1, 4))
    def deliver(self, party: str, upto: int) -> None:
        self.desks[party].hear(self.other(party), upto)

    @step(party=st.sampled_from("AB"), what=STEPS, text=st.sampled_from(TEXTS))
    def clause(self, party: str, what: str, text: str) -> None:
        desk = self.desks[party]
        before = desk.talks.clause("rule.r")
        expected = CLAUSE.cell(before.state, what, before.side_of(party))
        try:
            desk.clause(what, text, because="because")
        except InputError:
            return
        assert not isinstance(expected, No)
        assert desk.talks.clause("rule.r").state == expected  # what one side sees of its own step

    @step(
        party=st.sampled_from("AB"),
        what=st.sampled_from(AGENDA.steps),
    )
    def agenda(self, party: str, what: str) -> None:
        desk = self.desks[party]
        known = list(desk.talks.items)
        fields = {"title": "An item"} if what == "request" else {"item": known[-1] if known else None}
        if fields.get("item", fields) is None:
            return
        try:
            desk.say("talks-agenda", step=what, because="because", **fields)
        except InputError:
            return

    @step(party=st.sampled_from("AB"), what=st.sampled_from(["plan", "cancel", "hold"]))
    def round(self, party: str, what: str) -> None:
        desk = self.desks[party]
        more = {"starts": desk.now, "by": "video"} if what == "plan" else {"because": "because"}
        try:
            desk.say("talks-round", step=what, round=1, **more)
        except InputError:
            return

    @step(party=st.sampled_from("AB"))
    def comment(self, party: str) -> None:
        self.desks[party].say("talks-comment", path="rule.r", text="a remark", language="en")

    @invariant()
    def nothing_is_lost_here(self) -> None:
        for desk in self.desks.values():
            words = {word.ref for word in desk.talks.clause("rule.r").words}
            own = {entry.ref for entry in desk.said if entry.statement.act in {"talks-clause", "talks-open"}}
            assert own <= words

    def teardown(self) -> None:
        a, b = self.desks["A"], self.desks["B"]
        meet(a, b)
        assert whole(a) == whole(b)
        entries = [*a.said, *b.said]
        assert whole(a) == outline(replayed(entries), "A")
        assert whole(a) == outline(replayed([*b.said, *a.said]), "A")
        refs = {entry.ref for entry in entries if entry.statement.act in {"talks-clause", "talks-open"}}
        assert refs == {word.ref for word in a.talks.clause("rule.r").words}
        texts = {
            clause.value
            for entry in entries
            for clause in getattr(entry.statement, "clauses", [])
            if clause.value is not None
        }
        assert texts <= {text.value for text in a.talks.clause("rule.r").texts}


Parley.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestParley = Parley.TestCase


@settings(max_examples=40, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from("AB"), STEPS, st.sampled_from(TEXTS)), max_size=12))
def test_with_the_link_up_every_step_leads_where_the_table_says(moves: list[tuple[str, str, str]]) -> None:
    ours, theirs = both()
    for party, what, text in moves:
        desk = ours if party == "A" else theirs
        clause = desk.talks.clause("rule.r")
        expected = CLAUSE.cell(clause.state, what, clause.side_of(party))
        before = clause.state
        try:
            desk.clause(what, text, because="because")
        except InputError:
            expected = before
        meet(ours, theirs)
        assert ours.talks.clause("rule.r").state == theirs.talks.clause("rule.r").state == expected


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_interleaving_of_the_journals_gives_the_same(data: st.DataObject) -> None:
    ours, theirs = both()
    for party, what, text in data.draw(
        st.lists(st.tuples(st.sampled_from("AB"), STEPS, st.sampled_from(TEXTS)), min_size=4, max_size=14)
    ):
        desk = ours if party == "A" else theirs
        if data.draw(st.booleans()):
            meet(ours, theirs)
        try:
            desk.clause(what, text, because="because")
        except InputError:
            continue
    meet(ours, theirs)
    left, right = list(ours.said), list(theirs.said)
    shuffled: list[Entry] = []
    while left or right:
        take_left = bool(left) and (not right or data.draw(st.booleans()))
        shuffled.append((left if take_left else right).pop(0))
    assert outline(replayed(shuffled), "B") == outline(ours.talks, "B")


def test_counters_from_both_sides_while_the_link_is_cut_are_a_conflict_until_somebody_answers() -> None:
    ours, theirs = both()
    two, five = rule(horizontal_nm=2), rule(horizontal_nm=5)
    ours.clause("propose", two)
    theirs.clause("counter", five)  # neither has seen the other
    meet(ours, theirs)
    for desk in (ours, theirs):
        clause = desk.talks.clause("rule.r")
        assert clause.state == "conflict"
        assert {clause.value(word.digest) for word in clause.heads} == {two, five}
        assert {text.value for text in clause.texts} == {rule(), two, five}
    theirs.clause("agree", two)
    meet(ours, theirs)
    assert ours.talks.clause("rule.r").agreed == part(two)["digest"]


def test_an_agreement_that_crosses_a_new_text_agrees_nothing() -> None:
    """B agrees to what A has changed meanwhile: both see a conflict, nobody an agreement."""
    ours, theirs = both()
    theirs.clause("agree", rule())
    ours.clause("propose", rule(horizontal_nm=9))
    assert theirs.talks.clause("rule.r").state == "agreed"
    meet(ours, theirs)
    for desk in (ours, theirs):
        assert desk.talks.clause("rule.r").state == "conflict"
        assert desk.talks.clause("rule.r").agreed is None


def test_brackets_that_cross_an_agreement_stand() -> None:
    ours, theirs = both()
    theirs.clause("counter", rule(horizontal_nm=5))
    meet(ours, theirs)
    ours.clause("agree", rule(horizontal_nm=5))
    theirs.clause("bracket")
    meet(ours, theirs)
    assert ours.talks.clause("rule.r").state == theirs.talks.clause("rule.r").state == "bracketed"


def test_both_open_the_same_talks_at_once() -> None:
    """Equal clauses are agreed by that alone; the others are in conflict; the draft's file is one on both."""
    ours, theirs = Desk("A"), Desk("B")
    ours.open(SMALL)
    theirs.open(SMALL.replace("horizontal_nm = 3", "horizontal_nm = 5"))
    meet(ours, theirs)
    assert ours.talks.clause("rule.r").state == "conflict"
    assert ours.talks.clause("tier.warning").state == "agreed"
    assert ours.talks.base is not None
    assert theirs.talks.base is not None
    assert ours.talks.base.digest == theirs.talks.base.digest
    assert whole(ours) == whole(theirs)


def test_three_parties_agree_when_the_last_has() -> None:
    text = SMALL.replace("[[rule]]", '[[party]]\nid = "C"\nname = "Party C"\n\n[[rule]]', 1)
    desks = [Desk(party, ("A", "B", "C")) for party in "ABC"]
    desks[0].open(text)
    meet(*desks)
    desks[1].clause("agree", rule())
    meet(*desks)
    assert desks[0].talks.clause("rule.r").state == "proposed"
    desks[2].clause("agree", rule())
    meet(*desks)
    assert {desk.talks.clause("rule.r").state for desk in desks} == {"agreed"}


def test_two_dates_that_cross_are_both_shown() -> None:
    ours, theirs = both()
    ours.say("talks-round", step="plan", round=1, starts=ours.now, by="video")
    theirs.say("talks-round", step="plan", round=1, starts=theirs.now, by="call")
    meet(ours, theirs)
    held = theirs.talks.round(1)
    assert held.conflict
    assert {plan.by for plan in held.plans} == {"video", "call"}
    ours.say("talks-round", step="plan", round=1, starts=theirs.now, by="call")
    meet(ours, theirs)
    assert not theirs.talks.round(1).conflict


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SMALL.replace('name = "small"', 'name = "other"'), "is of 'other'"),
        (SMALL.replace('id = "B"', 'id = "D"'), "between other parties"),
        ("nonsense", "the draft of the talks"),
        (".".join("a" * 25_000) + "=1", "line 1: .*more than 8 parts joined by dots"),
    ],
)
def test_a_draft_that_does_not_fit_the_talks_is_refused(text: str, why: str) -> None:
    ours = Desk("A")
    with pytest.raises(RefusedError, match=why):
        ours.open(text)
    with pytest.raises(RefusedError, match=why):
        ours.say("talks-open", draft=text, unchecked=True)
    assert ours.talks.clauses == {}


def test_a_second_draft_of_one_party_is_refused_and_nothing_can_be_said_before_the_first() -> None:
    ours, theirs = both()
    with pytest.raises(InputError, match="has put a draft of small on the table already"):
        ours.open()
    late = Desk("B")
    with pytest.raises(InputError, match="no talks 'small' between A and B here"):
        late.clause("agree", rule())
    assert theirs.talks.clause("rule.r").state == "proposed"


def test_a_redline_names_the_fields_that_differ() -> None:
    before, after = rule(max_dwell_s=180), rule(horizontal_nm=5, classes=["unmanned", "*"])
    found = {change.field: (change.before, change.after) for change in redline(before, after)}
    assert found == {
        "horizontal_nm": (3, 5),
        "max_dwell_s": (180, None),
        "classes": (None, ["unmanned", "*"]),
    }
    assert redline(before, before) == ()
    assert [change.before for change in redline(None, rule())] == [None] * 4

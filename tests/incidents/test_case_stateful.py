"""Two sides, a link that is cut and let through entry by entry: in any order both come to the same record."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from skyaccord.base.errors import InputError
from tests.incidents.desk import KIND, Desk

PARTIES = st.sampled_from("AB")


class Inquiry(RuleBasedStateMachine):
    """What people may do by the tables, at either desk, with entries arriving when they arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.desks = {"A": Desk("A"), "B": Desk("B")}
        self.said: dict[str, int] = {"A": 0, "B": 0}

    @initialize()
    def breach(self) -> None:
        """Both nodes see it and open it; neither has heard the other."""
        self.opening = {party: desk.open() for party, desk in self.desks.items()}

    def say(self, party: str, act: str, **fields: Any) -> None:
        self.desks[party].say(self.opening[party], act, **fields)
        self.said[party] += 1

    def may(self, party: str, step: str) -> bool:
        try:
            self.desks[party].case.check(party, step)
        except InputError:
            return False
        return True

    @rule(party=PARTIES, text=st.sampled_from(["We kept our level.", "Мы шли своим эшелоном."]))
    def account(self, party: str, text: str) -> None:
        if self.may(party, "say"):
            self.say(party, "incident-account", text=text, language="en")

    @rule(party=PARTIES)
    def fact(self, party: str) -> None:
        if self.may(party, "say"):
            self.say(party, "incident-fact", step="state", text="A fact.")

    @rule(party=PARTIES, step=st.sampled_from(["agree", "dispute", "withdraw"]), pick=st.integers(0, 9))
    def answer_fact(self, party: str, step: str, pick: int) -> None:
        facts = self.desks[party].case.facts
        if not facts or not self.may(party, "say"):
            return
        fact = facts[pick % len(facts)]
        if step not in fact.steps(party):
            return
        promised = fact.check(party, step)
        because = "No." if step == "dispute" else ""
        self.say(party, "incident-fact", step=step, fact=fact.ref.model_dump(mode="json"), because=because)
        [now] = [one for one in self.desks[party].case.facts if one.ref == fact.ref]
        assert now.state == promised

    @rule(party=PARTIES)
    def ask(self, party: str) -> None:
        if self.may(party, "say"):
            self.say(party, "incident-question", step="ask", to="B" if party == "A" else "A", text="Why?")

    @rule(party=PARTIES, pick=st.integers(0, 9))
    def answer(self, party: str, pick: int) -> None:
        asked = [one for one in self.desks[party].case.questions if "answer" in one.steps(party)]
        if asked and self.may(party, "say"):
            ref = asked[pick % len(asked)].ref.model_dump(mode="json")
            self.say(party, "incident-question", step="answer", question=ref, text="So.")

    @rule(party=PARTIES)
    def close(self, party: str) -> None:
        case = self.desks[party].case
        if self.may(party, "close") and not case.missing(party):
            self.say(party, "incident-close", step="close", record=case.digest)
            assert party in self.desks[party].case.closed_by

    @rule(party=PARTIES)
    def reopen(self, party: str) -> None:
        if self.may(party, "reopen"):
            self.say(party, "incident-close", step="reopen", because="There is more.")
            assert party not in self.desks[party].case.closed_by

    @rule(party=PARTIES, count=st.integers(1, 3))
    def arrive(self, party: str, count: int) -> None:
        """The next few entries of the other side arrive."""
        other = self.desks["B" if party == "A" else "A"]
        self.desks[party].hear(other, count)

    @rule()
    def all_arrive(self) -> None:
        a, b = self.desks.values()
        a.hear(b)
        b.hear(a)

    @invariant()
    def nothing_is_closed_that_a_side_has_not_read(self) -> None:
        for desk in self.desks.values():
            case = desk.case
            if case.state == "closed":
                for word in case.closings:
                    assert word.party in case.parties
                assert all(party in case.account_of for party in case.parties)
                assert not [one for one in case.questions if one.state == "asked"]

    @precondition(lambda self: sum(self.said.values()) > 0)
    @invariant()
    def both_come_to_the_same_record(self) -> None:
        """Fresh desks that hear everything, one journal first or the other, agree in every respect."""
        fresh = []
        for order in ("AB", "BA"):
            desk = Desk("C")
            for party in order:
                desk.hear(self.desks[party])
            fresh.append(desk.case)
        one, other = fresh
        assert one == other
        assert len(one.words) == sum(self.said.values())  # nothing lost, nothing doubled


@pytest.mark.parametrize("kind", sorted(set(KIND.values())))
def test_every_kind_of_word_is_about_an_incident(kind: str) -> None:
    assert kind.startswith("incident.")


Inquiry.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestInquiry = Inquiry.TestCase

"""Stories told in several entries, by two journals, in any order: the same events and the same incidents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.incidents.incidents import has_opened, incidents
from skyaccord.incidents.sightings import Sightings
from tests.incidents.said import (
    DIGEST,
    PAIR,
    Said,
    Teller,
    approach,
    encounter,
    sky,
)


def told(entries: list[Said]) -> Sightings:
    sightings = Sightings()
    for ref, header, body in entries:
        sightings.add(ref, header, body)
    return sightings


def shown(sightings: Sightings) -> object:
    """Everything that a node would show of events and incidents."""
    return (
        sorted((one.id, one.start, one.end, one.members) for one in sightings.join.events()),
        sorted((one.id, one.opened_by, one.reason, sorted(one.observations)) for one in incidents(sightings)),
    )


def test_both_nodes_alerts_are_one_event_at_once_though_they_start_apart() -> None:
    a, b = Teller("A"), Teller("B")
    a.alert("raised", 10, cpa_s=120)
    b.alert("raised", 75, cpa_s=121)
    sightings = told([*a.entries, *b.entries])
    (event,) = sightings.join.events()
    assert event.id == "a00001.b00001.abababab.1"
    assert [one.party for one in sightings.members(event, "alert")] == ["A", "B"]


def test_the_newest_entry_of_a_story_counts_and_refs_lead_to_it() -> None:
    a = Teller("A")
    first = a.alert("raised", 10, cpa_s=100)
    second = a.alert("updated", 40, raised_s=10, cpa_s=100, tier="caution")
    third = a.alert("cleared", 130, raised_s=10)
    sightings = told(a.entries)
    (one,) = sightings.all("alert")
    assert (one.refs, one.first, one.last) == ((first[0], second[0], third[0]), first[0], third[0])
    assert not one.active
    assert sightings.at(second[0]) == one
    before = told(a.entries[:1])
    (early,) = before.all("alert")
    before.add(*second)
    (late,) = before.all("alert")
    assert late.told is early.told, "an alert of an hour is told a thousand times, and never copied"
    assert (early.refs, early.last, late.refs) == ((first[0],), first[0], (first[0], second[0]))
    assert sightings.alert_refs(first[0]) == [first[0], second[0], third[0]]
    event = sightings.event_at(third[0])
    assert event is not None
    assert (event.start, event.end) == (sky(10), sky(130))


def test_an_open_story_does_not_swallow_what_comes_much_later() -> None:
    """A's journal fell silent; an hour later B raises a new alert about the same pair: a new event."""
    a, b = Teller("A"), Teller("B")
    a.alert("raised", 10, cpa_s=100)
    b.alert("raised", 3600, cpa_s=3700)
    assert len(list(told([*a.entries, *b.entries]).join.events())) == 2


def test_a_breach_opens_one_incident_whoever_opened_first() -> None:
    a, b = Teller("A"), Teller("B")
    for node, start in ((a, 100), (b, 103)):
        seen = node.encounter("breached", 170, start_s=start, verdict="breach")
        node.opening(171, "breach", encounter(start, None, "breach"), about=seen)
    sightings = told([*b.entries, *a.entries])
    (one,) = incidents(sightings)
    assert (one.opened_by, one.reason) == (("A", "B"), "breach")
    assert sorted(one.observations) == ["A", "B"]
    assert one.exercise
    assert has_opened(sightings, one.event, "A")
    assert one.id == "a00001.b00001.abababab.1"


def test_an_officers_incident_about_a_sealed_approach_joins_the_other_sides_own_approach() -> None:
    a, b = Teller("A"), Teller("B")
    seen = a.approach("closed", 90, start_s=10, end_s=90)
    a.opening(200, "officer", approach(10, 90), about=seen, accord=None, statement={"payload": "x"})
    b.approach("closed", 95, start_s=14, end_s=92)
    at_b = told([*b.entries, a.entries[1]])  # A's approach itself is sealed: B never sees it
    (one,) = incidents(at_b)
    assert one.event.level == "approach"
    assert one.opened_by == ("A",)
    assert sorted(one.observations) == ["A", "B"]
    assert list(incidents(told(b.entries))) == []


def test_an_officers_incident_about_an_alert_belongs_to_the_alerts_event() -> None:
    a, b = Teller("A"), Teller("B")
    alert = a.alert("raised", 10, cpa_s=100)
    b.opening(500, "officer", None, about=alert, statement={"payload": "x"})
    for order in ([*a.entries, *b.entries], [*b.entries, *a.entries]):
        (event,) = told(order).join.events()
        assert len(event.members) == 2


def test_the_gravest_reason_names_the_incident() -> None:
    a = Teller("A")
    a.encounter("breached", 170, verdict="nmac")
    a.opening(165, "breach", encounter(100, None, "breach"))
    a.opening(171, "nmac", encounter(100, None, "nmac"))
    (one,) = incidents(told(a.entries))
    assert one.reason == "nmac"
    assert len(one.openings) == 2


def test_bodies_are_strict() -> None:
    a = Teller("A")
    for ref, header, body in (a.alert("raised", 1), a.encounter("opened", 1), a.approach("opened", 1)):
        for bad in ({**body, "target": "x"}, {k: v for k, v in body.items() if k != "state"}):
            with pytest.raises(ValidationError):
                Sightings().add(ref, header, bad)
    ref, header, body = a.alert("raised", 1)
    for bad in (
        {"pair": list(reversed(PAIR))},
        {"pair": ["A", "B"]},
        {"closing_kt": float("nan")},
        {"horizontal_nm": -1.0},
        {"raised_at": "2015-10-20T09:00:00"},
        {"asks": {f"P{n}": "r" for n in range(17)}},
    ):
        with pytest.raises(ValidationError):
            Sightings().add(ref, header, {**body, **bad})
    ref, header, body = a.opening(1, "breach", encounter(1, 2, "breach"))
    for bad in ({"reason": "officer"}, {"statement": {}}, {"pair": ["a00001", "b00009"]}):
        with pytest.raises(ValidationError):
            Sightings().add(ref, header, {**body, **bad})
    ref, header, body = a.say("node.opened", {}, 1)
    assert Sightings().add(ref, header, body) is None


def test_the_same_entry_again_changes_nothing() -> None:
    a = Teller("A")
    a.alert("raised", 10, cpa_s=100)
    a.alert("cleared", 130, raised_s=10)
    assert shown(told(a.entries + a.entries)) == shown(told(a.entries))


steps = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(["alert", "encounter", "approach", "opening"]),
        st.integers(0, 500),
        st.integers(1, 150),
        st.booleans(),
        st.sampled_from([DIGEST, None]),
    ),
    max_size=10,
)


def journals(plan: list) -> tuple[list[Said], list[Said]]:
    """Two journals in which every story is told as far as the plan says."""
    tellers = {"A": Teller("A"), "B": Teller("B")}
    for number, (party, thing, start, length, over, accord) in enumerate(plan):
        node, end = tellers[party], start + length
        if thing == "alert":
            node.alert("raised", start, name=f"k{number}", cpa_s=end, accord=accord)
            if over:
                node.alert("cleared", end, name=f"k{number}", raised_s=start, accord=accord)
        elif thing == "encounter":
            node.encounter("opened", start, start_s=start, accord=accord)
            if over:
                node.encounter("closed", end, start_s=start, end_s=end, verdict="breach", accord=accord)
        elif thing == "approach":
            node.approach("opened", start, start_s=start)
            if over:
                node.approach("closed", end, start_s=start, end_s=end)
        else:
            about = node.entries[-1] if over and node.entries else None
            observation = None if over else encounter(start, end, "breach")
            reason = "officer" if over else "breach"
            node.opening(end, reason, observation, about=about, accord=accord, statement={} if over else None)
    return tellers["A"].entries, tellers["B"].entries


@given(steps, st.randoms(use_true_random=False))
def test_any_interleaving_of_the_journals_gives_the_same_events_and_incidents(plan: list, random) -> None:
    a, b = journals(plan)
    mixed, left, right = [], list(a), list(b)
    while left or right:
        source = left if left and (not right or random.random() < 0.5) else right
        mixed.append(source.pop(0))
    assert shown(told(mixed)) == shown(told([*a, *b])) == shown(told([*b, *a]))


@given(steps)
def test_one_incident_an_event_and_every_opening_in_exactly_one(plan: list) -> None:
    a, b = journals(plan)
    sightings = told([*a, *b])
    found = list(incidents(sightings))
    assert len({one.id for one in found}) == len(found)
    openings = [opening.first for one in found for opening in one.openings]
    assert len(openings) == len(set(openings))
    assert set(openings) == {ref for ref, header, _ in [*a, *b] if header.kind == "incident.opened"}


def test_an_entry_that_comes_again_late_does_not_turn_the_story_back() -> None:
    a = Teller("A")
    first = a.alert("raised", 10, cpa_s=100)
    a.alert("cleared", 130, raised_s=10)
    sightings = told([*a.entries, first])
    (event,) = sightings.join.events()
    (alert,) = sightings.members(event, "alert")
    assert not alert.active
    assert [ref.sequence for ref in alert.refs] == [0, 1]


def test_what_another_party_tells_of_one_pair_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own is not: what we saw is never left out."""
    monkeypatch.setattr("skyaccord.incidents.sightings.TOLD_OF_A_PAIR_MAX", 2)
    monkeypatch.setattr("skyaccord.incidents.sightings.STATES_MAX", 2)
    a = Teller("A")
    raised = [a.alert("raised", second, cpa_s=second + 60, name=f"k{second}") for second in (10, 1000, 2000)]
    updates = [a.alert("updated", second, raised_s=10, cpa_s=70, name="k10") for second in (40, 70)]
    sightings = Sightings()
    for ref, header, body in [*raised[:2], updates[0]]:
        assert sightings.add(ref, header, body, bounded=True) is not None
    with pytest.raises(RefusedError, match="more than 2 of kind alert about one pair"):
        sightings.add(*raised[2], bounded=True)
    with pytest.raises(RefusedError, match="more than 2 entries about one thing of kind alert"):
        sightings.add(*updates[1], bounded=True)
    assert len(list(sightings.join.events())) == 2
    assert len(list(told([*raised, *updates]).join.events())) == 3

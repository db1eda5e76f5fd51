"""Events are a function of the set of observations: never of the order in which they arrived."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.incidents.events import SLACK_S, EventJoin, Interval

T0 = datetime(2015, 10, 10, 9, 0, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
PAIR = ("a00001", "b00002")


def seen(start_s: float, end_s: float, pair=PAIR, accord: str | None = DIGEST, level="conflict") -> Interval:
    return Interval(level, accord, pair, T0 + timedelta(seconds=start_s), T0 + timedelta(seconds=end_s))


def joined(observations: dict[str, Interval]) -> list[tuple[str, tuple[str, ...]]]:
    join: EventJoin[str] = EventJoin()
    for key, interval in observations.items():
        join.put(key, interval)
    return sorted((event.id, event.members) for event in join.events())


def test_two_nodes_observations_of_one_encounter_are_one_event() -> None:
    events = joined({"A/7": seen(0, 60), "B/4": seen(2, 63)})
    assert events == [("a00001.b00002.abababab.1", ("A/7", "B/4"))]


def test_slack_joins_and_more_than_slack_does_not() -> None:
    assert len(joined({"A/1": seen(0, 10), "B/1": seen(10 + SLACK_S, 90)})) == 1
    assert len(joined({"A/1": seen(0, 10), "B/1": seen(10.1 + SLACK_S, 90)})) == 2


def test_other_pair_other_accord_and_approaches_stay_apart() -> None:
    events = joined(
        {
            "A/1": seen(0, 60),
            "A/2": seen(0, 60, pair=("a00001", "b00003")),
            "A/3": seen(0, 60, accord=None),
            "A/4": seen(0, 60, accord=None, level="approach"),
        }
    )
    assert [event for event, _ in events] == [
        "a00001.b00002.abababab.1",
        "a00001.b00002.approach.1",
        "a00001.b00002.own.1",
        "a00001.b00003.abababab.1",
    ]


def test_an_observation_that_grows_can_bridge_two_events_and_one_that_shrinks_parts_them() -> None:
    join: EventJoin[str] = EventJoin()
    join.put("A/1", seen(0, 10))
    join.put("B/1", seen(100, 120))
    assert len(list(join.events())) == 2
    join.put("A/1", seen(0, 80))
    (event,) = join.events()
    assert event.members == ("A/1", "B/1")
    assert event.start == T0
    assert event.end == T0 + timedelta(seconds=120)
    join.put("A/1", seen(0, 10))
    assert [e.members for e in join.of_group(seen(0, 1))] == [("A/1",), ("B/1",)]
    second = join.event_of("B/1")
    assert second is not None
    assert second.id.endswith(".2")


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        seen(10, 9)


spans = st.tuples(st.integers(0, 600), st.integers(0, 120))
sets = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.integers(0, 20)).map(lambda key: f"{key[0]}/{key[1]}"),
    st.tuples(spans, st.sampled_from(["b00002", "b00003"]), st.sampled_from([DIGEST, None])),
    max_size=12,
)


@given(sets, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_events(raw: dict, random) -> None:
    observations = {
        key: seen(start, start + length, pair=("a00001", other), accord=accord)
        for key, ((start, length), other, accord) in raw.items()
    }
    shuffled = list(observations.items())
    random.shuffle(shuffled)
    assert joined(dict(shuffled)) == joined(observations)


@given(sets)
def test_events_are_the_connected_components_of_overlap(raw: dict) -> None:
    """Against a second, brute-force definition: the transitive closure of 'overlaps within the slack'."""
    observations = {
        key: seen(start, start + length, pair=("a00001", other), accord=accord)
        for key, ((start, length), other, accord) in raw.items()
    }
    slack = timedelta(seconds=SLACK_S)
    component = {key: {key} for key in observations}
    for one, a in observations.items():
        for two, b in observations.items():
            if a.group == b.group and a.start <= b.end + slack and b.start <= a.end + slack:
                union = component[one] | component[two]
                for key in union:
                    component[key] = union
    expected = sorted(tuple(sorted(keys)) for keys in {frozenset(keys) for keys in component.values()})
    assert sorted(tuple(sorted(members)) for _, members in joined(observations)) == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(["A/1", "A/2", "B/1", "B/2", "B/3"]), spans, st.booleans()), max_size=25
    )
)
def test_what_was_said_before_leaves_no_trace(said: list) -> None:
    """Observations that grow, shrink, move in time or to another pair: as if only the last was said."""
    join: EventJoin[str] = EventJoin()
    last: dict[str, Interval] = {}
    for key, (start, length), other in said:
        last[key] = seen(start, start + length, pair=("a00001", "b00003" if other else "b00002"))
        join.put(key, last[key])
        assert sorted((event.id, event.members) for event in join.events()) == joined(last)
        for event in join.events():
            assert {join.event_of(member) for member in event.members} == {event}


def test_a_thousand_events_of_one_pair_are_not_made_anew_for_one_more() -> None:
    join: EventJoin[int] = EventJoin()
    for number in range(1000):
        join.put(number, seen(number * 3600, number * 3600 + 60))
    with patch.object(join, "_event", wraps=join._event) as made:
        join.put(1000, seen(1000 * 3600, 1000 * 3600 + 60))
        join.put(500, seen(500 * 3600, 500 * 3600 + 90))
    assert made.call_count == 2

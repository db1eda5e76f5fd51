"""From monitor to journal: for whom, asking whom, how often; and nothing is said that the journal would
refuse.
"""

from datetime import UTC, datetime, timedelta

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.node.sayings import UPDATE_EVERY_S, Sayings, closing_of
from skyaccord.record.keys import PartyKey
from skyaccord.record.kinds import KINDS
from skyaccord.separation import events as seen
from skyaccord.separation.crossings import Crossing
from tests.incidents.said import Teller
from tests.incidents.test_sightings import told
from tests.node.sky import ACCORD, PARTY

T0 = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)
PARTIES = "".join(PARTY.format(id=name, key=PartyKey.generate().public) for name in "ABC")
LOADED = parse_accord(ACCORD.format(parties=PARTIES, within_s=30), "accord")


def sayings() -> Sayings:
    return Sayings("A", "watch-officer", lambda digest: LOADED.accord if digest == LOADED.digest else None)


def alert(kind=seen.AlertRaised, at_s: float = 0, accord: str | None = LOADED.digest, **more) -> seen.Alert:
    values = {
        "sky_time": T0 + timedelta(seconds=at_s),
        "pair": ("a00001", "b00001"),
        "callsigns": ("ALFA01", None),
        "parties": ("A", "B"),
        "confident": True,
        "reason": "they close",
        "alert_key": "k",
        "accord": accord,
        "rule": "three",
        "tier": "advisory",
        "raised_at": T0,
        "inside": False,
        "time_to_cpa_s": 90.0,
        "cpa_time": T0 + timedelta(seconds=90),
        "predicted_horizontal_nm": 1.0,
        "predicted_vertical_ft": None,
        "horizontal_nm": 8.0,
        "vertical_ft": 0.0,
        "closing_kt": 120.0,
        **more,
    }
    if kind is seen.AlertCleared:
        values["nuisance"] = False
    return kind(**values)


def test_under_an_accord_the_other_parties_read_it_and_both_sides_roles_are_asked() -> None:
    saying = sayings().of(alert())
    assert saying is not None
    assert (saying.kind, saying.accord, saying.recipients) == ("alert", LOADED.digest, ("B", "C"))
    assert saying.body.asks == {"A": "duty-officer", "B": "duty-officer"}
    assert KINDS.fault("alert", saying.body.dump()) is None


@pytest.mark.parametrize("parties", [("A", None), (None, None), ("A", "Z")])
def test_an_aircraft_that_may_be_anybodys_asks_everybody(parties: tuple) -> None:
    saying = sayings().of(alert(parties=parties))
    assert saying is not None
    assert sorted(saying.body.asks) == ["A", "B", "C"]


def test_without_an_accord_nobody_else_reads_it_and_only_our_own_role_is_asked() -> None:
    saying = sayings().of(alert(accord=None))
    assert saying is not None
    assert (saying.recipients, saying.body.asks) == ((), {"A": "watch-officer"})


def test_updates_are_journalled_when_they_say_something_and_else_seldom() -> None:
    said = sayings()

    def update(at_s: float, **more) -> bool:
        return said.of(alert(seen.AlertUpdated, at_s, **more)) is not None

    assert said.of(alert()) is not None
    assert not update(10)
    assert update(11, tier="caution")
    assert not update(12, tier="caution")
    assert update(13, tier="caution", inside=True)
    assert update(14, tier="caution", inside=True, confident=False)
    assert not update(14 + UPDATE_EVERY_S - 1, tier="caution", inside=True, confident=False)
    assert update(14 + UPDATE_EVERY_S, tier="caution", inside=True, confident=False)
    assert said.of(alert(seen.AlertCleared, 60)) is not None


def test_what_is_too_long_is_cut_not_lost() -> None:
    saying = sayings().of(alert(reason="x" * 5000, callsigns=("A" * 99, "B")))
    assert saying is not None
    assert KINDS.fault("alert", saying.body.dump()) is None
    assert len(saying.body.reason) == 500


def test_a_closing_ends_when_the_story_was_last_told() -> None:
    a = Teller("A")
    a.alert("raised", 10, cpa_s=100)
    a.encounter("opened", 50, start_s=48)
    a.approach("opened", 5, start_s=5)
    a.opening(60, "breach", None)
    sightings = told(a.entries)
    for thing in ("alert", "encounter", "approach"):
        (one,) = sightings.all(thing)
        closing = closing_of(one, "the node was stopped")
        assert closing is not None
        assert closing.sky_time == one.header.sky_time
        assert closing.recipients == ("*",)
        assert KINDS.fault(closing.kind, closing.body.dump()) is None
        sightings.add(a.say(closing.kind, closing.body.dump(), 50)[0], a.entries[-1][1], a.entries[-1][2])
    assert not any(one.active for thing in ("alert", "encounter", "approach") for one in sightings.all(thing))
    (opening,) = sightings.all("opening")
    assert closing_of(opening, "x") is None


def test_a_crossing_is_told_to_the_other_parties_and_asks_nobody() -> None:
    crossing = Crossing(
        sky_time=T0,
        accord=LOADED.digest,
        thing="line",
        place="river",
        way="to-left",
        icao24="a00001",
        callsign="A-CALLSIGN-THAT-IS-TOO-LONG",
        party="A",
        time=T0 - timedelta(microseconds=456_789),
        latitude=35.123456789,
        longitude=38.0,
        altitude_ft=5000.4,
        confident=True,
        reason="x" * 600,
    )
    saying = sayings().of(crossing)
    assert saying is not None
    assert (saying.kind, saying.accord, saying.recipients) == ("crossing", LOADED.digest, ("B", "C"))
    body = saying.body.dump()
    assert KINDS.fault("crossing", body) is None
    assert (body["latitude"], body["altitude_ft"]) == (35.12346, 5000)
    assert body["time"] == "2015-10-20T08:59:59.540Z"

"""Nothing of an exercise is counted among real days, nor the other way round, whatever both tell of at once.

Every entry of a real day is told once more as an exercise, under the same accord, of the same aircraft and
time: the real pack stays what it was, and the exercise's is its mirror.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from skyaccord.hotline.acts import MESSAGE
from skyaccord.pack.ledger import Window
from skyaccord.pack.making import make_pack, make_public, tables_of
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.pack.views import SKY, Meeting, Side, Two, View, two_views

DAY = SKY.replace(hour=0)
REAL = Window(DAY, DAY + timedelta(days=1))
EXERCISE = Window(DAY, DAY + timedelta(days=1), exercise=True)
SEEN = ("alert", "encounter", "approach", "incident.opened")
LATER = "7"  # seconds; the same encounter told again is not the very same


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Two meetings, of which B misses one; each side opens its breaches; a message and its answer."""
    meetings = [Meeting(1, 160), Meeting(2, 190, 0.05)]
    deaf = View("B", lambda icao24, _at_s: icao24 != meetings[1].pair[1])
    made = two_views(tmp_path_factory.mktemp("apart"), meetings, View("A"), deaf, seed=9)
    officers = {side.party: PersonKey.generate() for side in (made.a, made.b)}
    for side in (made.a, made.b):
        body = {"public_key": officers[side.party].public, "name": "Officer", "role": "duty-officer"}
        side.journal.append("person.enrolled", {**body, "automatic": False}, recipients=["*"], sky_time=SKY)
        _open(side)
    made.officers = officers  # type: ignore[attr-defined]
    _talk(made, exercise=False)
    yield made
    made.close()


def _open(side: Side, *, exercise: bool = False) -> None:
    for entry in list(side.journal.entries(kinds=("encounter",))):
        told = entry.body["observation"]
        if entry.header.exercise is exercise and told["verdict"] != "infringement" and told["end_time"]:
            body = {
                "pair": told["pair"], "reason": told["verdict"], "observation": told, "statement": None,
                "about": entry.ref.model_dump(mode="json"),
            }  # fmt: skip
            side.journal.append(
                "incident.opened", body, recipients=["*"], accord=entry.header.accord,
                sky_time=entry.header.sky_time, exercise=exercise,
            )  # fmt: skip


def _talk(two: Two, *, exercise: bool) -> None:
    """A asks, B holds it and acknowledges."""
    accord = next(e.header.accord for e in two.a.journal.entries(kinds=("encounter",)))

    def said(side: Side, **payload: Any) -> dict[str, Any]:
        at = side.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
        common = {
            "accord": accord,
            "exercise": exercise,
            "automatic": False,
            "role": "duty-officer",
            "at": at,
        }
        return sign_statement({**common, "party": side.party, **payload}, two.officers[side.party])  # type: ignore[attr-defined]

    asked = two.a.journal.append(
        MESSAGE, {"statement": said(two.a, act="message", to_role="duty-officer", text="?", language="en")},
        recipients=["B"], accord=accord, sky_time=SKY, exercise=exercise,
    )  # fmt: skip
    answer = said(two.b, act="acknowledge", of=asked.ref.model_dump(mode="json"))
    two.b.journal.append(
        "acknowledgement", {"statement": answer}, recipients=["A"], accord=accord, sky_time=SKY,
        exercise=exercise,
    )  # fmt: skip


def tables(two: Two, window: Window) -> str:
    made = make_pack(two.ledger(two.a), window)
    found = tables_of(made)
    found.pop("journals")  # how many entries are held: of both
    return json.dumps(found, default=str, sort_keys=True)


def counted(two: Two, window: Window) -> list[tuple[Any, ...]]:
    made = make_pack(two.ledger(two.a), window).figures
    return (
        [
            (row.party, row.alerts, row.infringements, row.breaches, row.nmacs, row.approaches)
            for row in made.sky
        ]
        + [(row.party, row.messages) for row in made.line]
        + [(one.incident[:13], one.reason) for one in made.incidents]
    )


def test_the_same_day_told_again_as_an_exercise_changes_no_real_figure(two: Two) -> None:
    before, real = tables(two, REAL), counted(two, REAL)
    public = make_public(two.ledger(two.a), REAL).tables
    assert any(sum(filter(None, table.cells.values())) for table in public) or len(real) > 4
    assert len([row for row in real if row[-1] in ("breach", "nmac")]) == 2
    assert not [row for row in counted(two, EXERCISE) if any(isinstance(x, int) and x for x in row)]
    for side in (two.a, two.b):
        for entry in list(side.journal.entries(kinds=SEEN[:3])):
            body = json.loads(json.dumps(entry.body))
            if "alert" in body:
                body["alert"] += "x"
            else:
                start = body["observation"]["start_time"]
                body["observation"]["start_time"] = f"{start[:18]}{LATER}{start[19:]}"
            side.journal.append(
                entry.kind or "", body, recipients=entry.header.recipients, accord=entry.header.accord,
                sky_time=entry.header.sky_time, exercise=True,
            )  # fmt: skip
    for side in (two.a, two.b):
        _open(side, exercise=True)
    _talk(two, exercise=True)
    assert tables(two, REAL) == before
    assert make_public(two.ledger(two.a), REAL).tables == public
    # Incidents that lie upon real ones are those: a name stands for one thing.
    assert counted(two, EXERCISE) == [row for row in real if row[-1] not in ("breach", "nmac")]

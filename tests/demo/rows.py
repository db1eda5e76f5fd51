"""Rows as a node's console interface gives them, for two parties that saw one exercise."""

from __future__ import annotations

from typing import Any

from skyaccord.demo.views import View

PAIR = ("ba0006", "bb0023")
DIGEST = "sha256:" + "ab" * 32
Row = dict[str, Any]
WHO: Row = {"pair": list(PAIR), "callsigns": ["ALFA06", "BRAVO35"], "parties": ["A", "B"]}


def ref(party: str, sequence: int) -> Row:
    return {"origin": f"skyaccord.journal/{party}/0123456789abcdef", "sequence": sequence, "leaf": "00" * 32}


def approach(party: str, **more: Any) -> Row:
    return {
        **WHO,
        "ref": ref(party, 7),
        "party": party,
        "state": "closed",
        "contains_encounter": False,
        "incident": None,
        "start_time": "2015-10-10T09:01:19Z",
        "end_time": "2015-10-10T09:03:01Z",
        "min_horizontal_nm": 14.98,
        "min_horizontal_time": "2015-10-10T09:02:10Z",
        **more,
    }


def alert(**more: Any) -> Row:
    return {
        **WHO,
        "event": "ba0006.bb0023.abababab.1",
        "accord": DIGEST,
        "observed_by": ["A", "B"],
        "asked": {"A": "duty-officer", "B": "duty-officer"},
        "acknowledged_by": ["A", "B"],
        "overdue": [],
        "alerts": [
            {
                "ref": ref(party, 9),
                "party": party,
                "tier": "advisory",
                "raised_at": "2015-10-10T09:05:50Z",
                "reason": "closer than 3 NM and 3,000 ft in 118 s if both go on straight",
            }
            for party in ("A", "B")
        ],
        "acknowledgements": [
            {"party": party, "role": "duty-officer", "name": "Officer", "automatic": True}
            for party in ("A", "B")
        ],
        **more,
    }


def encounter(party: str, **more: Any) -> Row:
    return {
        **WHO,
        "ref": ref(party, 12),
        "event": "ba0006.bb0023.abababab.1",
        "party": party,
        "accord": DIGEST,
        "rule": "threes",
        "verdict": "infringement",
        "sky_time": "2015-10-10T09:08:04Z",
        "start_time": "2015-10-10T09:07:48Z",
        "end_time": "2015-10-10T09:08:04Z",
        "dwell_s": 15.6,
        "min_horizontal_nm": 2.21,
        **more,
    }


def incident(**more: Any) -> Row:
    return {
        **WHO,
        "incident": "ba0006.bb0023.approach.1",
        "reason": "officer",
        "opened_by": ["A"],
        "openings": [{"ref": ref("A", 8), "party": "A", "reason": "officer"}],
        **more,
    }


def accord(**more: Any) -> Row:
    return {
        "digest": DIGEST,
        "name": "rule-of-threes-october-2015",
        "title": "EXERCISE: the rule of threes",
        "state": "in force",
        "signed_by": ["A", "B"],
        "rules": [
            {"horizontal_nm": 3.0, "vertical_ft": 3000.0, "combinator": "either", "max_dwell_s": 180.0}
        ],
        **more,
    }


def view(party: str, **rows: list[Row]) -> View:
    """What a node shows after the exercise; any kind of rows can be replaced."""
    status = {
        "sky_time": "2015-10-10T09:08:40Z",
        "feed": {"state": "ended", "states": 2000, "name": "x"},
        "peers": [{"party": "B" if party == "A" else "A", "link": "up", "outbox": 0}],
        "accords": rows.pop("accords", [accord()]),
        "enrolments_waiting": [],
    }
    given: dict[str, list[Row]] = {
        "alerts": [alert()],
        "approaches": [approach(party)],
        "encounters": [encounter("A"), encounter("B")],
        "incidents": [incident()],
        "messages": [],
    }
    return View(party, status, **{**given, **rows})


def views(**rows: list[Row]) -> dict[str, View]:
    """Both nodes alike."""
    return {party: view(party, **rows) for party in ("A", "B")}

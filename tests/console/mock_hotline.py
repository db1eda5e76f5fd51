"""The mock node's hotline: its state, the built-in phrasebook, the node's own checks. All of it EXERCISE."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request

from skyaccord.hotline.checking import NOTICE, faults
from skyaccord.hotline.lead import Lead
from skyaccord.hotline.phrasebook import built_in, spoken
from skyaccord.node.http.hotline import Draft, phrase_row
from tests.console import scene

Row = dict[str, Any]


def quiet() -> Row:
    """Nothing is wrong, nobody keeps a roster."""
    return {
        "party": "A", "alarms": [], "alarms_left_out": 0, "loud": False, "circuits": [], "roster": [],
        "rosters_kept": [],
        "waiting": [], "drills": [], "drill_due_at": None, "drill_terms": None, "voices": [], "radio": [],
    }  # fmt: skip


def alarmed() -> Row:
    """A SAFETY STOP that nobody of our own side has acknowledged, and a position misunderstood."""
    alarm = {
        "code": "not-acknowledged", "party": "A", "role": "deputy", "since": "2015-10-21T09:29:00.000Z",
        "loud": True, "ours": True, "subject": scene.ref("B", 40), "said": "SAFETY_STOP",
        "distance_nm": None, "exercise": True,
    }  # fmt: skip
    wrong = {**alarm, "code": "read-back", "party": "B", "ours": False, "distance_nm": 4.79}
    circuit = {
        "party": "B", "state": "silent", "heard_at": None, "due_at": "2015-10-21T09:00:00.000Z", "missed": 2,
        "answer_s": None, "line": "up", "line_since": "2015-10-21T08:00:00.000Z",
    }  # fmt: skip
    return {**quiet(), "alarms": [alarm, wrong], "loud": True, "circuits": [circuit]}


def put_on(app: FastAPI, state: dict[str, Row]) -> None:
    """Add the routes; state["now"] is what the hotline says."""

    @app.get("/api/hotline")
    def hotline() -> Row:
        return state["now"]

    @app.get("/api/hotline/phrasebook")
    def phrasebook() -> Row:
        phrases = [phrase_row(one) for one in built_in().phrases.values()]
        guard = {"name": "guard-vhf", "mhz": 121.5, "use": "Guard."}
        return {"accord": None, "phrases": phrases, "plan": None, "frequencies": [guard], "places": []}

    @app.post("/api/hotline/check")
    async def check(request: Request) -> Row:
        draft = Draft.model_validate(await request.json())
        found = faults(None, draft.code, draft.params)
        said = spoken(built_in().phrases.get(draft.code), draft.params)
        late = [Lead(50, 3600, late=True).fault()] if draft.code == NOTICE else []
        return {"faults": [one.row() for one in found], "warnings": [one.row() for one in late], "said": said}

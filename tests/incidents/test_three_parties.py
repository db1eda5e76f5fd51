"""An accord of three, and a neighbour who is in none: whoever has a part must speak, nobody else may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skyaccord.accord.procedures import IncidentProcedure
from skyaccord.base.errors import InputError
from skyaccord.incidents.joint.document import joint_document
from skyaccord.paper.plain import document_lines
from skyaccord.record.fields import EntryRef
from tests.incidents.desk import PROCEDURE, Desk
from tests.node.tabletop import Table, play
from tests.node.test_incident_story import INCIDENT, say

THREE = ("A", "B", "C")
SCALED = IncidentProcedure(report_within_s=3600, account_within_s=7200, severity_scales=("airprox",))


def desks(procedure: IncidentProcedure = PROCEDURE) -> tuple[Desk, Desk, Desk, EntryRef]:
    a, b, c = (Desk(party, procedure, parties=THREE) for party in THREE)
    incident = a.open()
    hear(a, b, c)
    return a, b, c, incident


def hear(*every: Desk) -> None:
    for one in every:
        for other in every:
            if other is not one:
                one.hear(other)


def test_a_fact_is_agreed_when_both_others_agree_and_disputed_when_one_does_not() -> None:
    a, b, c, incident = desks()
    fact = a.say(incident, "incident-fact", step="state", text="Both were at FL250.").model_dump(mode="json")
    hear(a, b, c)
    b.say(incident, "incident-fact", step="agree", fact=fact)
    hear(a, b, c)
    assert [desk.case.facts[0].state for desk in (a, b, c)] == ["stated"] * 3
    c.say(incident, "incident-fact", step="dispute", fact=fact, because="FL260.")
    hear(a, b, c)
    assert {desk.case.facts[0].state for desk in (a, b, c)} == {"disputed"}
    lines = document_lines(joint_document(a.case, "en"), isolates=False)
    assert "> FL260." in lines
    c.say(incident, "incident-fact", step="agree", fact=fact)
    hear(a, b, c)
    assert {desk.case.facts[0].state for desk in (a, b, c)} == {"agreed"}


def test_it_is_closed_when_all_three_have_closed_the_same_record() -> None:
    a, b, c, incident = desks()
    for desk in (a, b, c):
        desk.say(incident, "incident-account", text=f"Of {desk.party}.", language="en")
    asked = b.say(incident, "incident-question", step="ask", to="C", text="Where were you?")
    hear(a, b, c)
    assert len({desk.case.digest for desk in (a, b, c)}) == 1
    assert a.case.missing("A") == b.case.missing("B") == []
    with pytest.raises(InputError, match="no answer"):
        c.case.check_close("C")
    c.say(incident, "incident-question", step="answer", question=asked.model_dump(mode="json"), text="North.")
    hear(a, b, c)
    for count, desk in enumerate((a, b, c), 1):
        desk.say(incident, "incident-close", step="close", record=desk.case.digest)
        hear(a, b, c)
        assert {one.case.state for one in (a, b, c)} == {"closed" if count == 3 else "closing"}


def test_each_of_three_is_missed_for_itself() -> None:
    a, b, c, incident = desks()
    b.say(incident, "incident-account", text="So.", language="en")
    hear(a, b, c)
    late = a.case.opened_at + (a.case.dues()[-1].at - a.case.opened_at) * 2
    missed = {(one.what, one.party) for one in a.case.dues() if one.state(late) == "missed"}
    assert missed == {("report", "C"), ("account", "A"), ("account", "C")}


def test_severity_is_confirmed_by_three_or_not_at_all() -> None:
    a, b, c, incident = desks(SCALED)
    values = ("B", "B", "C")
    for desk, value in zip((a, b, c), values, strict=True):
        because = "" if value == "B" else "They were well apart."
        desk.say(incident, "incident-severity", scale="airprox", value=value, proposed="B", because=because)
        hear(a, b, c)
    assert {desk.case.severity()["airprox"].state for desk in (a, b, c)} == {"differs"}
    two = replace(a.case, severities=a.case.severities[:2])
    assert two.severity()["airprox"].state == "given"
    c.say(incident, "incident-severity", scale="airprox", value="B", proposed="B")
    hear(a, b, c)
    assert a.case.severity()["airprox"].state == "confirmed"


def test_a_neighbour_without_a_part_reads_nothing_and_says_nothing(tmp_path: Path) -> None:
    """A and B have an accord; C is a peer of both. The incident under it is theirs."""

    async def story(table: Table) -> None:
        table.introduce()
        a, b, c = (table.seats[name] for name in "abc")
        table.seats = {"a": a, "b": b}
        text = table.accord_text() + INCIDENT
        table.seats = {"a": a, "b": b, "c": c}
        for seat in (a, b):
            seat.sign(text)
        await table.prepare()
        await table.exchange(4)
        [accord] = [one for one in (await a.get("status"))["accords"] if one["state"] == "in force"]
        report = {
            "act": "report-incident", "accord": accord["digest"], "reason": "hand", "note": "Too near.",
            "start": "2015-10-20T09:00:00Z", "end": "2015-10-20T09:00:00Z",
        }  # fmt: skip
        assert (await a.act(report)).status_code == 201
        await table.exchange()
        [row] = await b.get("incidents")
        assert row["between"] == ["A", "B"]
        await say(b, row, "incident-account", text="Ours alone.", language="en")
        await table.exchange()
        assert await c.get("incidents") == []
        held = [entry for entry in c.journal.entries(b.card.origin) if not entry.sealed]
        assert "incident.account" not in {entry.kind for entry in held}
        refused = await c.act(
            {
                "act": "incident-account",
                "incident": row["ref"],
                "accord": row["accord"],
                "text": "We know.",
                "language": "en",
            }
        )
        assert refused.status_code == 422, refused.text

    play(tmp_path, story, "ABC")

"""What people say about incidents, put into the journal after the state machines have allowed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from skyaccord.base.errors import InputError
from skyaccord.incidents.acts import INCIDENT_OPENED, OpenIncident
from skyaccord.incidents.case import Case
from skyaccord.incidents.covering import covered
from skyaccord.incidents.crossings import CROSSING, CrossingBody
from skyaccord.incidents.statements import (
    REPORTED,
    STATEMENTS,
    AccountStatement,
    CloseStatement,
    FactStatement,
    IncidentStatement,
    NoteStatement,
    QuestionStatement,
    ReportIncident,
    SeverityStatement,
)
from skyaccord.node.acts import Acts
from skyaccord.node.incident_alarms import readers_of
from skyaccord.node.keeper import Keeper
from skyaccord.node.subjects import parties_of, subject
from skyaccord.record.fields import EntryRef

OPENABLE: Final = ("alert", "encounter", "approach", "incident.opened")
NONE_HERE: Final = "no such incident is known here"


def register(acts: Acts, keeper: Keeper) -> None:
    """Add the handlers of the incidents' acts."""

    async def open_incident(dsse: dict[str, Any], statement: OpenIncident) -> EntryRef:
        observation = None
        if statement.about is not None:
            subject(keeper, statement.about, OPENABLE)
            sighting = keeper.projections.sightings.at(statement.about)
            if sighting is None:
                raise InputError("the statement is not about an alert, an encounter or an approach")
            if list(sighting.pair) != statement.pair:
                raise InputError(
                    f"that is about {' and '.join(sighting.pair)}, not the pair of the statement"
                )
            if sighting.observation is not None:
                observation = sighting.observation.model_dump(mode="json")
        entry = await keeper.carry(
            INCIDENT_OPENED,
            dsse,
            parties_of(keeper, statement.accord),
            pair=statement.pair,
            reason="officer",
            about=statement.about.model_dump(mode="json") if statement.about else None,
            observation=observation,
        )
        return entry.ref

    async def report(dsse: dict[str, Any], statement: ReportIncident) -> EntryRef:
        crossing: CrossingBody | None = None
        if statement.incident is not None:
            case = _case(keeper, statement.incident, statement.party)
            _same_accord(case, statement.accord)
            case.check(statement.party, "say")
        if statement.about is not None:
            told = subject(keeper, statement.about, (CROSSING,))
            crossing = CrossingBody.model_validate(told.body)
            if told.header.accord != statement.accord or statement.aircraft != [crossing.icao24]:
                raise InputError("the statement names another aircraft or accord than that crossing")
        _check_codes(keeper, statement)
        entry = await keeper.carry(
            REPORTED,
            dsse,
            parties_of(keeper, statement.accord),
            about=statement.about.model_dump(mode="json") if statement.about else None,
            crossing=crossing.dump() if crossing else None,
        )
        return entry.ref

    def word(kind: str) -> Callable[[dict[str, Any], Any], Any]:
        async def say(dsse: dict[str, Any], statement: IncidentStatement) -> EntryRef:
            case = _case(keeper, statement.incident, statement.party)
            _same_accord(case, statement.accord)
            _CHECKS[type(statement)](case, statement)
            own = keeper.projections.own.party
            entry = await keeper.carry(kind, dsse, list(readers_of(case, own)))
            return entry.ref

        return say

    acts.register("open-incident", open_incident)
    acts.register("report-incident", report)
    for act, _, kind in STATEMENTS:
        acts.register(act, word(kind))


def _case(keeper: Keeper, ref: EntryRef, party: str) -> Case:
    case = keeper.projections.cases.case_at(ref)
    if case is None:
        raise InputError(NONE_HERE, do="wait for its opening to arrive, or check the reference")
    if party not in case.parties:
        raise InputError(f"party {party} has no part in incident {case.id}")
    return case


def _same_accord(case: Case, accord: str | None) -> None:
    if accord != case.accord:
        raise InputError(f"incident {case.id} stands under another accord than the statement")


def _check_codes(keeper: Keeper, statement: ReportIncident) -> None:
    """Codes of conduct are the accord's own, as its annexes have them now."""
    running = keeper.projections.accord_as_it_runs(statement.accord)
    known = [] if running is None else [conduct.code for conduct in running.conduct]
    strange = [code for code in statement.codes if code not in known]
    if strange:
        raise InputError(
            f"the accord has no rule of conduct {strange[0]!r}", do=f"it has {', '.join(known) or 'none'}"
        )


def _check_account(case: Case, statement: AccountStatement) -> None:
    case.check(statement.party, "say")


def _check_fact(case: Case, statement: FactStatement) -> None:
    case.check(statement.party, "say")
    if statement.step == "state":
        return
    fact = next((one for one in case.facts if one.ref == statement.fact), None)
    if fact is None:
        raise InputError("no such fact was stated in this incident", do="see `skyaccord incident show`")
    fact.check(statement.party, statement.step)


def _check_question(case: Case, statement: QuestionStatement) -> None:
    case.check(statement.party, "say")
    if statement.step == "ask":
        if statement.to not in case.parties:
            raise InputError(f"party {statement.to} has no part in incident {case.id}")
        return
    question = next((one for one in case.questions if one.ref == statement.question), None)
    if question is None:
        raise InputError("no such question was asked in this incident", do="see `skyaccord incident show`")
    if statement.step == "answer" and statement.party not in (question.to, question.asked.party):
        raise InputError(f"it was asked of party {question.to}")
    question.check(statement.party, statement.step)


def _check_note(case: Case, statement: NoteStatement) -> None:
    case.check(statement.party, "say")


def _check_severity(case: Case, statement: SeverityStatement) -> None:
    case.check(statement.party, "say")
    _check_role(case, statement.role, "confirms severity")
    standing = case.severity().get(statement.scale)
    proposed = None if standing is None or standing.proposed is None else standing.proposed.value
    if statement.proposed != proposed:
        raise InputError(
            f"the software proposes {proposed or 'nothing'} by now, not {statement.proposed or 'nothing'}",
            do="look at it again, and sign again",
        )


def _check_close(case: Case, statement: CloseStatement) -> None:
    case.check(statement.party, statement.step)
    _check_role(case, statement.role, "closes and reopens incidents")
    if statement.step == "close":
        case.check_close(statement.party)
        if statement.record != case.digest:
            raise InputError(
                "more has been said since the record that the statement closes",
                do="read it again, and close it as it stands",
            )
        if statement.entries != covered((*case.refs, *case.erased)):
            raise InputError(
                "the statement names other entries than those that the record stands on",
                do="read it again, and name its `entries` as they are shown",
            )


def _check_role(case: Case, role: str, does: str) -> None:
    """The accord names a role for it, or anybody may who is enrolled."""
    needed = None if case.procedure is None else case.procedure.confirmed_by
    if needed is not None and role != needed:
        raise InputError(f"under this accord the role {needed!r} {does}, not {role!r}")


_CHECKS: Final[dict[type[IncidentStatement], Callable[[Case, Any], None]]] = {
    AccountStatement: _check_account,
    FactStatement: _check_fact,
    QuestionStatement: _check_question,
    NoteStatement: _check_note,
    SeverityStatement: _check_severity,
    CloseStatement: _check_close,
}

"""From entries to answers: what is acknowledged, by whom, and who is silent.

Nothing counts as acknowledged but a statement that a person of the right party signed: the signature and the
enrolment are checked again here, not only where the entry came in, so that no path through the program shows
red as answered because an entry said so.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.hotline.acts import ACKNOWLEDGEMENT, Acknowledge
from skyaccord.hotline.asking import Acknowledgement, Asking, Silence
from skyaccord.hotline.bodies import SILENCE, VACANCY, SilenceBody, VacancyBody
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.statement import verify_statement


def take(
    asking: Asking, enrolments: Enrolments, ref: EntryRef, header: Header, body: dict[str, Any]
) -> EntryRef | None:
    """Take an acknowledgement or a silence; the entry it is about, or None if it is neither or does not
    count.

    enrolments: fed with the same journal's earlier entries.
    """
    if header.kind == ACKNOWLEDGEMENT:
        found = acknowledgement(enrolments, ref, header, body)
        if found is None:
            return None
        asking.acknowledge(found)
        return found.of
    if header.kind not in (SILENCE, VACANCY):
        return None
    try:
        silence = _silence(ref, header, body)
    except ValidationError:
        return None
    if silence.of.origin != header.origin:
        return None  # only who asked can say that nobody answered in time, or that it asks past a role
    asking.silence(silence)
    return silence.of


def _silence(ref: EntryRef, header: Header, body: dict[str, Any]) -> Silence:
    if header.kind == VACANCY:
        empty = VacancyBody.model_validate(body)
        return Silence(empty.of, empty.party, empty.role, 0.0, header.recorded_at, ref, vacant=True)
    said = SilenceBody.model_validate(body)
    return Silence(said.of, said.party, said.role, said.deadline_s, header.recorded_at, ref)


def acknowledgement(
    enrolments: Enrolments, ref: EntryRef, header: Header, body: dict[str, Any]
) -> Acknowledgement | None:
    """The acknowledgement in this entry, if a person enrolled by the journal's own party signed it."""
    try:
        said = verify_statement(
            body.get("statement"), enrolments, before=header.sequence, recorded_at=header.recorded_at
        )
    except RefusedError:
        return None
    if not isinstance(said, Acknowledge) or said.party != header.party:
        return None
    person = enrolments.find(said.party, said.person, said.role, before=header.sequence)
    return Acknowledgement(
        of=said.of,
        ref=ref,
        party=said.party,
        role=said.role,
        name=person.name if person else "",
        at=said.at,
        automatic=said.automatic,
        exercise=said.exercise or header.exercise,
    )

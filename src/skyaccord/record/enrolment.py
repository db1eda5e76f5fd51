"""Who may sign for which role of a party: a projection of `person.enrolled` and `person.dismissed`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from skyaccord.record.envelope import Header
from skyaccord.record.kinds import (
    ENROLMENTS_MAX,
    PERSON_DISMISSED,
    PERSON_ENROLLED,
    PersonDismissed,
    PersonEnrolled,
)


@dataclass(frozen=True)
class Enrolment:
    """One `person.enrolled`, where it stands and when it was recorded."""

    party: str
    public_key: str
    name: str
    role: str
    automatic: bool
    sequence: int
    recorded_at: datetime


class Enrolments:
    """Fed with entries in their order; answers who was enrolled before a place in the journal."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], list[Enrolment]] = {}
        self._dismissed: dict[tuple[str, str], list[int]] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many enrolments were taken, repeated ones included."""
        return self._count

    def add(self, header: Header, body: dict[str, Any]) -> Enrolment | None:
        """Take note of an entry; the enrolment, if it is one that holds, else None."""
        if header.kind == PERSON_DISMISSED:
            self._dismiss(header, body)
            return None
        if header.kind != PERSON_ENROLLED:
            return None
        try:
            person = PersonEnrolled.model_validate(body)
        except ValidationError:
            return None
        enrolment = Enrolment(
            header.party,
            person.public_key,
            person.name,
            person.role,
            person.automatic,
            header.sequence,
            header.recorded_at,
        )
        self._found.setdefault((header.party, person.public_key, person.role), []).append(enrolment)
        self._count += 1
        return enrolment

    def find(self, party: str, public_key: str, role: str, *, before: int | None = None) -> Enrolment | None:
        """The latest enrolment of this key for this role whose sequence is below `before` (None: any), unless
        the person was dismissed between the two.
        """
        for enrolment in reversed(self._found.get((party, public_key, role), [])):
            if before is None or enrolment.sequence < before:
                return None if self._dismissed_since(enrolment, before) else enrolment
        return None

    def _dismiss(self, header: Header, body: dict[str, Any]) -> None:
        try:
            person = PersonDismissed.model_validate(body)
        except ValidationError:
            return
        self._dismissed.setdefault((header.party, person.public_key), []).append(header.sequence)

    def fault(self, header: Header, body: dict[str, Any]) -> str | None:
        """Why an entry, whose body keeps to its model, enrols or dismisses nobody here; or None."""
        if header.kind == PERSON_ENROLLED and len(self) >= ENROLMENTS_MAX:
            return f"more than {ENROLMENTS_MAX} enrolments of one party"
        if header.kind == PERSON_DISMISSED and not self.of_key(header.party, body["public_key"]):
            return "dismisses a key that is not enrolled"
        return None

    def _dismissed_since(self, enrolment: Enrolment, before: int | None) -> bool:
        return any(
            place > enrolment.sequence and (before is None or place < before)
            for place in self._dismissed.get((enrolment.party, enrolment.public_key), ())
        )

    def of_key(self, party: str, public_key: str) -> list[Enrolment]:
        """Every role this key is enrolled for, latest enrolment of each; none once it was dismissed."""
        return [
            found[-1]
            for (who, key, _), found in self._found.items()
            if (who, key) == (party, public_key) and not self._dismissed_since(found[-1], None)
        ]

    def all(self) -> list[Enrolment]:
        """The latest enrolment of each party, key and role, in order; those dismissed since are left out."""
        last = (found[-1] for found in self._found.values())
        return sorted(
            (one for one in last if not self._dismissed_since(one, None)),
            key=lambda one: (one.party, one.sequence),
        )

"""Who may sign for which role of a party: a projection of the `person.enrolled` entries of its journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from skyaccord.record.envelope import Header
from skyaccord.record.kinds import PERSON_ENROLLED, PersonEnrolled


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
        self._count = 0

    def __len__(self) -> int:
        """How many enrolments were taken, repeated ones included."""
        return self._count

    def add(self, header: Header, body: dict[str, Any]) -> Enrolment | None:
        """Take note of an entry, if it is an enrolment that holds; else None."""
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
        """The latest enrolment of this key for this role whose sequence is below `before` (None: any)."""
        for enrolment in reversed(self._found.get((party, public_key, role), [])):
            if before is None or enrolment.sequence < before:
                return enrolment
        return None

    def of_key(self, party: str, public_key: str) -> list[Enrolment]:
        """Every role this key is enrolled for, latest enrolment of each."""
        return [
            found[-1] for (who, key, _), found in self._found.items() if (who, key) == (party, public_key)
        ]

    def all(self) -> list[Enrolment]:
        """The latest enrolment of each party, key and role, in order of enrolment."""
        return sorted(
            (found[-1] for found in self._found.values()), key=lambda one: (one.party, one.sequence)
        )

"""What people say about incidents, signed with their own keys: open-incident."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.fields import EntryRef

INCIDENT_OPENED: Final = "incident.opened"
NOTE_CHARS_MAX: Final = 2000


def _pair(pair: list[str]) -> list[str]:
    if pair != sorted(set(pair)):
        raise ValueError("two different addresses, the smaller first")
    return pair


Address = Annotated[str, Field(pattern=r"^~?[0-9a-z]{1,16}$")]
Pair = Annotated[list[Address], Field(min_length=2, max_length=2), AfterValidator(_pair)]


class OpenIncident(PersonStatement):
    """An officer opens an incident about a pair of aircraft."""

    act: Literal["open-incident"]
    pair: Pair
    about: EntryRef | None
    note: Annotated[str, Field(max_length=NOTE_CHARS_MAX)]


register_act("open-incident", OpenIncident, kind=INCIDENT_OPENED)

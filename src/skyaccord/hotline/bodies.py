"""Bodies of the hotline's kinds.

Those that carry a person's signed statement carry nothing else: everything they say is inside it, where the
node that carries it cannot change a word. What a node says itself are facts: a silence, a vacancy, and that
a prepared message goes out now.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from skyaccord.hotline import acts
from skyaccord.record.acts import register_carrier
from skyaccord.record.fields import EntryRef, PartyId, RecordModel, RoleId
from skyaccord.record.kinds import register_kind
from skyaccord.record.quota import bound_kind

SILENCE: Final = "silence"
VACANCY: Final = "vacancy"
RELEASED: Final = "message.released"
DEADLINE_S_MAX: Final = 86_400.0  # what an accord allows a role at most


class StatementBody(RecordModel):
    """statement: DSSE; the record checks signature, enrolment and act before it lets an entry count."""

    statement: dict[str, Any]


class SilenceBody(RecordModel):
    """Nobody of `party` acknowledged `of` within the time that `role` had. deadline_s: wall clock."""

    of: EntryRef
    party: PartyId
    role: RoleId
    deadline_s: Annotated[float, Field(gt=0, le=DEADLINE_S_MAX)]


class VacancyBody(RecordModel):
    """`of` asks `role` of `party`, which by its own roster nobody holds: the next role is asked at once."""

    of: EntryRef
    party: PartyId
    role: RoleId


class ReleasedBody(RecordModel):
    """A prepared message goes out. prepared: the sealed entry; statement: the person's DSSE in it.

    expired: its time had run out before the line was back; it asks nobody.
    """

    prepared: EntryRef
    statement: dict[str, Any]
    expired: bool


_STATEMENTS: Final = (
    acts.ACKNOWLEDGEMENT,
    acts.MESSAGE,
    acts.PREPARED,
    acts.READ,
    acts.READ_BACK,
    acts.DUTY,
    acts.DRILL,
    acts.RADIO,
    acts.VOICE,
)
for _kind in _STATEMENTS:
    register_kind(_kind, StatementBody)
register_kind(SILENCE, SilenceBody)
register_kind(VACANCY, VacancyBody)
register_kind(RELEASED, ReleasedBody)
register_carrier(RELEASED, "message-prepared")
# What asks people or stays open: no watch, however busy, says more in a day, and machines do not say it.
for _kind, _a_day in (
    (acts.MESSAGE, 2000),  # one in 43 s, day and night
    (RELEASED, 2000),
    (acts.DRILL, 200),
    (acts.DUTY, 1000),
    (acts.VOICE, 1000),
    (acts.RADIO, 5000),
    (SILENCE, 20_000),
    (VACANCY, 20_000),
    (acts.ACKNOWLEDGEMENT, 20_000),
):
    bound_kind(_kind, _a_day)

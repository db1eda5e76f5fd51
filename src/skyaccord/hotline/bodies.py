"""Bodies of the hotline's kinds: acknowledgement, message, silence.

The first two only carry a person's signed statement: everything they say is inside it, where the node that
carries it cannot change a word.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from skyaccord.hotline.acts import ACKNOWLEDGEMENT, MESSAGE
from skyaccord.record.fields import EntryRef, PartyId, RecordModel, RoleId
from skyaccord.record.kinds import register_kind

SILENCE: Final = "silence"
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


register_kind(ACKNOWLEDGEMENT, StatementBody)
register_kind(MESSAGE, StatementBody)
register_kind(SILENCE, SilenceBody)

"""What goes over the link: batches of entries one way, answers the other. JSON, strict, bounded."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from skyaccord.base.errors import RefusedError
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.cards import EARLIER_KEYS_MAX
from skyaccord.record.dsse import first_fault
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX
from skyaccord.record.fields import HashHex, Origin, RecordModel, Sequence
from skyaccord.record.kinds import REASON_CHARS_MAX

BATCH_ENTRIES_MAX = 256  # a receipt names each of them; half a minute of a busy sky
# Envelopes of one batch together. One envelope of the largest size always fits.
BATCH_BYTES_MAX = 1024 * 1024
# A listener may refuse larger request bodies unread: JSON quoting and leaves come on top of the envelopes.
BATCH_WIRE_BYTES_MAX = 2 * BATCH_BYTES_MAX
# An answer is a checkpoint; to a party that has lost its own changes of key, these as well.
ANSWER_WIRE_BYTES_MAX = 256 * 1024
NOTE_CHARS_MAX = 2 * 1024  # a checkpoint under way: one line of the journal's party, a few of cosigners

NOT_YET = "not taken yet: "
"""How a reason begins when the batch is not refused for good: it waits on its party's disk, to come again."""

Note = Annotated[str, Field(max_length=NOTE_CHARS_MAX)]


class WireEntry(RecordModel):
    """An entry under way: `salt` (hex) and `envelope` (its bytes as text) together, or neither: sealed."""

    sequence: Sequence
    leaf: HashHex
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    envelope: Annotated[str, Field(max_length=ENVELOPE_BYTES_MAX)] | None = None

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.salt is None) != (self.envelope is None):
            raise ValueError("salt and envelope stand together")
        return self


Rotation = Annotated[str, Field(max_length=ENVELOPE_BYTES_MAX)]


class Batch(BaseModel):
    """Entries of the journal `from`, in order, and its party's checkpoint after the last of them: a C2SP
    signed note over the RFC 6962 root of all leaves up to there. `rotations`: envelopes, signed by the root,
    of all changes of key that the receiver does not hold: the checkpoint is signed with the newest key.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)

    origin: Annotated[Origin, Field(alias="from")]
    checkpoint: Note
    entries: Annotated[list[WireEntry], Field(max_length=BATCH_ENTRIES_MAX)]
    rotations: Annotated[list[Rotation], Field(max_length=EARLIER_KEYS_MAX)] | None = None

    def dumps(self) -> bytes:
        """The request's body."""
        return canonical_json(self.model_dump(by_alias=True, exclude_none=True))


class Answer(RecordModel):
    """`held`: the next sequence wanted, so everything before it is on the receiver's disk. `cosigned`: the
    newest checkpoint of the sender's journal that the receiver has cosigned, with the lines of both; none if
    it holds nothing yet. `reason`: why the batch was refused, if it was. `rotations`: the sender's own
    changes of key beyond its checkpoint: a folder restored from before them does not know what signs for it.
    """

    held: Sequence
    cosigned: Note | None = None
    rotations: Annotated[list[Rotation], Field(max_length=EARLIER_KEYS_MAX)] | None = None
    reason: Annotated[str, Field(max_length=REASON_CHARS_MAX)] | None = None

    def dumps(self) -> bytes:
        """The answer's body."""
        return canonical_json(self.model_dump(exclude_none=True))


def read_batch(data: bytes) -> Batch:
    """A request's body as a batch. RefusedError says what is wrong."""
    return Batch.model_validate(_object(data, BATCH_WIRE_BYTES_MAX, Batch))


def read_answer(data: bytes) -> Answer:
    """An answer's body. RefusedError says what is wrong."""
    return Answer.model_validate(_object(data, ANSWER_WIRE_BYTES_MAX, Answer))


def _object(data: bytes, limit: int, model: type[BaseModel]) -> Any:
    what = model.__name__.lower()
    if len(data) > limit:
        raise RefusedError(f"{what} of {len(data)} bytes; the limit is {limit}")
    try:
        value = parse_json(data)
        model.model_validate(value)
    except ValidationError as error:
        raise RefusedError(f"{what}: {first_fault(error)}"[:REASON_CHARS_MAX]) from None
    except ValueError as error:
        raise RefusedError(f"{what}: {error}"[:REASON_CHARS_MAX]) from None
    return value

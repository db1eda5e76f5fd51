"""What people say on the hotline, signed with their own keys: acknowledge, message."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.fields import EntryRef, RoleId

ACKNOWLEDGEMENT: Final = "acknowledgement"
MESSAGE: Final = "message"
TEXT_CHARS_MAX: Final = 4000  # a message of the hotline is read in seconds, not minutes

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]


class Acknowledge(PersonStatement):
    """ "I have read entry `of` and act on it." """

    act: Literal["acknowledge"]
    of: EntryRef


class Message(PersonStatement):
    """A hotline message to a role of the other side."""

    act: Literal["message"]
    to_role: RoleId
    text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX)]
    language: Language
    about: EntryRef | None = None


register_act("acknowledge", Acknowledge, kind=ACKNOWLEDGEMENT)
register_act("message", Message, kind=MESSAGE)

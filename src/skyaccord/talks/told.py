"""Who has been told the rules: a coalition's members confirm it, and who has not is shown.

A member keeps no node and no key. That it confirmed is the statement of a representative of its party, who
signs for having heard it: which members, who of them confirmed, under which accord. A party without members
tells its own crews; it stands in the list under its own name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from skyaccord.accord import limits
from skyaccord.accord.model import Accord, Party
from skyaccord.base.errors import InputError
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.envelope import Header
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import EntryRef, Name, RecordModel
from skyaccord.record.kinds import register_kind
from skyaccord.record.statement import read_statement
from skyaccord.talks.acts import REPRESENTATIVE

TOLD: Final = "accord.told"
ACT: Final = "accord-told"
BY_CHARS_MAX: Final = 200


class ToldStatement(PersonStatement):
    """These members of the signer's party have confirmed that they were told the accord's rules.

    confirmed_by: who of the member confirmed, by function, as the member said it.
    """

    act: Literal["accord-told"]
    members: Annotated[list[Name], Field(min_length=1, max_length=limits.MEMBERS_MAX)]
    confirmed_by: Annotated[str, Field(max_length=BY_CHARS_MAX)] = ""

    @model_validator(mode="after")
    def _about_an_accord(self) -> ToldStatement:
        if self.accord is None:
            raise ValueError("it names no accord")
        if self.role != REPRESENTATIVE:
            raise ValueError(f"only the role {REPRESENTATIVE!r} says who was told")
        return self


class ToldBody(RecordModel):
    """statement: DSSE."""

    statement: dict[str, Any]


register_kind(TOLD, ToldBody)
keep_always(TOLD)
register_act(ACT, ToldStatement, kind=TOLD)


@dataclass(frozen=True)
class Confirmation:
    """One member was told: who confirmed, when the representative signed for it, and where that stands."""

    member: str
    party: str
    confirmed_by: str
    at: datetime
    ref: EntryRef


class ToldBook:
    """Every confirmation, by accord, party and member; the first of each counts."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Confirmation] = {}

    def add(self, ref: EntryRef, header: Header, body: dict[str, Any]) -> str | None:
        """Take an entry that the record has checked; the digest it is about, None for other kinds."""
        if header.kind != TOLD:
            return None
        statement = read_statement(body.get("statement"))
        if not isinstance(statement, ToldStatement) or statement.accord is None:
            return None
        for member in statement.members:
            said = Confirmation(member, statement.party, statement.confirmed_by, statement.at, ref)
            held = self._found.get((statement.accord, statement.party, member))
            if held is None or ref.sequence < held.ref.sequence:
                self._found[statement.accord, statement.party, member] = said
        return statement.accord

    def of(self, digest: str, accord: Accord) -> dict[str, dict[str, Confirmation | None]]:
        """party → member → its confirmation, or None: not told, as far as the record says."""
        return {
            party.id: {member: self._found.get((digest, party.id, member)) for member in must_know(party)}
            for party in accord.parties
        }


def must_know(party: Party) -> tuple[str, ...]:
    """Who of a party must be told: its members; the party itself where it has none."""
    return party.members or (party.name,)


def check_told(accord: Accord, statement: ToldStatement) -> None:
    """InputError for somebody who is no member of the signer's party under this accord."""
    party = accord.party(statement.party)
    if party is None:
        raise InputError(f"party {statement.party} is not in the accord {accord.name}")
    strangers = [member for member in statement.members if member not in must_know(party)]
    if strangers:
        raise InputError(
            f"{strangers[0]!r} is no member of party {party.id} in {accord.name}",
            do=f"its members are {', '.join(must_know(party))}",
        )

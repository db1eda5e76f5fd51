"""A representative tells the party's node to sign: the word that stands on the record before the signature.

What binds a party is its own key (`accord.signed`, `annex.signed`). Where the party lets its representatives
sign at the console, the node, which holds that key while it serves, signs on the word of a person who is
enrolled as representative, and puts that word on the record first, in the same transaction:

    accord.instructed   the representative's statement: digest, its first digits as the person typed them
    accord.signed       the party's signature under that digest, as `accord sign` makes it

Whoever counts signatures counts the second alone; the first says who gave the word.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from skyaccord.accord import limits
from skyaccord.record.acts import PersonStatement, register_act
from skyaccord.record.envelope import Header
from skyaccord.record.erasure import keep_always
from skyaccord.record.fields import Digest, RecordModel
from skyaccord.record.kinds import register_kind
from skyaccord.record.statement import read_statement
from skyaccord.talks.acts import REPRESENTATIVE

INSTRUCTED: Final = "accord.instructed"
ACT: Final = "accord-sign"
TYPED_DIGITS: Final = 12
"""Of the digest, typed by the person who signs: three groups of four, as two people read them out. It is
against signing the wrong thing by a wrong click; the statement's own digest is the whole one."""


class SignStatement(PersonStatement):
    """This party shall sign what has this digest.

    what: an accord (then `accord` is the same digest), or an amendment of an annex of `accord`. typed: the
    digest's first digits. text: the file, where nobody has put it on the record or on the table yet.
    """

    act: Literal["accord-sign"]
    what: Literal["accord", "annex"]
    digest: Digest
    typed: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{TYPED_DIGITS}}}$")]
    text: Annotated[str, Field(max_length=limits.FILE_BYTES_MAX)] = ""

    @model_validator(mode="after")
    def _fits(self) -> SignStatement:
        if self.accord is None or (self.what == "accord" and self.accord != self.digest):
            raise ValueError("it names another accord than it signs")
        if self.role != REPRESENTATIVE:
            raise ValueError(f"only the role {REPRESENTATIVE!r} has the party sign")
        if not self.digest.removeprefix("sha256:").startswith(self.typed):
            raise ValueError("what was typed is not the beginning of the digest")
        return self


class InstructedBody(RecordModel):
    """statement: DSSE."""

    statement: dict[str, Any]


register_kind(INSTRUCTED, InstructedBody)
keep_always(INSTRUCTED)
register_act(ACT, SignStatement, kind=INSTRUCTED)


class Instructions:
    """Who gave the word for which signature, the first of each."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, str]] = {}

    def add(self, header: Header, body: dict[str, Any]) -> str | None:
        """Take an entry that the record has checked; the digest it is about, None for other kinds."""
        if header.kind != INSTRUCTED:
            return None
        statement = read_statement(body.get("statement"))
        if not isinstance(statement, SignStatement):
            return None
        self._found.setdefault(statement.digest, {}).setdefault(statement.party, statement.person)
        return statement.digest

    def of(self, digest: str) -> dict[str, str]:
        """Party → public key of the person on whose word it signed; without the others."""
        return dict(self._found.get(digest, {}))


def typed_digits(text: str) -> str:
    """What a person typed, without what stands between the groups."""
    return re.sub(r"[\s:.-]", "", text.lower().removeprefix("sha256:"))

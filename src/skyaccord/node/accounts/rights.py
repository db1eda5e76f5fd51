"""Roles and rights: the one table of who may do what at a console. docs/accounts.md prints it; a test
compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an account is for. A person with two tasks has two accounts."""

    VIEWER = "viewer"
    DUTY_OFFICER = "duty-officer"
    REPRESENTATIVE = "representative"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a route asks for."""

    OWN = "own"
    """One's own account: who am I, sign out, own sessions, own second factor."""
    WATCH = "watch"
    """Everything the console shows: picture, alerts, encounters, incidents, messages, accords, status."""
    ASK = "ask"
    """Leave something at the node that an administrator must look at: the wish to be enrolled."""
    REPRESENT = "represent"
    """Prepare talks: drafts and trials of accords, before a person signs anything."""
    ADMINISTER = "administer"
    """Accounts, everybody's sessions, and the log of reads."""


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.OWN, Right.WATCH}),
    Role.DUTY_OFFICER: frozenset({Right.OWN, Right.WATCH, Right.ASK}),
    Role.REPRESENTATIVE: frozenset({Right.OWN, Right.WATCH, Right.ASK, Right.REPRESENT}),
    Role.ADMINISTRATOR: frozenset({Right.OWN, Right.WATCH, Right.ASK, Right.ADMINISTER}),
}
"""An administrator gives out accounts and prepares no accord; whoever speaks for the party gives out no
accounts.
What is said on the record (acknowledgements, messages, incidents, signatures) needs a person's enrolled
key, which no role gives.
"""


def rights_of(account: Role, credential: Role) -> frozenset[Right]:
    """What a token of role `credential` may do for an account of role `account`: never more than either."""
    return RIGHTS[account] & RIGHTS[credential]

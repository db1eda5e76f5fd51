"""The state machines of the talks, as data: state × step × side → the next state, or the reason why not.

    clause        absent, proposed, countered, conflict, bracketed, blocked, agreed, reopened
    agenda item   absent, requested, accepted, declined, withdrawn, dealt with
    round         absent, planned, cancelled, held, closed
    accord        unsigned, proposed, in force, announced, suspended, withdrawn
                  (and by time: not yet valid, expired, superseded)

A table says what a person may do from what the person's own node shows. Two people may each do what is right
on either side of a cut link; what then comes of it is computed from both sides' statements (`clauses.py`,
`agenda.py`, `rounds.py`), the same on both nodes, and where nobody was wrong and still two things were said,
the state is `conflict`. Sides of a cell: `own`, what stands is the actor's own word; `other`, somebody
else's.
"""

from __future__ import annotations

from typing import Final

from skyaccord.base.machine import SIDES, Machine, No, Side

__all__ = ["SIDES", "Machine", "No", "Side"]

_NOTHING: Final = No("nothing is proposed at this path yet; propose it")
_COUNTER_IT: Final = No("there is a text already; counter it")
_OWN: Final = No("your own side proposed it and nobody has answered; propose another text in its place")
_NOT_AGREED: Final = No("it is not agreed, so there is nothing to reopen")
_AGREED: Final = No("it is agreed; reopen it first, with the reason")

CLAUSE: Final = Machine(
    "clause",
    ("propose", "counter", "agree", "block", "bracket", "reopen", "comment"),
    {
        "absent": {
            "propose": "proposed",
            "counter": _NOTHING,
            "agree": _NOTHING,
            "block": _NOTHING,
            "bracket": _NOTHING,
            "reopen": _NOTHING,
            "comment": _NOTHING,
        },
        "proposed": {
            "propose": ("proposed", _COUNTER_IT),
            "counter": (_OWN, "countered"),
            "agree": (No("your side stands for it already; the other side answers"), "agreed"),
            "block": (_OWN, "blocked"),
            "bracket": (_OWN, "bracketed"),
            "reopen": _NOT_AGREED,
            "comment": "proposed",
        },
        "countered": {
            "propose": _COUNTER_IT,
            "counter": "countered",
            "agree": "agreed",
            "block": "blocked",
            "bracket": "bracketed",
            "reopen": _NOT_AGREED,
            "comment": "countered",
        },
        "conflict": {
            "propose": _COUNTER_IT,
            "counter": "countered",
            "agree": "agreed",
            "block": "blocked",
            "bracket": "bracketed",
            "reopen": _NOT_AGREED,
            "comment": "conflict",
        },
        "bracketed": {
            "propose": _COUNTER_IT,
            "counter": "countered",
            "agree": "agreed",
            "block": "blocked",
            "bracket": No("it stands in brackets already"),
            "reopen": _NOT_AGREED,
            "comment": "bracketed",
        },
        "blocked": {
            "propose": _COUNTER_IT,
            "counter": ("countered", "blocked"),
            "agree": ("agreed", No("the other side blocks it; only they can lift that")),
            "block": "blocked",
            "bracket": ("bracketed", No("the other side blocks it; only they can lift that")),
            "reopen": _NOT_AGREED,
            "comment": "blocked",
        },
        "agreed": {
            "propose": _AGREED,
            "counter": _AGREED,
            "agree": No("it is agreed already"),
            "block": _AGREED,
            "bracket": _AGREED,
            "reopen": "reopened",
            "comment": "agreed",
        },
        "reopened": {
            "propose": _COUNTER_IT,
            "counter": "countered",
            "agree": ("agreed", No("the other side has reopened it; counter it, or wait for their text")),
            "block": "blocked",
            "bracket": "bracketed",
            "reopen": No("it is open again already"),
            "comment": "reopened",
        },
    },
)
"""`own`: the actor's side put the newest text, or blocks alone, or reopened."""

_THEY_ANSWER: Final = No("your own side asked for it; the other side answers")
_ONLY_ASKER: Final = No("only the side that asked for it can withdraw it; decline it instead")
_ITEM_DONE: Final = No("it was dealt with; ask for a new item")
_ITEM_GONE: Final = No("it was withdrawn; ask for a new item")
_NO_ITEM: Final = No("no such item is known here")

AGENDA: Final = Machine(
    "agenda item",
    ("request", "accept", "decline", "withdraw", "deal"),
    {
        "absent": {
            "request": "requested",
            "accept": _NO_ITEM,
            "decline": _NO_ITEM,
            "withdraw": _NO_ITEM,
            "deal": _NO_ITEM,
        },
        "requested": {
            "request": No("it is on the table already"),
            "accept": (_THEY_ANSWER, "accepted"),
            "decline": (_THEY_ANSWER, "declined"),
            "withdraw": ("withdrawn", _ONLY_ASKER),
            "deal": No("nobody has accepted it yet"),
        },
        "accepted": {
            "request": No("it is accepted already"),
            "accept": (_THEY_ANSWER, No("it is accepted already")),
            "decline": (_THEY_ANSWER, "declined"),
            "withdraw": ("withdrawn", _ONLY_ASKER),
            "deal": "dealt with",
        },
        "declined": {
            "request": ("requested", No("the side that asked for it asks again")),
            "accept": (_THEY_ANSWER, "accepted"),
            "decline": (_THEY_ANSWER, No("it is declined already")),
            "withdraw": ("withdrawn", _ONLY_ASKER),
            "deal": No("it was declined"),
        },
        "withdrawn": dict.fromkeys(("request", "accept", "decline", "withdraw", "deal"), _ITEM_GONE),
        "dealt with": dict.fromkeys(("request", "accept", "decline", "withdraw", "deal"), _ITEM_DONE),
    },
)
"""`own`: the actor's side asked for the item."""

_NO_ROUND: Final = No("no such round is planned; plan it first")
_NOT_HELD: Final = No("the round has not been held yet; say who attended first (`talks round --held`)")
_CLOSED: Final = No("the round is closed: every side has signed its minutes")

ROUND: Final = Machine(
    "round",
    ("plan", "cancel", "hold", "minutes", "sign"),
    {
        "absent": {
            "plan": "planned",
            "cancel": _NO_ROUND,
            "hold": _NO_ROUND,
            "minutes": _NO_ROUND,
            "sign": _NO_ROUND,
        },
        "planned": {
            "plan": "planned",
            "cancel": "cancelled",
            "hold": "held",
            "minutes": _NOT_HELD,
            "sign": _NOT_HELD,
        },
        "cancelled": {
            "plan": "planned",
            "cancel": No("it is cancelled already"),
            "hold": No("it was cancelled; plan it again"),
            "minutes": No("it was cancelled; plan it again"),
            "sign": No("it was cancelled; plan it again"),
        },
        "held": {
            "plan": No("it has been held; plan the next round"),
            "cancel": No("it has been held"),
            "hold": "held",
            "minutes": "held",
            "sign": ("held", "closed"),
        },
        "closed": dict.fromkeys(("plan", "cancel", "hold", "minutes", "sign"), _CLOSED),
    },
)
"""`other`: everybody else stands for the very minutes that the actor signs; `own`: somebody does not yet."""

_UNSIGNED: Final = No("nobody has signed it")
_WAITS: Final = No("it is not in force: a party has not signed it")
_NOT_SUSPENDED: Final = No("it is not suspended")
_WITHDRAWN: Final = No("a party has withdrawn from it; agree on a new version")
_ENDED: Final = No("its validity is over")
_REPLACED: Final = No("a higher version is in force in its place")
_AGAIN: Final = No("your side has signed it already")

ACCORD: Final = Machine(
    "accord",
    ("sign", "suspend", "resume", "withdraw"),
    {
        "unsigned": {
            "sign": "proposed",
            "suspend": _UNSIGNED,
            "resume": _UNSIGNED,
            "withdraw": _UNSIGNED,
        },
        "proposed": {
            "sign": (_AGAIN, "in force"),
            "suspend": _WAITS,
            "resume": _WAITS,
            "withdraw": _WAITS,
        },
        "not yet valid": {
            "sign": _AGAIN,
            "suspend": "suspended",
            "resume": _NOT_SUSPENDED,
            "withdraw": "withdrawn",
        },
        "in force": {
            "sign": _AGAIN,
            "suspend": "suspended",
            "resume": _NOT_SUSPENDED,
            "withdraw": "withdrawn",
        },
        "announced": {
            "sign": _AGAIN,
            "suspend": (No("your side has announced a step already; resume takes it back"), "suspended"),
            "resume": ("in force", No("the other side has announced it; only they can take it back")),
            "withdraw": "withdrawn",
        },
        "suspended": {
            "sign": _AGAIN,
            "suspend": (No("your side has suspended it already"), "suspended"),
            "resume": ("in force", No("the other side suspended it; only they can resume it")),
            "withdraw": "withdrawn",
        },
        "withdrawn": dict.fromkeys(("sign", "suspend", "resume", "withdraw"), _WITHDRAWN),
        "superseded": dict.fromkeys(("sign", "suspend", "resume", "withdraw"), _REPLACED),
        "expired": dict.fromkeys(("sign", "suspend", "resume", "withdraw"), _ENDED),
    },
)
"""`own`: the actor's side has signed (proposed), has announced (announced) or has suspended (suspended).
`announced` is in force, with a notice running. A step has its result when the notice that the accord demands
has run out (`course.py`); where several parties must act, with the last one's."""

MACHINES: Final = (CLAUSE, AGENDA, ROUND, ACCORD)

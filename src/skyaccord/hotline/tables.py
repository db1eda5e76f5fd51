"""The hotline's state machines: message, shift, drill, voice entry. docs/hotline.md draws them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from skyaccord.base.machine import Machine, No, Side

_UNSAID: Final = No("nothing has been said yet")
_PREPARED: Final = No("it is prepared and has not gone out; nobody has it yet")
_EXPIRED: Final = No("its time ran out before it went out; nobody is asked")
_OUT: Final = No("it has gone out already")

MESSAGE: Final = Machine(
    "message",
    ("send", "prepare", "release", "expire", "deliver", "refuse", "read", "run-out", "acknowledge"),
    {
        "absent": {
            "send": "sent",
            "prepare": "prepared",
            **dict.fromkeys(("release", "expire", "deliver", "refuse", "read", "run-out"), _UNSAID),
            "acknowledge": _UNSAID,
        },
        "prepared": {
            "send": _PREPARED,
            "prepare": _PREPARED,
            "release": "sent",
            "expire": "expired",
            **dict.fromkeys(("deliver", "refuse", "read", "run-out", "acknowledge"), _PREPARED),
        },
        "expired": {
            **dict.fromkeys(("send", "prepare", "release", "expire", "deliver", "refuse"), _EXPIRED),
            "read": _EXPIRED,
            "run-out": _EXPIRED,
            "acknowledge": _EXPIRED,
        },
        "sent": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            "deliver": "delivered",
            "refuse": "refused",
            "read": "read",
            "run-out": "silent",
            "acknowledge": "acknowledged",
        },
        "delivered": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            "deliver": "delivered",
            "refuse": "refused",
            "read": "read",
            "run-out": "silent",
            "acknowledge": "acknowledged",
        },
        "read": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            "deliver": "read",
            "refuse": "refused",
            "read": "read",
            "run-out": "silent",
            "acknowledge": "acknowledged",
        },
        "silent": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            "deliver": "silent",
            "refuse": "refused",
            "read": "silent",
            "run-out": "silent",
            "acknowledge": "acknowledged",
        },
        "refused": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            "deliver": "refused",
            "refuse": "refused",
            "read": "refused",
            "run-out": "refused",
            "acknowledge": "acknowledged",
        },
        "acknowledged": {
            **dict.fromkeys(("send", "prepare", "release", "expire"), _OUT),
            **dict.fromkeys(("deliver", "refuse", "read", "run-out", "acknowledge"), "acknowledged"),
        },
    },
)
"""Towards one party. deliver: its receipt; refuse: its receipt says so; read: a person's device opened it;
run-out: a deadline passed with no person's answer. Facts come in any order between journals, and the state
is the same: see `after`."""

_NO_SHIFT: Final = No("no such shift is known here")
_SHIFT_OVER: Final = No("the shift is over; plan or take a new one")
_NOT_YOURS: Final = No("only the person whose shift it is can do that")
_NOT_ON: Final = No("the shift has not begun; take it first")
_NOT_OFFERED: Final = No("it was not offered to anybody; its holder hands it over first")

SHIFT: Final = Machine(
    "shift",
    ("plan", "take", "away", "back", "offer", "accept", "end", "cancel"),
    {
        "absent": {
            "plan": "planned",
            "take": "on duty",
            **dict.fromkeys(("away", "back", "offer", "accept", "end", "cancel"), _NO_SHIFT),
        },
        "planned": {
            "plan": No("it is planned already"),
            "take": ("on duty", _NOT_YOURS),
            "away": ("away", _NOT_YOURS),
            "back": No("nobody said that its holder is away"),
            "offer": ("offered", _NOT_YOURS),
            "accept": _NOT_OFFERED,
            "end": _NOT_ON,
            "cancel": "over",
        },
        "on duty": {
            "plan": No("it has begun"),
            "take": No("it is taken already"),
            "away": ("away", "away"),
            "back": No("nobody said that its holder is away"),
            "offer": ("offered", _NOT_YOURS),
            "accept": _NOT_OFFERED,
            "end": ("over", _NOT_YOURS),
            "cancel": No("it has begun; its holder ends it or hands it over"),
        },
        "away": {
            "plan": No("it has begun"),
            "take": No("its holder is away and comes back with `back`"),
            "away": No("that is known"),
            "back": ("on duty", _NOT_YOURS),
            "offer": ("offered", _NOT_YOURS),
            "accept": _NOT_OFFERED,
            "end": ("over", _NOT_YOURS),
            "cancel": No("it has begun; its holder ends it or hands it over"),
        },
        "offered": {
            "plan": No("it has begun"),
            "take": ("on duty", _NOT_YOURS),
            "away": "away",
            "back": No("nobody said that its holder is away"),
            "offer": ("offered", _NOT_YOURS),
            "accept": (No("it is your own; somebody else accepts it"), "over"),
            "end": No("it is offered; until somebody accepts it, it is yours (take it back with `take`)"),
            "cancel": No("it has begun; its holder ends it or hands it over"),
        },
        "over": dict.fromkeys(
            ("plan", "take", "away", "back", "offer", "accept", "end", "cancel"), _SHIFT_OVER
        ),
    },
)
"""own: the signer holds the shift. A colleague may say that the holder is away: who is away often cannot.
`accept` ends the shift and opens the accepting person's own, to the same end: nobody is off duty in between.
By time alone a shift is over at its end."""

_NO_DRILL: Final = No("no such drill is known here")
_DRILL_DONE: Final = No("the drill is over; open a new one")
_THEIRS: Final = No("the side that opened the drill does that")

DRILL: Final = Machine(
    "drill",
    ("plan", "start", "say", "close", "cancel"),
    {
        "absent": {
            "plan": "planned",
            "start": "running",
            **dict.fromkeys(("say", "close", "cancel"), _NO_DRILL),
        },
        "planned": {
            "plan": No("it is planned already"),
            "start": ("running", _THEIRS),
            "say": No("the drill has not been started"),
            "close": No("the drill has not been started"),
            "cancel": ("cancelled", _THEIRS),
        },
        "running": {
            "plan": No("it runs already"),
            "start": No("it runs already"),
            "say": "running",
            "close": ("closed", _THEIRS),
            "cancel": ("cancelled", _THEIRS),
        },
        "closed": dict.fromkeys(("plan", "start", "say", "close", "cancel"), _DRILL_DONE),
        "cancelled": dict.fromkeys(("plan", "start", "say", "close", "cancel"), _DRILL_DONE),
    },
)
"""own: the signer's side opened it. say: a message of the drill, by either side."""

_NO_ENTRY: Final = No("no such entry is known here")
_OTHERS_WORD: Final = No("your own side entered it; the other side confirms or disputes it")
_OWN_WORD: Final = No("only the side that entered it can withdraw it; dispute it")
_WITHDRAWN: Final = No("it was withdrawn; enter it anew")

VOICE: Final = Machine(
    "voice entry",
    ("enter", "confirm", "dispute", "withdraw"),
    {
        "absent": {"enter": "entered", **dict.fromkeys(("confirm", "dispute", "withdraw"), _NO_ENTRY)},
        "entered": {
            "enter": No("it is entered already"),
            "confirm": (_OTHERS_WORD, "confirmed"),
            "dispute": (_OTHERS_WORD, "disputed"),
            "withdraw": ("withdrawn", _OWN_WORD),
        },
        "confirmed": {
            "enter": No("it is entered already"),
            "confirm": No("both sides have confirmed it"),
            "dispute": (_OTHERS_WORD, "disputed"),
            "withdraw": (No("the other side has confirmed it; it stands"), _OWN_WORD),
        },
        "disputed": {
            "enter": No("it is entered already"),
            "confirm": (_OTHERS_WORD, "confirmed"),
            "dispute": (_OTHERS_WORD, "disputed"),
            "withdraw": ("withdrawn", _OWN_WORD),
        },
        "withdrawn": dict.fromkeys(("enter", "confirm", "dispute", "withdraw"), _WITHDRAWN),
    },
)
"""own: the signer's side entered it."""

MACHINES: Final = (MESSAGE, SHIFT, DRILL, VOICE)


def after(machine: Machine, state: str, steps: Iterable[str], side: Side = "other") -> str:
    """The state after these steps; one that cannot be taken changes nothing."""
    for step in steps:
        cell = machine.cell(state, step, side)
        state = state if isinstance(cell, No) else cell
    return state

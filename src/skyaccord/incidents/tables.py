"""The state machines of an incident: what a person may do, by state, step and side.

    fact       absent, stated, agreed, disputed, withdrawn
    question   absent, asked, answered, withdrawn
    record     open, closing, closed

Sides: of a fact, `own` is the side that stated it; of a question, the side that asked; of the record, a side
whose closing stands. Two people may each do what is right on either side of a cut link: what then comes of it
is computed from both sides' words (`facts.py`, `questions.py`, `case.py`), the same on both nodes.
"""

from __future__ import annotations

from typing import Final

from skyaccord.base.machine import Machine, No

_NO_FACT: Final = No("no such fact was stated in this incident")
_OWN_FACT: Final = No("your own side stated it; the other side answers")
_THEIRS: Final = No("the other side stated it; agree or dispute, only they withdraw it")
_GONE: Final = No("it was withdrawn; state it again as a fact of your own")
_AGREED: Final = No("both sides agree to it already")
_ONCE: Final = No("it is stated already")

FACT: Final = Machine(
    "fact",
    ("state", "agree", "dispute", "withdraw"),
    {
        "absent": {"state": "stated", "agree": _NO_FACT, "dispute": _NO_FACT, "withdraw": _NO_FACT},
        "stated": {
            "state": _ONCE,
            "agree": (_OWN_FACT, "agreed"),
            "dispute": (No("your own side stated it; withdraw it if it is wrong"), "disputed"),
            "withdraw": ("withdrawn", _THEIRS),
        },
        "agreed": {
            "state": _ONCE,
            "agree": _AGREED,
            "dispute": (No("your own side stated it; withdraw it if it is wrong"), "disputed"),
            "withdraw": ("withdrawn", _THEIRS),
        },
        "disputed": {
            "state": _ONCE,
            "agree": (_OWN_FACT, "agreed"),
            "dispute": (No("your own side stated it; withdraw it if it is wrong"), "disputed"),
            "withdraw": ("withdrawn", _THEIRS),
        },
        "withdrawn": {"state": _ONCE, "agree": _GONE, "dispute": _GONE, "withdraw": _GONE},
    },
)

_NO_QUESTION: Final = No("no such question was asked in this incident")
_YOURS: Final = No("your own side asked it; the side that was asked answers")
_NOT_YOURS: Final = No("only the side that asked withdraws a question")

QUESTION: Final = Machine(
    "question",
    ("ask", "answer", "withdraw"),
    {
        "absent": {"ask": "asked", "answer": _NO_QUESTION, "withdraw": _NO_QUESTION},
        "asked": {
            "ask": No("it is asked already"),
            "answer": (_YOURS, "answered"),
            "withdraw": ("withdrawn", _NOT_YOURS),
        },
        "answered": {
            "ask": No("it is asked already"),
            "answer": (_YOURS, "answered"),
            "withdraw": No("it was answered; the answer stands"),
        },
        "withdrawn": {
            "ask": No("it was withdrawn; ask again"),
            "answer": (_YOURS, No("it was withdrawn")),
            "withdraw": No("it was withdrawn already"),
        },
    },
)

_CLOSED_OWN: Final = No("your side has closed it; reopen it first, with the reason")
_CLOSED: Final = No("both sides have closed it; reopen it first, with the reason")
_NOT_CLOSED: Final = No("your side has not closed it as it stands")

RECORD: Final = Machine(
    "record",
    ("say", "close", "reopen"),
    {
        "open": {"say": "open", "close": "closing", "reopen": _NOT_CLOSED},
        "closing": {
            "say": (_CLOSED_OWN, "open"),
            "close": (No("your side has closed it; the other side's closing is awaited"), "closed"),
            "reopen": ("open", _NOT_CLOSED),
        },
        "closed": {
            "say": _CLOSED,
            "close": No("both sides have closed it already"),
            "reopen": ("closing", _NOT_CLOSED),
        },
    },
)

MACHINES: Final = (FACT, QUESTION, RECORD)

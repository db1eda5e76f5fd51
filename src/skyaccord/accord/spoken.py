"""What crews and officers say: conduct, frequencies, and phrases with a code that needs no language."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from skyaccord.accord import limits
from skyaccord.accord.fields import Identifier, Items, Language, Name, Prose, Term, Utc

ParameterKind = Literal[
    "callsign",
    "count",
    "frequency",
    "heading",
    "level",
    "line",
    "number",
    "party",
    "place",
    "position",
    "reference",
    "role",
    "speed",
    "text",
    "time",
]
"""What a phrase can be filled with: frequency in MHz, heading in degrees true, level in feet with its
altitude reference, line: an id in the accord, position in degrees, reference: an envelope, speed in knots,
time in UTC.
"""

NEVER_DATA: Final = (
    "ammunition", "attack", "bomb", "casualt", "enem", "hostil", "lethal", "missile", "munition", "ordnance",
    "strike", "target", "warhead", "weapon",
)  # fmt: skip
"""How no word of a phrase's code or parameter begins: a parameter is a typed field of every message that uses
the phrase, and no structured field carries targets, weapons, effects or hostile intent. Words of safety, like
fire, stay."""


def _no_target(name: str) -> str:
    for word in name.lower().split("_"):
        if word.startswith(NEVER_DATA):
            raise PydanticCustomError(
                "never_data",
                "{name}: targets, weapons and hostile intent are never data; no message has a place for them",
                {"name": repr(name)},
            )
    return name


PhraseCode = Annotated[
    str,
    Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=limits.IDENTIFIER_LENGTH_MAX),
    AfterValidator(_no_target),
]
ParameterName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=limits.IDENTIFIER_LENGTH_MAX),
    AfterValidator(_no_target),
]


class Conduct(Term):
    """One rule of conduct, judged by people: a code to refer to, and text."""

    code: Identifier
    text: Prose
    text_en: Prose | None = None
    text_ru: Prose | None = None
    text_ar: Prose | None = None


class Frequency(Term):
    """One radio frequency and what it is for.

    backup: name of the frequency to change to when this one fails. check_every_s: how often a radio check is
    due on it while aircraft of both sides fly.
    """

    name: Name
    mhz: Annotated[float, Field(ge=limits.MHZ_MIN, le=limits.MHZ_MAX)]
    use: Prose
    use_en: Prose | None = None
    use_ru: Prose | None = None
    use_ar: Prose | None = None
    backup: Name | None = None
    check_every_s: Annotated[float, Field(gt=0, le=limits.CHECK_S_MAX)] | None = None


class FrequencyPlan(Term):
    """The edition of the frequencies: what a message names, so that an old plan is noticed."""

    version: Annotated[int, Field(ge=1, le=limits.VERSION_MAX)]
    start: Utc | None = None


class Wording(Term):
    """The same words in each language."""

    en: Prose | None = None
    ru: Prose | None = None
    ar: Prose | None = None

    def within(self, language: Language) -> str | None:
        """The words in this language; None if there are none."""
        words: str | None = getattr(self, language)
        return words


class Parameter(Term):
    """A place of a phrase, to be filled when it is said."""

    name: ParameterName
    kind: ParameterKind
    optional: bool = False


class Phrase(Term):
    """A standard phrase: the code is the message, the words are for people.

    text: in each language, with `{parameters}`. pronunciation: how to say it, for somebody who does not speak
    the language. response: code of the phrase that must answer it, within `respond_within_s` of wall clock.
    """

    code: PhraseCode
    params: Items[Parameter] = Field((), max_length=limits.PARAMETERS_MAX)
    text: Wording
    pronunciation: Wording | None = None
    response: PhraseCode | None = None
    respond_within_s: Annotated[float, Field(gt=0, le=limits.ACKNOWLEDGE_S_MAX)] | None = None

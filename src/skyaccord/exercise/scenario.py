"""A scenario as data: who plays, what flies, who does what when, and what must come of it."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from skyaccord.base.errors import InputError
from skyaccord.base.toml import parse_toml
from skyaccord.exercise.scn import Traffic, read_scn
from skyaccord.record.dsse import first_fault

FORMAT: Final = "skyaccord.exercise/1"
STEPS_MAX: Final = 200  # what people can follow in an hour
SKY_S_MAX: Final = 7_200.0
SPEED_MAX: Final = 60.0  # faster, nobody can answer before the limits are reached
FILE_BYTES_MAX: Final = 1 << 20  # STEPS_MAX steps of words are a tenth of it
OWN_OPTIONS: Final = ("--node", "--as", "--person-passphrase-file", "--passphrase-file", "--format")
"""What `exercise run` gives to each command itself."""
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
KNOWN_PLACEHOLDER: Final = re.compile(r"incident|accord|draft|heard|said|voice|shift|now([+-]\d{1,6})?")

PartyName = Literal["A", "B"]
Role = Literal["duty-officer", "deputy", "representative"]
Expected = Literal[
    "acknowledged", "escalated", "silence", "vacant", "approach", "infringement", "breach", "alert", "sure",
    "unsure",
    "incident", "disputed", "unanswered-radio", "off-plan-radio", "radio-check", "read-back-wrong",
    "read-back-right", "late-notice", "three-languages", "wording", "by-priority", "expired",
    "voice-confirmed", "suspended", "reconciled",
]  # fmt: skip
"""What a scenario can ask for; docs/exercise.md says how each is judged."""


class Part(BaseModel):
    """Base of every part: strict, frozen, extras refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class OfficerPart(Part):
    """An automatic officer. delay_s: wall seconds before it acknowledges."""

    party: PartyName
    role: Role
    delay_s: Annotated[float, Field(ge=0, le=600)] = 1.0


class Step(Part):
    """One thing that one person does: a command of `skyaccord`, or the signature under the accord.

    at_s: sky seconds after the start; after_end: when the traffic is over. refused: words of the reason for
    which it must be refused; empty: it must work.
    answers: it answers something of the other side, and waits until that has come over; where persons play
    that side and have not said it, it is left out. In `do`, {incident}, {heard}, {now+60} … stand for what is
    known only then (docs/exercise.md); --node, --as and the passphrases are added.
    """

    party: PartyName
    role: Role
    at_s: Annotated[float, Field(ge=0, le=SKY_S_MAX)] | None = None
    after_end: bool = False
    sign: bool = False
    do: Annotated[tuple[str, ...], Field(max_length=60)] = ()
    refused: Annotated[str, Field(max_length=200)] = ""
    answers: bool = False

    @field_validator("do")
    @classmethod
    def _fillable(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if word.partition("=")[0] in OWN_OPTIONS:
                raise ValueError(f"{word} is given by the exercise itself")
            for inside in PLACEHOLDER.findall(word):
                if KNOWN_PLACEHOLDER.fullmatch(inside) is None:
                    raise ValueError(f"{{{inside[:20]}}} stands for nothing")
        return words

    @model_validator(mode="after")
    def _whole(self) -> Step:
        if (self.at_s is None) != self.after_end:
            raise ValueError("a step has at_s, or after_end = true")
        if self.sign == bool(self.do):
            raise ValueError("a step signs the accord (sign = true), or does a command (do = [...])")
        return self

    @property
    def what(self) -> str:
        """The step in a few words."""
        return "signs the accord" if self.sign else "skyaccord " + " ".join(self.do)


class Cut(Part):
    """The line between the nodes is down from one sky second to another."""

    at_s: Annotated[float, Field(ge=0, le=SKY_S_MAX)]
    until_s: Annotated[float, Field(ge=0, le=SKY_S_MAX)]

    @model_validator(mode="after")
    def _in_order(self) -> Cut:
        if self.until_s <= self.at_s:
            raise ValueError("until_s is after at_s")
        return self


class NamedPlace(Part):
    """A place that the accord names: a circle."""

    name: Annotated[str, Field(pattern=r"^\w[\w .'-]{0,99}$")]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    radius_nm: Annotated[float, Field(gt=0, le=500)]


class Equipment(Part):
    """What an aircraft says of itself: ADS-B emitter category, and how sure it is of its position."""

    category: Annotated[str, Field(pattern=r"^[A-D][0-7]$")] | None = None
    nic: Annotated[int, Field(ge=0, le=11)] = 8
    nac_p: Annotated[int, Field(ge=0, le=11)] = 9


class Expectation(Part):
    """What must have come of it, at which party, in which role or with which aircraft where that matters."""

    what: Expected
    party: PartyName
    role: Role | None = None
    aircraft: Annotated[str, Field(max_length=8)] | None = None


class Scenario(Part):
    """A whole scenario. parties: how a call sign begins → whose aircraft it is."""

    format: Literal["skyaccord.exercise/1"]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    about: Annotated[str, Field(min_length=1, max_length=2000)]
    requirements: Annotated[tuple[int, ...], Field(max_length=20)] = ()
    start: datetime
    lasts_s: Annotated[float, Field(gt=0, le=SKY_S_MAX)]
    speed: Annotated[float, Field(ge=1, le=SPEED_MAX)] = 10.0
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    traffic: Annotated[str, Field(pattern=r"^[^/\\]{1,200}$")]
    acknowledge_within_s: Annotated[float, Field(gt=0, le=600)] = 10.0
    max_dwell_s: Annotated[float, Field(gt=0, le=3600)] = 180.0
    parties: dict[str, PartyName]
    aircraft: dict[str, Equipment] = {}
    place: Annotated[tuple[NamedPlace, ...], Field(max_length=20)] = ()
    officer: Annotated[tuple[OfficerPart, ...], Field(max_length=12)] = ()
    step: Annotated[tuple[Step, ...], Field(max_length=STEPS_MAX)] = ()
    cut: Annotated[tuple[Cut, ...], Field(max_length=STEPS_MAX)] = ()
    expect: Annotated[tuple[Expectation, ...], Field(max_length=STEPS_MAX)] = ()

    @model_validator(mode="after")
    def _marked(self) -> Scenario:
        if not self.title.startswith("EXERCISE"):
            raise ValueError("title begins with EXERCISE")
        if self.start.tzinfo is None:
            raise ValueError("start has no time zone; add Z")
        return self

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        for step in self.step:
            if step.at_s is not None and step.at_s > self.lasts_s:
                raise ValueError(f"a step at {step.at_s:g} s comes after the end, {self.lasts_s:g} s")
        for one in self.cut:
            if one.until_s > self.lasts_s:
                raise ValueError(f"the line stays cut at the end: until_s is at most {self.lasts_s:g}")
        officers = [(one.party, one.role) for one in self.officer]
        if len(set(officers)) != len(officers):
            raise ValueError("two automatic officers in one role of one party")
        if not self.expect:
            raise ValueError("it expects nothing: [[expect]]")
        return self

    def party_of(self, callsign: str) -> str | None:
        """Whose aircraft this is, by the longest beginning that fits."""
        fitting = [begin for begin in self.parties if callsign.startswith(begin)]
        return self.parties[max(fitting, key=len)] if fitting else None


def shipped() -> list[str]:
    """The names of the scenarios inside the package."""
    folder = resources.files("skyaccord.exercise") / "data"
    return sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml"))


def load_scenario(name: str) -> tuple[Scenario, Traffic]:
    """A shipped scenario by its name, or a file of one's own. InputError says what is wrong and where."""
    path = Path(name)
    if name in shipped():
        folder = resources.files("skyaccord.exercise") / "data"
        text, beside = (folder / f"{name}.toml").read_text("utf-8"), folder
    elif path.suffix == ".toml":
        text, beside = _text(path, name), path.parent
    else:
        known = ", ".join(shipped())
        raise InputError(f"no exercise {name[:60]!r}", do=f"there are {known}; or give a .toml file")
    try:
        scenario = Scenario.model_validate(parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is no TOML ({error})", where=name) from None
    except ValidationError as error:
        raise InputError(first_fault(error), where=name) from None
    except RecursionError:
        raise InputError("is nested too deeply", where=name) from None
    except ValueError:
        raise InputError("has a number or a time that cannot be", where=name) from None
    traffic = read_scn(_text(beside / scenario.traffic, f"{name}: traffic"), scenario.traffic)
    flying = set(traffic.callsigns)
    named = {*scenario.aircraft, *(one.aircraft for one in scenario.expect if one.aircraft)}
    if named - flying:
        raise InputError(f"{sorted(named - flying)[0]} does not fly in {scenario.traffic}", where=name)
    nobody = next((sign for sign in traffic.callsigns if scenario.party_of(sign) is None), None)
    if nobody is not None:
        raise InputError(
            f"{nobody} belongs to no party", where=name, do="say how its call sign begins: [parties]"
        )
    return scenario, traffic


def _text(path: Path | Traversable, where: str) -> str:
    """What a file says. InputError: it cannot be read, or is larger than FILE_BYTES_MAX."""
    try:
        with path.open("rb") as file:
            raw: bytes = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=where) from None
    if len(raw) > FILE_BYTES_MAX:
        raise InputError(f"is larger than {FILE_BYTES_MAX} bytes", where=where)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=where) from None

"""A scenario as data: who plays, what flies, who does what when, and what must come of it."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from skyaccord.base.errors import InputError
from skyaccord.base.toml import parse_toml
from skyaccord.exercise.scn import Traffic, read_scn
from skyaccord.record.dsse import first_fault

FORMAT: Final = "skyaccord.exercise/1"
STEPS_MAX: Final = 200  # what people can follow in an hour
SKY_S_MAX: Final = 7_200.0
SPEED_MAX: Final = 60.0  # faster, nobody can answer before the limits are reached

PartyName = Literal["A", "B"]
Role = Literal["duty-officer", "deputy", "representative"]
Expected = Literal[
    "acknowledged", "escalated", "silence", "approach", "infringement", "breach", "incident", "disputed",
    "unanswered-radio", "suspended", "reconciled",
]  # fmt: skip
"""What a scenario can ask for; docs/exercise.md says how each is judged."""


class Part(BaseModel):
    """Base of every part: strict, frozen, extras refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfficerPart(Part):
    """An automatic officer. delay_s: wall seconds before it acknowledges."""

    party: PartyName
    role: Role
    delay_s: Annotated[float, Field(ge=0, le=600)] = 1.0


class Step(Part):
    """One thing that one person does: a command of `skyaccord`, or the signature under the accord.

    at_s: sky seconds after the start; after_end: when the traffic is over. In `do`, {incident} is the first
    incident on the record and {accord} the accord's digest; --node, --as and the passphrases are added.
    """

    party: PartyName
    role: Role
    at_s: Annotated[float, Field(ge=0, le=SKY_S_MAX)] | None = None
    after_end: bool = False
    sign: bool = False
    do: Annotated[tuple[str, ...], Field(max_length=40)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Step:
        if (self.at_s is None) != self.after_end:
            raise ValueError("a step has at_s, or after_end = true")
        if self.sign == bool(self.do):
            raise ValueError("a step signs the accord (sign = true), or does a command (do = [...])")
        return self


class Expectation(Part):
    """What must have come of it, at which party, in which role where that matters."""

    what: Expected
    party: PartyName
    role: Role | None = None


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
    traffic: str
    acknowledge_within_s: Annotated[float, Field(gt=0, le=600)] = 10.0
    max_dwell_s: Annotated[float, Field(gt=0, le=3600)] = 180.0
    parties: dict[str, PartyName]
    officer: Annotated[tuple[OfficerPart, ...], Field(max_length=12)] = ()
    step: Annotated[tuple[Step, ...], Field(max_length=STEPS_MAX)] = ()
    expect: Annotated[tuple[Expectation, ...], Field(max_length=STEPS_MAX)] = ()

    @model_validator(mode="after")
    def _marked(self) -> Scenario:
        if not self.title.startswith("EXERCISE"):
            raise ValueError("title begins with EXERCISE")
        if self.start.tzinfo is None:
            raise ValueError("start has no time zone; add Z")
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
        try:
            text, beside = path.read_text("utf-8"), path.parent
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot be read ({error})", where=name) from None
    else:
        known = ", ".join(shipped())
        raise InputError(f"no exercise {name[:60]!r}", do=f"there are {known}; or give a .toml file")
    try:
        scenario = Scenario.model_validate(parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is no TOML ({error})", where=name) from None
    except ValidationError as error:
        raise InputError(first_fault(error), where=name) from None
    try:
        flights = (beside / scenario.traffic).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"traffic cannot be read ({error})", where=name) from None
    return scenario, read_scn(flights, scenario.traffic)

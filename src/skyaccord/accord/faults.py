"""What is wrong with a file, in our words: by file, line and field, with what to write instead."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from skyaccord.accord import positions
from skyaccord.airspace.classes import NAMES
from skyaccord.base.errors import AccordError

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN_LENGTH_MAX: Final = 60  # of a key or a wrong value, in one line of error
_KEYS_LENGTH_MAX: Final = 220  # of the keys that are offered in its place
_SYNTAX_PLACE: Final = re.compile(r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """One fault of an accord's file. line: from 1, None if the file as a whole is at fault."""

    file: str
    line: int | None
    field: str | None
    what: str
    do: str | None = None

    @property
    def where(self) -> str:
        """ "FILE, line 31, rule[0].horizontal_nm"."""
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.field:
            place.append(self.field)
        return ", ".join(place)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.do}" if self.do else "")


class AccordFileError(AccordError):
    """An accord's file with faults: `problems` has all of them, the error's one line the first.

    file, line, field: those of the first problem.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        more = len(problems) - 1
        do = first.do
        if more:
            count = f"{more} more problem{'s' if more > 1 else ''}: `skyaccord accord check` lists all"
            do = f"{do} ({count})" if do else count
        super().__init__(first.what, where=first.where, do=do)
        self.problems = problems
        self.file, self.line, self.field = first.file, first.line, first.field


def syntax_problem(error: tomllib.TOMLDecodeError, text: str, file: str) -> Problem:
    match = _SYNTAX_PLACE.match(str(error))
    what, line = str(error), None
    if match:
        what = match.group(1)
        line = int(match.group(2)) if match.group(2) else text.rstrip("\n").count("\n") + 1
    what = what[:1].lower() + what[1:]
    return Problem(file, line, None, f"not TOML: {what}", "mend the line, see https://toml.io")


def problems_of(
    error: ValidationError, lines: dict[positions.Path, int], file: str, model: type[BaseModel]
) -> list[Problem]:
    """Every fault that the model of the whole file found, in the order of the file's lines."""
    found = []
    all_details = error.errors(include_url=False)
    misspelt = {
        (*details["loc"][:-1], _nearest_key(details["loc"], model))
        for details in all_details
        if details["type"] == "extra_forbidden"
    }
    for details in all_details:
        if _is_consequence(details, misspelt):
            continue
        if details["type"] == "contradictions":
            for contradiction in details["ctx"]["contradictions"]:
                found.append(_problem(contradiction.location, contradiction.what, None, lines, file))
            continue
        what, do = _describe(details, model)
        found.append(_problem(details["loc"], what, do, lines, file))
    return sorted(found, key=lambda problem: problem.line or 0)


def first_fault(
    error: ValidationError, model: type[BaseModel], at: positions.Path = ()
) -> tuple[positions.Path, str, str | None]:
    """The first fault of data that stand in no file: where it is, what is wrong, what to do.

    model: of the whole accord. at: the place in the accord of the part that was read; what is returned first
    is the place inside that part.
    """
    details = error.errors(include_url=False)[0]
    if details["type"] == "contradictions":
        contradiction = details["ctx"]["contradictions"][0]
        return contradiction.location, contradiction.what, None
    place = details["loc"]
    what, do = _describe({**details, "loc": (*at, *place)}, model)
    return place, what, do


def _is_consequence(details: ErrorDetails, misspelt: set[tuple[str | int | None, ...]]) -> bool:
    """Whether a fault only follows from another: a misspelt key is not there, a bad item not counted."""
    if details["type"] == "missing":
        return details["loc"] in misspelt
    if details["type"] == "too_short":
        return bool(len(details["input"]) >= details["ctx"]["min_length"])
    return False


def _problem(
    location: positions.Path, what: str, do: str | None, lines: dict[positions.Path, int], file: str
) -> Problem:
    return Problem(file, positions.nearest_line(lines, location), field_name(location), what, do)


def field_name(location: positions.Path) -> str:
    """("rule", 0, "horizontal_nm") → "rule[0].horizontal_nm"."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        # a quoted key may hold anything, also line breaks; an error stays one readable line
        name = _shown(step)
        name = name[1:-1] if _BARE_KEY.fullmatch(step) and step in name else name
        text += f".{name}" if text else name
    return text


def _shown(value: object) -> str:
    """A wrong value in an error's one line: as in the file, cut short, nothing invisible in it."""
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except RecursionError:
        text = "tables inside tables, too many"
    except ValueError:  # an integer of thousands of digits, which Python does not write
        text = "a number of thousands of digits"
    text = text if len(text) <= _SHOWN_LENGTH_MAX else text[:_SHOWN_LENGTH_MAX] + "…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


_A_TIME: Final = "a time with a zone is needed here, without quotes, like 2015-10-20T00:00:00Z"
_WANTED: Final = {  # what pydantic calls the type it missed → what to write
    "float_type": "a number is needed here, without quotes",
    "int_type": "a whole number is needed here, without quotes",
    "string_type": 'text in "quotes" is needed here',
    "bool_type": "true or false is needed here, without quotes",
    "datetime_type": _A_TIME,
    "datetime_parsing": _A_TIME,
    "datetime_from_date_parsing": _A_TIME,
    "tuple_type": "a list is needed here: [ … ] or repeated [[tables]]",
    "model_type": "a table is needed here: key = value pairs under a [header]",
    "finite_number": "a finite number is needed here",
}


def _describe(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str | None]:  # noqa: PLR0911 (one return a kind)
    """One of pydantic's errors in our words: what is wrong, and what to do."""
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    shown = _shown(given)
    if kind == "missing":
        return "missing", "it is needed here; docs/accord.md says what it means"
    if kind == "extra_forbidden":
        return "unknown key", _suggestion(details["loc"], model)
    if kind in _WANTED:
        return f"{shown} is of the wrong kind", _WANTED[kind]
    if kind == "literal_error" and isinstance(given, str) and details["loc"][-2:-1] == ("classes",):
        near = difflib.get_close_matches(given.lower(), NAMES, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"{shown} is no class of aircraft", f"{hint}the classes are {', '.join(NAMES)}"
    if kind == "literal_error":
        return f"{shown} is not one of the choices", f"write one of {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"{shown} is no identifier", "letters, digits, '.', '_' and '-' only, no blanks"
    bounds = {
        "greater_than": "it must be greater than {gt:g}",
        "greater_than_equal": "it must be at least {ge:g}",
        "less_than_equal": "it must be at most {le:g}",
        "too_short": "it needs at least {min_length}, there are {actual_length}",
        "too_long": "it may have at most {max_length}, there are {actual_length}",
        "string_too_short": "it must not be empty",
        "string_too_long": "it may have at most {max_length} characters",
    }
    if kind in bounds:
        wanted = bounds[kind].format(**context)
        return (f"{shown} is out of range", wanted) if not isinstance(given, (list, dict)) else (wanted, None)
    return details["msg"], None


def _suggestion(location: tuple[str | int, ...], model: type[BaseModel]) -> str:
    """The nearest name that stands in the table where the unknown key was found, and all that may."""
    nearest = _nearest_key(location, model)
    if nearest is not None:
        return f"did you mean {nearest!r}?"
    if len(location) > 1 and location[-1] in _allowed_keys((), model):
        return f"{location[-1]!r} belongs at the top of the file, before the first [header]"
    allowed = ", ".join(_allowed_keys(location[:-1], model))
    if len(allowed) > _KEYS_LENGTH_MAX:
        allowed = allowed[:_KEYS_LENGTH_MAX].rpartition(", ")[0] + ", …"
    return f"known here: {allowed}" if allowed else "remove it"


def _nearest_key(location: tuple[str | int, ...], model: type[BaseModel]) -> str | None:
    close = difflib.get_close_matches(str(location[-1]), _allowed_keys(location[:-1], model), n=1, cutoff=0.6)
    return close[0] if close else None


def _allowed_keys(location: tuple[str | int, ...], root: type[BaseModel]) -> list[str]:
    """The keys that a table at this place of the file may have."""
    model: type[BaseModel] | None = root
    for step in location:
        if isinstance(step, int) or model is None:
            continue
        fields = {(info.alias or name): info for name, info in model.model_fields.items()}
        model = _model_in(fields[step].annotation) if step in fields else None
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Rule, ...]` or `Circle | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None

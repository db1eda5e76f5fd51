"""From a commented TOML file to an Accord, with every fault named by file, line and field."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from skyaccord.accord import limits, positions
from skyaccord.accord.canonical import digest
from skyaccord.accord.faults import AccordFileError, Problem, problems_of, syntax_problem
from skyaccord.accord.fields import Term
from skyaccord.accord.model import Accord
from skyaccord.base.errors import AccordError, UnreadableError
from skyaccord.base.toml import parse_toml

__all__ = [
    "AccordFileError",
    "LoadedAccord",
    "Problem",
    "load_accord",
    "parse_accord",
    "parsed",
    "read_text",
    "shipped_names",
    "shipped_text",
]

AMENDMENT_FORMAT: Final = "skyaccord.annex/1"
STDIN_NAME: Final = "standard input"
Model = TypeVar("Model", bound=Term)


@dataclass(frozen=True)
class LoadedAccord:
    """An accord as it was read. text: the file's; path: None for a shipped one or one from a journal."""

    accord: Accord
    text: str
    digest: str
    path: Path | None

    def __repr__(self) -> str:
        return f"LoadedAccord({self.accord.name!r}, version {self.accord.version}, {self.digest})"

    def _repr_html_(self) -> str:
        """In a notebook: what `skyaccord accord check` prints."""
        from skyaccord.accord.summary import accord_lines

        return f"<pre>{escape(chr(10).join(accord_lines(self)))}</pre>"


def shipped_names() -> tuple[str, ...]:
    """Names of the accords that come with SkyAccord."""
    folder = resources.files("skyaccord.accord") / "templates"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def shipped_text(name: str) -> str:
    """The file of a shipped accord. Raises AccordError for a name that is not shipped."""
    if name not in shipped_names():
        raise AccordError(
            f"no accord called {name!r} is shipped", do=f"the shipped ones: {', '.join(shipped_names())}"
        )
    return (resources.files("skyaccord.accord") / "templates" / f"{name}.toml").read_text("utf-8")


def load_accord(source: str | Path) -> LoadedAccord:
    """Read an accord from a file, from standard input (`-`), or a shipped one by its name.

    A file that has the name of a shipped one goes first.

    Raises UnreadableError for a file that cannot be read, AccordFileError for one with faults.
    """
    if str(source) == "-":
        return parse_accord(
            _decoded(sys.stdin.buffer.read(limits.FILE_BYTES_MAX + 1), STDIN_NAME), STDIN_NAME
        )
    path = Path(source)
    if not path.exists() and str(source) in shipped_names():
        return parse_accord(shipped_text(str(source)), f"{source}.toml")
    return parse_accord(read_text(path), str(source), path)


def read_text(path: Path) -> str:
    """The text of a TOML file. Raises UnreadableError, AccordFileError for what is not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(limits.FILE_BYTES_MAX + 1)
    except OSError as error:
        raise UnreadableError(
            f"cannot read the accord ({(error.strerror or str(error)).lower()})",
            where=str(path),
            do=f"give a TOML file, or a shipped accord: {', '.join(shipped_names())}",
        ) from error
    return _decoded(data, str(path))


def _decoded(data: bytes, file: str) -> str:
    """The file's text; the byte order mark that some editors put in front is no part of it."""
    if len(data) > limits.FILE_BYTES_MAX:
        raise UnreadableError(f"larger than an accord may be ({limits.FILE_BYTES_MAX} bytes)", where=file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(file, line, None, "not UTF-8 text", "save the file as UTF-8")
        raise AccordFileError((problem,)) from error


def parse_accord(text: str, file: str, path: Path | None = None) -> LoadedAccord:
    """An accord from the text of its file; `file` is the name that errors show. Raises AccordFileError."""
    accord = parsed(text, file, Accord)
    return LoadedAccord(accord, text, digest(accord), path)


def parsed(text: str, file: str, model: type[Model]) -> Model:
    """A TOML file as a model, every fault named by file, line and field. Raises AccordFileError."""
    try:
        document = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise AccordFileError((syntax_problem(error, text, file),)) from error
    except RecursionError as error:
        raise AccordFileError((Problem(file, None, None, "nested too deeply for an accord"),)) from error
    except ValueError as error:  # an integer of thousands of digits, which Python does not convert
        raise AccordFileError((Problem(file, None, None, "a number too long for an accord"),)) from error
    if not document:
        raise AccordFileError(
            (Problem(file, None, None, "the file is empty", "start from one: `skyaccord accord new`"),)
        )
    if model is Accord and document.get("format") == AMENDMENT_FORMAT:
        what = "this is an amendment of an annex, and no accord"
        problem = Problem(file, None, "format", what, "sign it with `skyaccord accord amend`")
        raise AccordFileError((problem,))
    try:
        return model.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        lines = positions.line_index(text)
        raise AccordFileError(tuple(problems_of(error, lines, file, model))) from error

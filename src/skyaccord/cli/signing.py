"""The options of every command by which a person acts, in one place.

    @app.command("close")
    @acting
    def close(ref: RefArgument, person: Person, *, output: FormatOption = OutputFormat.text) -> None: ...

The shell sees `--node` and `--as` where `person` stands, and before `--format` who signs with which files;
the command gets them as one `Person`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from skyaccord.cli.acting import (
    AsFile,
    NodeFolder,
    PassphraseFile,
    PersonPassphraseFile,
    RoleName,
    carry_out,
)

if TYPE_CHECKING:
    from skyaccord.record.fields import EntryRef


@dataclass(frozen=True)
class Person:
    """Who acts, and with which files. role: None, the only one in which the key is enrolled."""

    node: Path
    as_file: Path
    role: str | None
    person_passphrase_file: Path | None
    passphrase_file: Path | None

    def sign(self, payload: dict[str, Any], *, role: str | None = None) -> EntryRef:
        """Sign it and see it into the journal; returns where it stands."""
        return carry_out(
            self.node,
            payload,
            self.as_file,
            role=role or self.role,
            person_passphrase_file=self.person_passphrase_file,
            passphrase_file=self.passphrase_file,
        )


_WHO: Final = (
    Parameter("node", Parameter.KEYWORD_ONLY, annotation=NodeFolder),
    Parameter("as_file", Parameter.KEYWORD_ONLY, annotation=AsFile),
)
_ROLE: Final = Parameter("role", Parameter.KEYWORD_ONLY, default=None, annotation=RoleName)
_FILES: Final = (
    Parameter(
        "person_passphrase_file", Parameter.KEYWORD_ONLY, default=None, annotation=PersonPassphraseFile
    ),
    Parameter("passphrase_file", Parameter.KEYWORD_ONLY, default=None, annotation=PassphraseFile),
)
Command = Callable[..., None]


def acting(command: Command) -> Command:
    """Give a command the options of a person who acts in any role."""
    return _with(command, (_ROLE, *_FILES))


def acting_as_representative(command: Command) -> Command:
    """The same without `--role`: talks are between representatives."""
    return _with(command, _FILES)


def _with(command: Command, files: tuple[Parameter, ...]) -> Command:
    """The command as the shell sees it; `person` and `output` are parameters of it."""
    options: list[Parameter] = []
    for one in inspect.signature(command, eval_str=True).parameters.values():
        if one.name == "person":
            options += _WHO
        elif one.name == "output":
            options += [*files, one.replace(kind=Parameter.KEYWORD_ONLY)]
        else:
            options.append(one.replace(kind=Parameter.KEYWORD_ONLY))

    @wraps(command)
    def shown(**given: Any) -> None:
        named = {one.name: given.pop(one.name) for one in (*_WHO, *files)}
        command(person=Person(**{"role": None, **named}), **given)

    shown.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    shown.__annotations__ = {one.name: one.annotation for one in options}
    return shown

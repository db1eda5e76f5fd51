"""What every command of `skyaccord incident` shares: the incidents of a folder, and one word said of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.acting import (
    AsFile,
    NodeFolder,
    PassphraseFile,
    PersonPassphraseFile,
    RoleName,
    carry_out,
)
from skyaccord.cli.talks_common import FormatOption, OutputFormat, opened, print_json, said

if TYPE_CHECKING:
    from datetime import datetime

    from skyaccord.incidents.case import Case
    from skyaccord.node.projections import Projections
    from skyaccord.record.fields import EntryRef

__all__ = [
    "AsFile",
    "FormatOption",
    "NodeFolder",
    "OutputFormat",
    "PassphraseFile",
    "PersonPassphraseFile",
    "RoleName",
    "print_json",
    "said",
]

TEXT_BYTES_MAX: Final = 1 << 20  # a file with an account; what an account may hold is less, and is said so

IncidentArgument = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Its name in `incident list`, or how that begins.")
]
NumberArgument = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number in `incident show`.")]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="CODE", help="The text's language: en, ru or ar.")
]


@dataclass(frozen=True)
class Held:
    """The incidents of a folder. now: wall time."""

    projections: Projections
    party: str
    now: datetime

    def case(self, name: str) -> Case:
        """The incident of this name. InputError: none, or several."""
        return self.projections.cases.named(name)


def held(node: Path) -> Held:
    """Read the incidents of a node's folder."""
    from skyaccord.node.incident_folder import read_incidents
    from skyaccord.record.folder import open_folder

    with opened(node) as journal:
        projections = read_incidents(journal, open_folder(node).card())
        return Held(projections, journal.party, journal.clock.now())


def say(
    node: Path,
    person_key: Path,
    case: Case,
    fields: dict[str, Any],
    *,
    role: str | None,
    person_passphrase_file: Path | None,
    passphrase_file: Path | None,
) -> EntryRef:
    """Sign one word about this incident and see it into the journal."""
    payload = {"incident": case.ref.model_dump(mode="json"), "accord": case.accord, **fields}
    if case.exercise:
        payload["exercise"] = True
    return carry_out(
        node,
        payload,
        person_key,
        role=role,
        person_passphrase_file=person_passphrase_file,
        passphrase_file=passphrase_file,
    )


def text_given(text: str | None, file: Path | None) -> str:
    """The words themselves, or those of a file. InputError: neither or both."""
    if (text is None) == (file is None):
        raise InputError("needs what it says", do="give the TEXT, or --file FILE, not both")
    if file is None:
        return text or ""
    try:
        if file.stat().st_size > TEXT_BYTES_MAX:
            raise InputError(f"is larger than {TEXT_BYTES_MAX >> 20} MiB", where=str(file))
        return file.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UnreadableError("is not UTF-8 text", where=str(file), do="save it as UTF-8") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(file)) from None

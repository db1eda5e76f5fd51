# ruff: noqa: PLR0917 - options of one command
"""`skyaccord incident account|fact|agree|dispute|…`: what people of each side say about an incident."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.incident_common import (
    AsFile,
    FormatOption,
    IncidentArgument,
    LanguageOption,
    NodeFolder,
    NumberArgument,
    OutputFormat,
    PassphraseFile,
    PersonPassphraseFile,
    RoleName,
    held,
    said,
    say,
    text_given,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from skyaccord.incidents.case import Case

app = typer.Typer()

TextArgument = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What it says, or --file.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="Read what it says from a UTF-8 text file.")
]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="The reason, in your own words.")]


def _word(
    node: Path,
    as_file: Path,
    incident: str,
    fields: Callable[[Case], dict[str, Any]],
    done: str,
    output: OutputFormat,
    *,
    role: str | None,
    person_passphrase_file: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Say one word and tell where it stands."""
    found = held(node)
    case = found.case(incident)
    ref = say(
        node, as_file, case, fields(case), role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip
    said(ref, f"party {found.party} {done} in incident {case.id}", output, incident=case.id)


def _fact(case: Case, number: int) -> dict[str, Any]:
    """The reference of a fact by its number."""
    if not 1 <= number <= len(case.facts):
        raise InputError(f"there is no fact {number}", where=f"incident {case.id}", do="see `incident show`")
    return case.facts[number - 1].ref.model_dump(mode="json")


def _question(case: Case, number: int) -> dict[str, Any]:
    """The reference of a question by its number."""
    if not 1 <= number <= len(case.questions):
        raise InputError(
            f"there is no question {number}", where=f"incident {case.id}", do="see `incident show`"
        )
    return case.questions[number - 1].ref.model_dump(mode="json")


@app.command("account")
def account(
    incident: IncidentArgument, text: TextArgument = None, *, node: NodeFolder, as_file: AsFile,
    file: FileOption = None, language: LanguageOption = "en", role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None, passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Give your side's own account. A later one stands in its place; both stay on the record.

    For example: `skyaccord incident account a00001.b00001 --file ours.txt --language ru --node A --as
    officer.key`.
    """
    words = text_given(text, file)
    _word(
        node, as_file, incident,
        lambda _: {"act": "incident-account", "text": words, "language": language},
        "gave its account", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("fact")
def fact(
    incident: IncidentArgument, text: TextArgument = None, *, node: NodeFolder, as_file: AsFile,
    file: FileOption = None, language: LanguageOption = "en", role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None, passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """State one fact, for the other side to agree to or to dispute.

    For example: `skyaccord incident fact a00001.b00001 "Both were at FL250." --node A --as officer.key`. One
    thing a fact: what is agreed in halves is agreed to by nobody.
    """
    words = text_given(text, file)
    _word(
        node, as_file, incident,
        lambda _: {"act": "incident-fact", "step": "state", "text": words, "language": language},
        "stated a fact", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("agree")
def agree(
    incident: IncidentArgument, number: NumberArgument, *, node: NodeFolder, as_file: AsFile,
    role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Agree to a fact that the other side stated.

    For example: `skyaccord incident agree a00001.b00001 1 --node B --as officer.key`.
    """
    _word(
        node, as_file, incident,
        lambda case: {"act": "incident-fact", "step": "agree", "fact": _fact(case, number)},
        f"agreed to fact {number}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("dispute")
def dispute(
    incident: IncidentArgument, number: NumberArgument, *, because: Because, node: NodeFolder,
    as_file: AsFile, role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Dispute a fact that the other side stated, with the reason. The joint report says both.

    For example: `skyaccord incident dispute a00001.b00001 2 --because "Our recorder has no call." --node B
    --as officer.key`.
    """
    _word(
        node, as_file, incident,
        lambda case: {
            "act": "incident-fact", "step": "dispute", "fact": _fact(case, number), "because": because,
        },
        f"disputed fact {number}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("withdraw")
def withdraw(
    incident: IncidentArgument, *, node: NodeFolder, as_file: AsFile,
    fact_number: Annotated[
        int | None, typer.Option("--fact", metavar="N", min=1, help="Your fact N.")
    ] = None,
    question_number: Annotated[
        int | None, typer.Option("--question", metavar="N", min=1, help="Your question N.")
    ] = None,
    because: Because = "", role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Withdraw a fact that your side stated, or a question that nobody has answered.

    For example: `skyaccord incident withdraw a00001.b00001 --fact 2 --because "Our clock was wrong." …`.
    """
    if (fact_number is None) == (question_number is None):
        raise InputError("withdraw what?", do="give --fact N or --question N")

    def fields(case: Case) -> dict[str, Any]:
        if fact_number is not None:
            named = _fact(case, fact_number)
            return {"act": "incident-fact", "step": "withdraw", "fact": named, "because": because}
        asked = _question(case, question_number or 0)
        return {"act": "incident-question", "step": "withdraw", "question": asked}

    what = f"fact {fact_number}" if fact_number is not None else f"question {question_number}"
    _word(
        node, as_file, incident, fields, f"withdrew {what}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("ask")
def ask(
    incident: IncidentArgument, text: TextArgument = None, *,
    to: Annotated[str | None, typer.Option("--to", metavar="PARTY", help="Whom; the other side.")] = None,
    node: NodeFolder, as_file: AsFile, file: FileOption = None, language: LanguageOption = "en",
    role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Ask the other side something. It cannot close the incident before it has answered.

    For example: `skyaccord incident ask a00001.b00001 "Did you hear us on guard?" --node A --as officer.key`.
    """
    words = text_given(text, file)
    own = held(node).party

    def fields(case: Case) -> dict[str, Any]:
        others = [party for party in case.parties if party != own]
        if to is None and len(others) != 1:
            raise InputError("ask whom?", do=f"give --to, one of {', '.join(others)}")
        return {
            "act": "incident-question", "step": "ask", "to": to or others[0], "text": words,
            "language": language,
        }  # fmt: skip

    _word(
        node, as_file, incident, fields, "asked a question", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("answer")
def answer(
    incident: IncidentArgument, number: NumberArgument, text: TextArgument = None, *, node: NodeFolder,
    as_file: AsFile, file: FileOption = None, language: LanguageOption = "en", role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None, passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Answer a question that your side was asked.

    For example: `skyaccord incident answer a00001.b00001 1 "No: the set was on the other frequency." …`.
    """
    words = text_given(text, file)
    _word(
        node, as_file, incident,
        lambda case: {
            "act": "incident-question", "step": "answer", "question": _question(case, number), "text": words,
            "language": language,
        },
        f"answered question {number}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("lesson")
def lesson(
    incident: IncidentArgument, text: TextArgument = None, *, node: NodeFolder, as_file: AsFile,
    meeting: Annotated[
        bool, typer.Option("--meeting", help="Say that the sides have met about it, and what came of it.")
    ] = False,
    file: FileOption = None, language: LanguageOption = "en", role: RoleName = None,
    person_passphrase_file: PersonPassphraseFile = None, passphrase_file: PassphraseFile = None,
    output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Write down a lesson, or (--meeting) that the sides have met about it.

    For example: `skyaccord incident lesson a00001.b00001 "Call on guard first." --node A --as officer.key`.
    """
    words = text_given(text, file)
    about = "meeting" if meeting else "lesson"
    _word(
        node, as_file, incident,
        lambda _: {"act": "incident-note", "about": about, "text": words, "language": language},
        f"wrote down a {about}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("severity")
def severity(
    incident: IncidentArgument, *, node: NodeFolder, as_file: AsFile,
    scale: Annotated[str, typer.Option("--scale", help="airprox, nmac or encounter.")],
    value: Annotated[
        str | None, typer.Option("--value", help="Where you put it; without it, where the software proposes.")
    ] = None,
    because: Because = "", role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Confirm the severity that the software proposes, or give another with the reason.

    For example: `skyaccord incident severity a00001.b00001 --scale airprox --node A --as rep.key`. It is
    confirmed when people of every side say the same.
    """
    from skyaccord.incidents.scales import SCALES

    if scale not in SCALES:
        raise InputError(f"{scale[:40]!r} is no scale", do=f"choose one of {', '.join(SCALES)}")

    def fields(case: Case) -> dict[str, Any]:
        standing = {str(name): one for name, one in case.severity().items()}.get(scale)
        proposed = None if standing is None or standing.proposed is None else standing.proposed.value
        if value is None and proposed is None:
            raise InputError("the software proposes nothing here", do="give --value and --because")
        return {
            "act": "incident-severity", "scale": scale, "value": value or proposed, "proposed": proposed,
            "because": because,
        }  # fmt: skip

    _word(
        node, as_file, incident, fields, f"gave the severity on the scale {scale}", output, role=role,
        person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip


@app.command("close")
def close(
    incident: IncidentArgument, *, node: NodeFolder, as_file: AsFile,
    reopen: Annotated[
        str | None, typer.Option("--reopen", metavar="REASON", help="Take your side's closing back, and why.")
    ] = None,
    role: RoleName = None, person_passphrase_file: PersonPassphraseFile = None,
    passphrase_file: PassphraseFile = None, output: FormatOption = OutputFormat.text,
) -> None:  # fmt: skip
    """Close the record as your side has read it; it is closed when every side has closed the same record.

    For example: `skyaccord incident close a00001.b00001 --node A --as rep.key`. What is said after it, by
    anybody, opens it again.
    """
    from skyaccord.incidents.covering import covered

    def fields(case: Case) -> dict[str, Any]:
        if reopen is not None:
            return {"act": "incident-close", "step": "reopen", "because": reopen}
        named = [one.model_dump(mode="json") for one in covered((*case.refs, *case.erased))]
        return {"act": "incident-close", "step": "close", "record": case.digest, "entries": named}

    _word(
        node, as_file, incident, fields, "reopened it" if reopen is not None else "closed it as it stands",
        output, role=role, person_passphrase_file=person_passphrase_file, passphrase_file=passphrase_file,
    )  # fmt: skip

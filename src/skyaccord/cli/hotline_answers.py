"""`skyaccord hotline ack` and `skyaccord hotline read-back`: what a receiver says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.hotline_common import (
    FormatOption,
    OutputFormat,
    Person,
    RefArgument,
    act,
    acting,
    hotline_of,
)


@acting
def ack(
    ref: RefArgument,
    person: Person,
    *,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Acknowledge a message or an alert: you have read it and act on it. Your own: you note its silence.

    For example: `skyaccord hotline ack B:57 --node A --as noor.key`. Any person enrolled at your party may.
    `hotline list --open` shows what waits and how it is called.
    """
    with hotline_of(person.node) as found:
        target = found.ref(ref)
        message, alert, party = found.projections.messages.get(target), found.alert_at(target), found.party
        if target in found.projections.messages.waiting:
            raise InputError("that message waits for the line; nobody has it yet", where=ref)
        if message is not None:
            digest, exercise = message.accord, message.exercise
        elif alert is not None:
            digest, exercise = alert["accord"], alert["exercise"]
        elif found.is_silence(target):
            digest, exercise = None, False
        else:
            raise InputError(
                "that entry asks nobody to acknowledge it", where=ref, do="see `hotline list --open`"
            )
    payload: dict[str, Any] = {"act": "acknowledge", "of": target.model_dump(mode="json"), "accord": digest}
    if exercise:
        payload["exercise"] = True
    own = message is not None and message.party == party
    act(person, payload, f"noted that {ref} has no answer" if own else f"acknowledged {ref}", output)


@acting
def read_back(
    ref: RefArgument,
    position: Annotated[
        str,
        typer.Argument(metavar="LAT,LON", help="As you understood it: 35.2833,40.0833[,HEIGHT REFERENCE]."),
    ],
    person: Person,
    *,
    param: Annotated[
        str | None, typer.Option("--param", metavar="NAME", help="Which position, where there are several.")
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Read a position back as you understood it; a difference is an alarm on both sides.

    For example: `skyaccord hotline read-back B:57 '35 17.000N, 040 05.000E' --node A --as noor.key`. Plot it,
    and read it off your own map: a read-back that copies what was sent proves nothing.
    """
    from skyaccord.hotline.parsing import parse_position
    from skyaccord.hotline.places import compare
    from skyaccord.hotline.values import PositionValue

    understood = parse_position(position)
    with hotline_of(person.node) as found:
        message = found.projections.messages.get(found.ref(ref))
        sent = [] if message is None else [one for one in message.params if isinstance(one, PositionValue)]
        chosen = [one for one in sent if param in (None, one.name)]
        if message is None or len(chosen) != 1:
            names = ", ".join(one.name for one in sent) or "none"
            raise InputError(
                f"name one position of the message: it has {names}", where=ref, do="--param NAME"
            )
        check = compare(chosen[0].position, understood)
    payload: dict[str, Any] = {
        "act": "read-back",
        "of": message.ref.model_dump(mode="json"),
        "param": chosen[0].name,
        "position": understood.model_dump(mode="json"),
        "accord": message.accord,
    }
    if message.exercise:
        payload["exercise"] = True
    verdict = f"DIFFERS by {check.horizontal_nm:.2f} NM" if check.mismatch else "agrees"
    act(person, payload, f"read back {chosen[0].name} of {ref}: it {verdict}", output)

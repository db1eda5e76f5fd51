"""A checkpoint's cosignatures, checked line by line: every line must be by somebody who is known here.

A line by an unknown name could be anything at all: bytes that nobody has signed have no place in evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from skyaccord.base.errors import RefusedError
from skyaccord.record.checkpoint import NoteSignature, key_hash
from skyaccord.record.cosign import verify_cosigned


@dataclass(frozen=True)
class Cosigner:
    """Who may cosign: the name on the line, the keys it has had, as people call it.

    anchored: the reader brought its card.
    """

    name: str
    keys: tuple[str, ...]
    who: str
    anchored: bool


@dataclass(frozen=True)
class Cosigned:
    """A cosignature that holds: on the first `size` entries, at a time by the cosigner's own clock."""

    name: str
    who: str
    size: int
    at: datetime
    anchored: bool


def check_cosignatures(
    text: str,
    signatures: Sequence[NoteSignature],
    *,
    size: int,
    origin: str,
    keys: Sequence[str],
    cosigners: Mapping[str, Cosigner],
) -> list[Cosigned]:
    """The cosignatures on a checkpoint of the journal `origin`, whose own keys are `keys`.

    RefusedError: one does not hold or is by nobody known here, a line stands twice, or there is none.
    """
    own = {key_hash(origin, key) for key in keys}
    lines = [one for one in signatures if not (one.name == origin and one.key_hash in own)]
    if len({(one.name, one.key_hash) for one in signatures}) != len(signatures):
        raise RefusedError("note: a signature line stands twice")
    if len(signatures) - len(lines) != 1:
        raise RefusedError(
            f"note: {len(signatures) - len(lines)} signatures by the journal's party, expected 1"
        )
    found = []
    for line in lines:
        cosigner = cosigners.get(line.name)
        if cosigner is None:
            raise RefusedError(f"note: a line by {line.name}, whom no journal here has pinned")
        at = verify_cosigned(text, [line], cosigner.name, cosigner.keys)
        found.append(Cosigned(cosigner.name, cosigner.who, size, at, cosigner.anchored))
    if not found:
        raise RefusedError("note: nobody cosigned it")
    return found

"""A bundle, `skyaccord.bundle/1`: several journals as one party holds them, in one file that proves itself.

    {"format":"skyaccord.bundle/1","journals":[origin, …]}        the holder's own first, the others in order
    {"entries":n,"head":hex,"journal":origin}                     then each of these journals:
    {"envelope":text,"leaf":hex,"salt":hex,"sequence":0}            an entry, whole;
    {"leaf":hex,"sequence":1}                                       sealed, only its leaf was disclosed;
    {"erased":kind,"leaf":hex,"sequence":2}                         erased when its retention had ended
    {"checkpoint":note}                                             right after the last entry it covers
    {"fork":{…}}                                                  proofs that a party signed two histories
    {"lines":n,"sha256":hex}                                      the end: of everything before it

Each line is canonical JSON with one newline, so that a file has one written form: the same journals are the
same bytes, whoever exports them and whenever. Nothing in it is anybody's unsigned word: what is not signed by
a party, a person or a witness is computed from what is. docs/bundle.md has it for other programs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from skyaccord.base.errors import RefusedError
from skyaccord.record.canonical import canonical_json
from skyaccord.record.envelope import ENVELOPE_BYTES_MAX
from skyaccord.record.fields import KIND_PATTERN, ORIGIN_PATTERN, SEQUENCE_MAX
from skyaccord.record.fork import PROOF_BYTES_MAX

BUNDLE_FORMAT: Final = "skyaccord.bundle/1"
HEADER_START: Final = b'{"format":"skyaccord.bundle/'
LINE_BYTES_MAX: Final = 2 * PROOF_BYTES_MAX
"""A fork's proof is the longest line: text in text, where quotes and newlines take two bytes."""
JOURNALS_MAX: Final = 1024  # an accord has 64 parties

_ORIGIN: Final = re.compile(ORIGIN_PATTERN)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SALT: Final = re.compile(r"[0-9a-f]{32}")
_KIND: Final = re.compile(KIND_PATTERN)


@dataclass(frozen=True)
class HeaderLine:
    """The first line: which journals follow, the holder's own first."""

    journals: tuple[str, ...]


@dataclass(frozen=True)
class JournalLine:
    """A journal begins: so many entries, and the chain head after them."""

    origin: str
    entries: int
    head: bytes


@dataclass(frozen=True)
class EntryLine:
    """An entry: whole, sealed (a leaf alone), or erased (a leaf and the kind it had)."""

    sequence: int
    leaf: bytes
    salt: bytes | None
    envelope: bytes | None
    erased: str | None


@dataclass(frozen=True)
class CheckpointLine:
    """A cosigned checkpoint of the entries so far."""

    note: str


@dataclass(frozen=True)
class ForkLine:
    """A fork's proof without its finder's words (`says`, `found_at`)."""

    proof: dict[str, Any]


@dataclass(frozen=True)
class EndLine:
    """The last line: how many lines stand before it, and the digest of their bytes."""

    lines: int
    sha256: str


Line = HeaderLine | JournalLine | EntryLine | CheckpointLine | ForkLine | EndLine


def write_line(line: Line) -> bytes:
    """A line's bytes, with its newline."""
    return canonical_json(_fields(line)) + b"\n"


def _fields(line: Line) -> dict[str, Any]:
    match line:
        case HeaderLine():
            return {"format": BUNDLE_FORMAT, "journals": list(line.journals)}
        case JournalLine():
            return {"entries": line.entries, "head": line.head.hex(), "journal": line.origin}
        case EntryLine():
            fields: dict[str, Any] = {"leaf": line.leaf.hex(), "sequence": line.sequence}
            if line.envelope is not None and line.salt is not None:
                fields |= {"envelope": line.envelope.decode("utf-8"), "salt": line.salt.hex()}
            elif line.erased is not None:
                fields["erased"] = line.erased
            return fields
        case CheckpointLine():
            return {"checkpoint": line.note}
        case ForkLine():
            return {"fork": line.proof}
        case EndLine():
            return {"lines": line.lines, "sha256": line.sha256}


def read_line(data: bytes) -> Line:
    """A line from its bytes, without the newline. RefusedError says what is wrong with it."""
    # Written again it must be the same bytes: so no name stands twice, and there is no other way to write it.
    try:
        value = json.loads(data)
        same = canonical_json(value) == data
    except (ValueError, RecursionError):
        raise RefusedError("it is no JSON") from None
    if not same:
        raise RefusedError("it is not in its one written form")
    if not isinstance(value, dict):
        raise RefusedError("it is no object")
    reader = _READERS.get(frozenset(value))
    if reader is None:
        raise RefusedError(f"no line has the fields {', '.join(sorted(value)) or '(none)'}"[:200])
    found: Line = reader(value)
    return found


def _header(value: dict[str, Any]) -> Line:
    journals = value["journals"]
    if value["format"] != BUNDLE_FORMAT:
        raise RefusedError(f"its format is not {BUNDLE_FORMAT}")
    if not isinstance(journals, list) or not 1 <= len(journals) <= JOURNALS_MAX:
        raise RefusedError(f"1 to {JOURNALS_MAX} journals are needed")
    names = tuple(_text("journals", one, _ORIGIN) for one in journals)
    if list(names[1:]) != sorted(set(names[1:])) or names[0] in names[1:]:
        raise RefusedError("the journals are not in order")
    return HeaderLine(names)


def _journal(value: dict[str, Any]) -> Line:
    head = bytes.fromhex(_text("head", value["head"], _HASH))
    return JournalLine(_text("journal", value["journal"], _ORIGIN), _number("entries", value), head)


def _entry(value: dict[str, Any]) -> Line:
    envelope, erased = value.get("envelope"), value.get("erased")
    salt = None if "salt" not in value else bytes.fromhex(_text("salt", value["salt"], _SALT))
    data = None
    if "envelope" in value:
        if not isinstance(envelope, str):
            raise RefusedError("envelope is no text")
        try:
            data = envelope.encode("utf-8")
        except UnicodeEncodeError:
            raise RefusedError("envelope is no text that can be written") from None
        if len(data) > ENVELOPE_BYTES_MAX:
            raise RefusedError(f"envelope of more than {ENVELOPE_BYTES_MAX} bytes")
    return EntryLine(
        _number("sequence", value),
        bytes.fromhex(_text("leaf", value["leaf"], _HASH)),
        salt,
        data,
        _text("erased", erased, _KIND) if "erased" in value else None,
    )


def _checkpoint(value: dict[str, Any]) -> Line:
    if not isinstance(value["checkpoint"], str):
        raise RefusedError("checkpoint is no text")
    return CheckpointLine(value["checkpoint"])


def _fork(value: dict[str, Any]) -> Line:
    if not isinstance(value["fork"], dict):
        raise RefusedError("fork is no object")
    return ForkLine(value["fork"])


def _end(value: dict[str, Any]) -> Line:
    return EndLine(_number("lines", value), _text("sha256", value["sha256"], _HASH))


def _text(name: str, value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise RefusedError(f"{name} is not as it must be")
    return value


def _number(name: str, value: dict[str, Any]) -> int:
    number = value[name]
    if type(number) is not int or not 0 <= number <= SEQUENCE_MAX:
        raise RefusedError(f"{name} is no number from 0 to {SEQUENCE_MAX}")
    return number


_READERS: Final = {
    frozenset(("format", "journals")): _header,
    frozenset(("entries", "head", "journal")): _journal,
    frozenset(("envelope", "leaf", "salt", "sequence")): _entry,
    frozenset(("leaf", "sequence")): _entry,
    frozenset(("erased", "leaf", "sequence")): _entry,
    frozenset(("checkpoint",)): _checkpoint,
    frozenset(("fork",)): _fork,
    frozenset(("lines", "sha256")): _end,
}

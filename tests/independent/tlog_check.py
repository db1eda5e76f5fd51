"""Checks a bundle's checkpoints, cosignatures and proofs with tlog-scales, which shares no line with us.

python tlog_check.py BUNDLE CARD…      needs tlog-scales, and nothing of SkyAccord. Prints what was accepted
as JSON; exit 1 if anything was not.

Its reader takes the leaves of the bundle as a log's tiles, computes the root, and makes every proof; its
verifiers check these, and the signatures, against the signed checkpoints.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint

CHECKPOINT_TYPE, COSIGNATURE_TYPE = 1, 4  # C2SP signed-note: Ed25519, and Ed25519 with a time
TILE = 256


class Leaves:
    """The leaves of a bundle, served as tlog-tiles: `tile/<level>/<index>[.p/<width>]`."""

    def __init__(self, leaves):
        self.leaves = leaves

    def get(self, *path):
        width = TILE
        if path[-2].endswith(".p"):
            path, width = (*path[:-2], path[-2][:-2]), int(path[-1])
        index = int("".join(part.lstrip("x") for part in path[2:]))
        return b"".join(self.node(int(path[1]), index * TILE + place) for place in range(width))

    def node(self, level, place):
        span = TILE**level
        row = self.leaves[place * span : (place + 1) * span]
        while len(row) > 1:
            row = [
                hashlib.sha256(b"\x01" + left + right).digest()
                for left, right in zip(row[::2], row[1::2], strict=True)
            ]
        return row[0]


def keys_of(card):
    return [base64.b64decode(one["public_key"]) for one in [*card.get("earlier_keys", []), card]]


def read(bundle):
    leaves, notes, origin = {}, {}, None
    for text in Path(bundle).read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        origin = line.get("journal", origin)
        if "leaf" in line:
            leaves.setdefault(origin, []).append(bytes.fromhex(line["leaf"]))
        if "checkpoint" in line:
            notes.setdefault(origin, []).append(line["checkpoint"])
    return leaves, notes


def cosignatures(checkpoint, origin, cards):
    """How many cosignatures by the other cards hold. ValueError unless the journal's own signature holds and
    every line does that is by a key of a card."""
    own = [Vkey(origin, None, CHECKPOINT_TYPE, key) for key in keys_of(cards[origin])]
    others = [
        Vkey(other, None, COSIGNATURE_TYPE, key)
        for other, card in cards.items()
        if other != origin
        for key in keys_of(card)
    ]
    known = {(key.name, key.key_id) for key in (*own, *others)}
    expected = [line for line in checkpoint.signatures if (line.name, line.key_id) in known]
    valid = VkeySet(*own, *others).verify(checkpoint.signatures, checkpoint)
    if checkpoint.origin != origin or len(valid) != len(expected):
        raise ValueError("a signature does not hold")
    count = sum(key in others for key, _ in valid)
    if not count or count == len(valid):
        raise ValueError("not signed by its journal and cosigned by another")
    return count


def main(bundle, *cards):
    by_origin = {card["origin"]: card for card in (json.loads(Path(one).read_text()) for one in cards)}
    told = {"checkpoints": 0, "cosignatures": 0, "consistent": 0, "included": 0}
    all_leaves, all_notes = read(bundle)
    for origin, notes in all_notes.items():
        reader, before = TilesReader(Leaves(all_leaves[origin])), None
        for note in notes:
            checkpoint = Checkpoint.from_text(note)
            told["cosignatures"] += cosignatures(checkpoint, origin, by_origin)
            told["checkpoints"] += 1
            reader.set_size(checkpoint.size)
            if reader.calculate_root_hash() != checkpoint.root_hash:
                raise ValueError("the root is not that of the leaves")
            for index, leaf in enumerate(all_leaves[origin][: checkpoint.size]):
                reader.get_inclusion_proof(index, checkpoint.size).check(leaf, checkpoint.root_hash)
                told["included"] += 1
            if before is not None:
                proof = reader.get_consistency_proof(before.size, checkpoint.size)
                proof.check(before.root_hash, checkpoint.root_hash)
                told["consistent"] += 1
            before = checkpoint
    return told


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
    except Exception as error:  # whatever a program of somebody else raises: it did not accept
        sys.exit(f"not accepted: {error}")

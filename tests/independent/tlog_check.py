"""Checks a bundle's checkpoints, cosignatures and proofs with aics-tlog, which shares no line with us.

python tlog_check.py BUNDLE CARD…      needs Python >= 3.12 with aics-tlog, and nothing of SkyAccord. Prints
what was accepted as JSON; exit 1 if anything was not.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from aics_tlog import (
    cosignature_vkey,
    parse_checkpoint,
    parse_note,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
    vkey_from_ed25519,
)


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return hashlib.sha256(b"\x01" + root(leaves[:middle]) + root(leaves[middle:])).digest()


def path(index, leaves):
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*path(index, leaves[:middle]), root(leaves[middle:])]
    return [*path(index - middle, leaves[middle:]), root(leaves[:middle])]


def proof(old, leaves, whole=True):
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*proof(old, leaves[:middle], whole), root(leaves[middle:])]
    return [*proof(old - middle, leaves[middle:], False), root(leaves[:middle])]


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


def accepted(note, origin, cards):
    """The checkpoint and how many cosignatures hold, or None."""
    parsed = parse_note(note)
    ids = {(line.name, line.key_id) for line in parsed.signatures}
    logs = [vkey_from_ed25519(origin, key) for key in keys_of(cards[origin])]
    cosigners = [
        cosignature_vkey(other, key)
        for other, card in cards.items()
        if other != origin
        for key in keys_of(card)
    ]
    cosigners = [one for one in cosigners if (one.name, one.key_id) in ids]
    for log in logs:
        if (log.name, log.key_id) in ids:
            found = verify_checkpoint(parsed, log, cosigners, len(cosigners), expected_origin=origin)
            return (
                (parse_checkpoint(parsed.text), found.cosignature_count) if found.ok and cosigners else None
            )
    return None


def main(bundle, *cards):
    by_origin = {card["origin"]: card for card in (json.loads(Path(one).read_text()) for one in cards)}
    told = {"checkpoints": 0, "cosignatures": 0, "consistent": 0, "included": 0}
    all_leaves, all_notes = read(bundle)
    for origin, notes in all_notes.items():
        leaves, before = all_leaves[origin], None
        for note in notes:
            found = accepted(note, origin, by_origin)
            if found is None:
                return 1, told
            checkpoint, count = found
            told["checkpoints"] += 1
            told["cosignatures"] += count
            size = checkpoint.size
            for index, leaf in enumerate(leaves[:size]):
                if not verify_inclusion(leaf, index, size, path(index, leaves[:size]), checkpoint.root):
                    return 1, told
                told["included"] += 1
            if before is not None and before.size < size:
                hashes = proof(before.size, leaves[:size])
                if not verify_consistency(before.size, size, before.root, checkpoint.root, hashes):
                    return 1, told
                told["consistent"] += 1
            before = checkpoint
    return 0, told


if __name__ == "__main__":
    code, told = main(*sys.argv[1:])
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(code)

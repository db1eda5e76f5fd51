"""Runs inside the environment that has `pymerkle`: appends to its SQLite log, and proofs from it.

    python pymerkle_peer.py folder entries

Prints as JSON: version, appends_per_s (one at a time, wall time), proof_s (inclusion, at `entries`, processor
time). It keeps no inner nodes, so a proof walks the leaves.
"""

import json
import random
import sys
import time
from pathlib import Path

APPENDS = 1_000
PROOFS = 15
ENTRY = b"x" * 1_205


def main(folder: str, entries: int) -> None:
    import pymerkle

    tree = pymerkle.SqliteTree(str(Path(folder) / "pymerkle.db"))
    started = time.perf_counter()
    for _ in range(APPENDS):
        tree.append_entry(ENTRY)
    appends_per_s = APPENDS / (time.perf_counter() - started)
    tree.append_entries((b"%d" % number for number in range(entries - APPENDS)), chunksize=20_000)
    dice = random.Random(1)
    places = [dice.randrange(1, entries + 1) for _ in range(PROOFS)]
    began = time.process_time()
    for place in places:
        tree.prove_inclusion(place, entries)
    proof_s = (time.process_time() - began) / PROOFS
    print(json.dumps({"version": pymerkle.__version__, "appends_per_s": appends_per_s, "proof_s": proof_s}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

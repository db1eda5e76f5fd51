"""The format as docs/record.md tells it, read by code that shares nothing with the package."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.record.vectors import make_vectors

DOCS = Path(__file__).resolve().parents[2] / "docs"
VECTORS: dict[str, Any] = json.loads((DOCS / "vectors" / "journal.json").read_text(encoding="utf-8"))


def check_dsse(dsse: dict[str, Any], public: str) -> Any:
    """The payload, if the signature holds; straight from the DSSE specification."""
    payload = base64.b64decode(dsse["payload"])
    kind = dsse["payloadType"].encode()
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    (signature,) = dsse["signatures"]
    raw = base64.b64decode(public)
    assert signature["keyid"] == hashlib.sha256(raw).hexdigest()
    Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature["sig"]), message)
    return json.loads(payload)


def test_the_package_still_writes_these_bytes() -> None:
    assert make_vectors() == VECTORS


@pytest.mark.parametrize("card", [VECTORS["card"], VECTORS["rotation"]["card"]], ids=["first", "rotated"])
def test_the_card_is_signed_by_the_key_it_names(card: dict[str, Any]) -> None:
    fields = dict(card)
    signature = base64.b64decode(fields.pop("signature"))
    payload = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    kind = b"application/vnd.skyaccord.card+json"
    raw = base64.b64decode(fields["public_key"])
    Ed25519PublicKey.from_public_bytes(raw).verify(
        signature, b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    )
    digest = hashlib.sha512(base64.b64decode(fields["root_key"]) + raw).digest()
    groups = [f"{int.from_bytes(digest[5 * i : 5 * i + 5], 'big') % 100000:05d}" for i in range(8)]
    assert fields["fingerprint"] == " ".join(groups)


def test_the_journal_verifies_without_the_package() -> None:
    card = VECTORS["card"]
    head = hashlib.sha256(b"skyaccord-journal/1\n" + card["origin"].encode()).digest()
    assert head.hex() == VECTORS["start_head"]
    for sequence, entry in enumerate(VECTORS["entries"]):
        data = entry["envelope"].encode()
        dsse = json.loads(data)
        payload = check_dsse(dsse, card["public_key"])
        assert dsse["payloadType"] == f"application/vnd.skyaccord.{payload['kind']}+json"
        assert (payload["origin"], payload["sequence"]) == (card["origin"], sequence)
        assert payload["previous"] == head.hex()
        leaf = hashlib.sha256(b"\x00" + bytes.fromhex(entry["salt"]) + data).digest()
        head = hashlib.sha256(b"\x02" + head + leaf).digest()
        assert (entry["leaf"], entry["head"]) == (leaf.hex(), head.hex())


def test_the_rotation_verifies_without_the_package() -> None:
    """The root key signs entry 5; entry 6 and the checkpoint after it are by the key that it brought."""
    card, rotation = VECTORS["card"], VECTORS["rotation"]
    head = bytes.fromhex(VECTORS["entries"][-1]["head"])
    keys = (card["root_key"], rotation["card"]["public_key"])
    for sequence, (entry, key) in enumerate(zip(rotation["entries"], keys, strict=True), start=5):
        data = entry["envelope"].encode()
        payload = check_dsse(json.loads(data), key)
        assert (payload["sequence"], payload["previous"]) == (sequence, head.hex())
        leaf = hashlib.sha256(b"\x00" + bytes.fromhex(entry["salt"]) + data).digest()
        head = hashlib.sha256(b"\x02" + head + leaf).digest()
        assert (entry["leaf"], entry["head"]) == (leaf.hex(), head.hex())
    body = json.loads(base64.b64decode(json.loads(rotation["entries"][0]["envelope"])["payload"]))["body"]
    assert body == {"old": card["public_key"], "new": keys[1], "card": rotation["card"]}
    assert rotation["card"]["earlier_keys"] == [{"public_key": card["public_key"], "until": 5}]
    assert rotation["card"]["root_key"] == card["root_key"]

    text, block = rotation["checkpoint"].split("\n\n")
    raw, key = base64.b64decode(block.split(" ")[2]), base64.b64decode(keys[1])
    Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], (text + "\n").encode())
    assert text.split("\n")[1] == "7"


@pytest.mark.parametrize(("sequence", "act"), [(3, "message"), (4, "acknowledge")])
def test_the_statements_verify_without_the_package(sequence: int, act: str) -> None:
    envelope = json.loads(VECTORS["entries"][sequence]["envelope"])
    statement = json.loads(base64.b64decode(envelope["payload"]))["body"]["statement"]
    assert statement["payloadType"] == f"application/vnd.skyaccord.statement.{act}+json"
    payload = check_dsse(statement, VECTORS["person_public_key"])
    assert (payload["act"], payload["person"]) == (act, VECTORS["person_public_key"])


def test_the_batch_seals_what_is_not_for_its_reader() -> None:
    batch = VECTORS["batch_for_B"]
    assert [("envelope" in entry) for entry in batch["entries"]] == [True, True, False, True, True]
    assert [entry["leaf"] for entry in batch["entries"]] == [entry["leaf"] for entry in VECTORS["entries"]]
    assert batch["checkpoint"] == VECTORS["checkpoint"]


def test_the_tree_and_its_checkpoint_verify_without_the_package() -> None:
    def inner(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    l0, l1, l2, l3, l4 = (bytes.fromhex(entry["leaf"]) for entry in VECTORS["entries"])
    left = inner(inner(l0, l1), inner(l2, l3))
    three, five = inner(inner(l0, l1), l2), inner(left, l4)
    assert VECTORS["roots"][3:] == [three.hex(), left.hex(), five.hex()]
    assert VECTORS["inclusion_of_2_in_5"] == [l3.hex(), inner(l0, l1).hex(), l4.hex()]
    assert VECTORS["consistency_of_3_with_5"] == [l2.hex(), l3.hex(), inner(l0, l1).hex(), l4.hex()]

    text, block = VECTORS["checkpoint"].split("\n\n")
    origin, size, root = text.split("\n")
    assert (origin, size, base64.b64decode(root)) == (VECTORS["card"]["origin"], "5", five)
    _, name, encoded = block.rstrip("\n").split(" ")
    raw, key = base64.b64decode(encoded), base64.b64decode(VECTORS["card"]["public_key"])
    assert raw[:4] == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], (text + "\n").encode())
    assert VECTORS["checkpoint"] in (DOCS / "record.md").read_text(encoding="utf-8")
    assert VECTORS["verifier_key"] in (DOCS / "record.md").read_text(encoding="utf-8")


def test_the_worked_example_in_the_docs_is_the_first_entry() -> None:
    text = (DOCS / "record.md").read_text(encoding="utf-8")
    entry = VECTORS["entries"][0]
    for value in (
        VECTORS["start_head"],
        entry["salt"],
        entry["leaf"],
        entry["head"],
        VECTORS["card"]["fingerprint"],
    ):
        assert value in text


def test_every_promise_names_tests_that_exist() -> None:
    text = (DOCS / "threat-model.md").read_text(encoding="utf-8")
    names = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?…?`", text)
    assert len(names) > 15
    for file, test in names:
        sources = [found.read_text(encoding="utf-8") for found in Path(__file__).parents[1].rglob(file)]
        assert any(f"def {test}" in source for source in sources), f"{file}::{test}"

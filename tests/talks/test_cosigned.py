"""The accord as one file with all signatures: joined from the record, checked offline by us and by others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.dsse import Envelope as DsseEnvelope
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]
from typer.testing import CliRunner

from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.source import LoadedAccord
from skyaccord.base.errors import AccordError, TrustError
from skyaccord.cli.app import app
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.keys import PartyKey, key_id, public_bytes
from skyaccord.talks.cosigned import cosigned, verify_cosigned
from skyaccord.talks.folder import sign_into
from tests.record.test_rotation import rotate
from tests.record.worlds import Party, exchange_all, make_pair
from tests.talks.test_rotated_keys import between


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Party, Party, LoadedAccord]:
    a, b = make_pair(tmp_path)
    loaded = between(a.key.public, b.key.public)
    sign_into(a.journal, loaded)
    exchange_all(a, b)
    with pytest.raises(AccordError, match="party B has not signed"):
        cosigned(a.journal, loaded.digest)
    sign_into(b.journal, loaded)
    exchange_all(a, b)
    return a, b, loaded


Signed = tuple[Party, Party, LoadedAccord]


def test_both_sides_join_the_same_file_and_others_tools_verify_it(signed: Signed) -> None:
    a, b, loaded = signed
    data = cosigned(a.journal, loaded.digest)
    assert cosigned(b.journal, loaded.digest[:20]) == data
    found = verify_cosigned(data, [b.card, a.card])
    assert found.digest == loaded.digest
    assert found.signed_by == {"A": a.key.public, "B": b.key.public}
    envelope = DsseEnvelope.from_dict(json.loads(data))
    keys = [
        SSlibKey(key_id(one.key.public), "ed25519", "ed25519", {"public": public_bytes(one.key.public).hex()})
        for one in (a, b)
    ]
    assert len(envelope.verify(keys, 2)) == 2
    assert envelope.payload == canonical_bytes(loaded.accord)


def test_what_is_not_the_whole_accord_by_its_parties_is_refused(signed: Signed) -> None:
    a, b, loaded = signed
    whole: dict[str, Any] = json.loads(cosigned(a.journal, loaded.digest))
    one, other = whole["signatures"]
    stranger = sign_dsse("accord", canonical_bytes(loaded.accord), PartyKey.generate())["signatures"][0]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"signatures": [one]}, "no signature by party B"),
        ({"signatures": [one, one]}, "no signature by party B"),
        ({"signatures": [one, {**other, "sig": one["sig"]}]}, "signature of party B: the signature does not"),
        ({"signatures": [one, other, stranger]}, "1 signatures in the file are by none"),
        ({"payload": whole["payload"][:-8] + "AAAAAA=="}, "is no accord|not an accord"),
        ({"payloadType": "application/vnd.skyaccord.head+json"}, "payload type"),
        ({"more": 1}, "there is no such field"),
    ]
    for change, says in cases:
        with pytest.raises(TrustError, match=says):
            verify_cosigned(json.dumps({**whole, **change}).encode(), [a.card, b.card])
    data = json.dumps(whole).encode()
    with pytest.raises(TrustError, match="no card of party B"):
        verify_cosigned(data, [a.card])
    for junk in (b"", b"[]", b"x" * 2_000_000):
        with pytest.raises(TrustError):
            verify_cosigned(junk, [a.card, b.card])
    with pytest.raises(AccordError, match="0 accords on the record begin"):
        cosigned(a.journal, "sha256:" + "0" * 64)
    with pytest.raises(AccordError, match="begin with 'sha256:'"):
        cosigned(a.journal, "sha256:")


def test_it_is_checked_with_the_card_of_before_and_of_after_a_rotation(signed: Signed) -> None:
    a, b, loaded = signed
    data = cosigned(a.journal, loaded.digest)
    first = a.card
    rotate(a, 71)
    exchange_all(a, b)
    assert cosigned(b.journal, loaded.digest) == data
    for card in (first, a.card):
        assert verify_cosigned(data, [card, b.card]).signed_by["A"] == first.public_key
    thief = a.card.model_copy(update={"earlier_keys": None})
    with pytest.raises(TrustError, match="another key for party A than its card"):
        verify_cosigned(data, [thief, b.card])


def test_the_commands(signed: Signed, tmp_path: Path) -> None:
    a, b, loaded = signed
    run = CliRunner()
    made = run.invoke(app, ["accord", "cosigned", loaded.digest, "--node", str(a.path)])
    assert made.exit_code == 0, made.output
    file = tmp_path / "accord.dsse.json"
    file.write_text(made.stdout, encoding="utf-8")
    cards = [str(party.path / "party.card.json") for party in (a, b)]
    found = run.invoke(app, ["accord", "verify-cosigned", str(file), "--card", cards[0], "--card", cards[1]])
    assert found.exit_code == 0, found.output
    assert loaded.digest in found.stdout
    assert b.card.fingerprint in found.stdout

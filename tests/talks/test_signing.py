"""A signature under an accord: what counts, and each way in which one does not."""

import copy
from typing import Any

import pytest

from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.drafting import Changes
from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import AccordError, RefusedError
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.kinds import KINDS
from skyaccord.talks.signing import SIGNED_KIND, check_signed, short, sign_accord
from tests.accord.samples import SMALL
from tests.talks.world import KEYS, PINS, accord, accord_text


def body(party: str = "A") -> dict[str, Any]:
    return sign_accord(accord(), party, KEYS[party])


def test_what_is_signed_holds() -> None:
    loaded = check_signed("A", body("A"), PINS["A"])
    assert loaded.digest == accord().digest
    assert KINDS.fault(SIGNED_KIND, body()) is None
    assert short(loaded.digest) == loaded.digest[:19] + "…"


def test_comments_may_differ_between_the_parties_copies() -> None:
    commented = parse_accord("# our own remark\n" + accord_text(), "x")
    mine = sign_accord(commented, "B", KEYS["B"])
    assert check_signed("B", mine, PINS["B"]).digest == accord().digest


def test_a_draft_or_a_stranger_cannot_sign() -> None:
    one_key = parse_accord(SMALL.replace('id = "A"', f'id = "A"\npublic_key = "{PINS["A"]}"'), "draft.toml")
    with pytest.raises(AccordError, match="no public key yet for party B"):
        sign_accord(one_key, "A", KEYS["A"])
    with pytest.raises(AccordError, match="party C is not in the accord"):
        sign_accord(accord(), "C", KEYS["C"])
    with pytest.raises(AccordError, match="another public key for party A than this node's"):
        sign_accord(accord(), "A", KEYS["C"])
    alone = parse_accord(
        SMALL.replace('[[party]]\nid = "B"\nname = "Party B"\n', "").replace(
            'id = "A"', f'id = "A"\npublic_key = "{PINS["A"]}"'
        ),
        "alone.toml",
    )
    with pytest.raises(AccordError, match="needs 2"):
        sign_accord(alone, "A", KEYS["A"])


def refused(party: str, changed: dict[str, Any], pin: str | None) -> str:
    with pytest.raises(RefusedError) as caught:
        check_signed(party, changed, pin)
    return caught.value.what


def test_a_text_changed_after_signing_is_refused() -> None:
    changed = body()
    changed["text"] = changed["text"].replace("horizontal_nm = 3", "horizontal_nm = 2")
    assert refused("A", changed, PINS["A"]).startswith("changed after signing: the text's digest is")
    changed["digest"] = parse_accord(changed["text"], "x").digest
    assert refused("A", changed, PINS["A"]).startswith("changed after signing: the signature covers other")


def test_another_key_is_refused() -> None:
    assert refused("A", body(), PINS["C"]).startswith("wrong key")
    assert refused("A", body(), None).startswith("unknown party: no key is pinned for A")
    assert refused("C", body(), PINS["C"]).startswith("unknown party: C is not in the accord")
    forged = {**body(), "signature": sign_dsse("accord", canonical_bytes(accord().accord), KEYS["B"])}
    assert "another key than the pinned one" in refused("A", forged, PINS["A"])
    # B's signature is no signature of A, and an accord that names a thief's key does not pass A's pin
    assert "another key than the pinned one" in refused("B", body("A"), PINS["B"])
    stolen = sign_accord(accord(A=PINS["C"]), "A", KEYS["C"])
    assert refused("A", stolen, PINS["A"]).startswith("wrong key")


def test_a_signature_for_another_purpose_is_refused() -> None:
    other = {
        **body(),
        "signature": sign_dsse("statement.message", canonical_bytes(accord().accord), KEYS["A"]),
    }
    assert "payload type" in refused("A", other, PINS["A"])


def test_every_flipped_bit_of_the_signature_is_found() -> None:
    original = body()
    value = original["signature"]["signatures"][0]["sig"]
    for position in range(0, len(value) - 2, 7):
        changed = copy.deepcopy(original)
        letter = "A" if value[position] != "A" else "B"
        changed["signature"]["signatures"][0]["sig"] = value[:position] + letter + value[position + 1 :]
        assert "signature" in refused("A", changed, PINS["A"])


def test_drafts_and_lone_parties_are_refused_on_the_record_too() -> None:
    text = SMALL.replace('id = "A"', f'id = "A"\npublic_key = "{PINS["A"]}"')
    draft = parse_accord(text, "x")
    signature = sign_dsse("accord", canonical_bytes(draft.accord), KEYS["A"])
    changed = {"digest": draft.digest, "text": text, "signature": signature}
    assert refused("A", changed, PINS["A"]).startswith("a draft was signed: no key for party B")
    lone = parse_accord(text.replace('[[party]]\nid = "B"\nname = "Party B"\n', ""), "x")
    changed = {"digest": lone.digest, "text": lone.text, "signature": signature}
    assert refused("A", changed, PINS["A"]) == "an accord of one party"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digest": "sha256:12"}, "digest"),
        ({"text": 5}, "text"),
        ({"text": "nonsense ["}, "the signed text is no accord"),
        ({"signature": {}}, "signature"),
        ({"target": "x"}, "target"),
    ],
)
def test_bodies_that_are_none(change: dict[str, Any], words: str) -> None:
    assert words in refused("A", {**body(), **change}, PINS["A"])


def test_the_largest_accord_fits_into_an_envelope() -> None:
    """FILE_BYTES_MAX of text with as much in it as can be signed, with quotes that JSON has to escape."""
    from skyaccord.accord import limits
    from skyaccord.record.envelope import ENVELOPE_BYTES_MAX, seal
    from tests.talks.world import header

    prose = "it reads 'so', \"not\" otherwise\n" * 300
    text = accord_text(Changes(title="Large"))
    for number in range(100):
        clause = f"\n[[clause]]\ntitle = '{number}'\ntext = '''{prose}'''\n"
        if len(text) + len(clause) > limits.FILE_BYTES_MAX:
            break
        text += clause
    loaded = parse_accord(text, "large.toml")
    data = seal(header("A"), sign_accord(loaded, "A", KEYS["A"]), KEYS["A"])
    assert len(data) <= ENVELOPE_BYTES_MAX


def test_a_signed_text_of_one_endless_key_is_refused_before_it_is_read() -> None:
    """62 kB that would take 3.7 GiB of memory, at every start of the node again."""
    text = ".".join("a" * 31_000) + "=1"
    bomb = {"digest": f"sha256:{'0' * 64}", "text": text, "signature": sign_dsse("accord", b"{}", KEYS["A"])}
    assert "more than 8 parts joined by dots" in refused("A", bomb, PINS["A"])

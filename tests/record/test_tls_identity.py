"""The link's certificate: small, the same each time, and nothing else passes for one."""

import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from trustme import CA

from skyaccord.base.errors import TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.fields import encode_base64
from skyaccord.record.keys import PartyKey
from skyaccord.record.kinds import KINDS, PEER_PINNED
from skyaccord.record.tls_identity import CERTIFICATE_BYTES_MAX, LinkKey, check_certificate

ORIGIN = "skyaccord.journal/A/0123456789abcdef"
KEY = PartyKey.generate(SeededRandomness(3))
LINK = LinkKey.generate(SeededRandomness(4))
NAME = "A.0123456789abcdef"


def card(certificate: bytes | None) -> Card:
    return Card.make(
        party="A", name="A", origin=ORIGIN, link_address="https://a:1", key=KEY, certificate=certificate
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def test_one_key_has_one_certificate_that_certifies_nobody_else() -> None:
    made = LINK.certificate("A.0123456789abcdef")
    assert made == LINK.certificate("A.0123456789abcdef") != LINK.certificate("B.0123456789abcdef")
    assert len(made) < CERTIFICATE_BYTES_MAX / 4
    check_certificate(made, "A.0123456789abcdef")
    read = x509.load_der_x509_certificate(made)
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not read.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


def test_the_card_carries_it_under_its_signature() -> None:
    made = card(LINK.certificate(NAME))
    assert Card.loads(made.dumps().encode()) == made
    assert made.certificate == LINK.certificate(NAME)
    another = encode_base64(LinkKey.generate().certificate(NAME))
    other = {**json.loads(made.dumps()), "tls_certificate": another}
    with pytest.raises(TrustError, match="signature"):
        Card.loads(json.dumps(other).encode())
    without = json.loads(made.dumps())
    del without["tls_certificate"]
    with pytest.raises(TrustError, match="signature"):
        Card.loads(json.dumps(without).encode())


def test_a_card_from_before_stays_what_it_was() -> None:
    old = card(None)
    assert old.certificate is None
    assert "tls_certificate" not in old.dumps()
    assert "tls_certificate" not in old.model_dump(mode="json")
    assert old.same_identity(card(LINK.certificate(NAME)))


def test_what_is_no_such_certificate_is_refused() -> None:
    authority = CA()
    leaf = x509.load_pem_x509_certificate(authority.issue_cert("a.example").cert_chain_pems[0].bytes())
    good = LINK.certificate(NAME)
    other = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    signed_by_other = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(LINK.private.public_key()).serial_number(1)
        .not_valid_before(x509.load_der_x509_certificate(good).not_valid_before_utc)
        .not_valid_after(x509.load_der_x509_certificate(good).not_valid_after_utc)
        .sign(other, hashes.SHA256())
    )  # fmt: skip
    for data, says in [
        (b"", "parsing"),
        (b"x" * (CERTIFICATE_BYTES_MAX + 1), "limit"),
        (good[:-1], "parsing"),
        (good[:-1] + bytes([good[-1] ^ 1]), "not signed by its own key"),
        (der(signed_by_other), "not signed by its own key"),
        (der(leaf), "not Ed25519"),
        (LINK.certificate("B.0123456789abcdef"), "another node's"),
    ]:
        with pytest.raises(ValueError, match=says):
            check_certificate(data, NAME)
        with pytest.raises(TrustError):
            card(data)


def test_a_certificate_of_another_version_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LINK.certificate(NAME)
    version = bytes.fromhex("a003020102")  # [0] INTEGER 2: version 3
    assert made.count(version) == 1
    fourth = made.replace(version, bytes.fromhex("a003020103"))
    with pytest.raises(ValueError, match="no certificate that can be used"):
        check_certificate(fourth, NAME)
    with monkeypatch.context() as liar:  # who signs a card with it
        liar.setattr("skyaccord.record.cards.check_certificate", lambda *_: None)
        changed = json.loads(card(fourth).dumps())
    with pytest.raises(TrustError, match="no certificate that can be used") as caught:
        Card.loads(json.dumps(changed).encode())
    assert "\n" not in str(caught.value)
    fault = KINDS.fault(PEER_PINNED, {"card": changed, "fingerprint": "x"})
    assert fault is not None
    assert fault.startswith("body of peer.pinned: card")

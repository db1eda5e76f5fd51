"""Contexts: what they trust, and what they do not care for."""

import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.node.link_parties import A, B

FROM, TO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def vouched_for_by() -> tuple[bytes, ssl.SSLContext]:
    """A peer's certificate that may certify others, and a context with one that it made."""
    peer_key, child_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    peer_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])

    def made(name: x509.Name, key: ec.EllipticCurvePrivateKey, ca: bool) -> x509.Certificate:
        return (
            x509.CertificateBuilder().subject_name(name).issuer_name(peer_name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(FROM).not_valid_after(TO)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(peer_key, hashes.SHA256())
        )  # fmt: skip

    peer = made(peer_name, peer_key, True)
    child = made(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "B")]), child_key, False)
    context = B.client_context(A.certificate)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "child.pem"
        file.write_bytes(
            child.public_bytes(serialization.Encoding.PEM)
            + child_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context.load_cert_chain(file)
    return peer.public_bytes(serialization.Encoding.DER), context


def test_contexts_are_as_strict_as_they_say() -> None:
    server, client = A.server_context([B.certificate]), B.client_context(A.certificate)
    for context in (server, client):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_3
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert len(context.get_ca_certs(binary_form=True)) <= 1, (
            "pins only, none of the machine's authorities"
        )
    assert server.num_tickets == 0
    assert not client.check_hostname


def test_the_key_does_not_stay_on_the_disk(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    A.server_context()
    assert list(tmp_path.iterdir()) == []


def test_dates_decide_nothing() -> None:
    """Certificates are made for all years, and another's dates are not looked at: only the pin counts."""
    for context in (A.server_context(), A.client_context(B.certificate)):
        assert context.verify_flags & 0x200000

"""The link's key: from before there was one, after a change of address, and never by halves."""

import json
from pathlib import Path

import pytest

from skyaccord.base.errors import TrustError
from skyaccord.record.cards import Card
from skyaccord.record.folder import Folder
from skyaccord.record.link_identity import LINK_CERTIFICATE_FILE, LINK_KEY_FILE, load_link_key, renew_card
from tests.record.test_folder import init

SECRET = "correct horse"


def from_before(path: Path) -> Folder:
    """A folder as it was before the link had TLS."""
    folder = init(path, link_address="https://127.0.0.1:7700")
    key, card = folder.load_key(SECRET), folder.card()
    old = Card.make(
        party=card.party, name=card.name, origin=card.origin, link_address="http://127.0.0.1:7700", key=key,
        root_key=card.root_key,
    )  # fmt: skip
    folder.card_file.write_text(old.dumps())
    for name in (LINK_KEY_FILE, LINK_CERTIFICATE_FILE):
        (folder.path / name).unlink()
    return folder


def test_a_folder_from_before_gets_key_certificate_and_card(tmp_path: Path) -> None:
    folder = from_before(tmp_path / "a")
    old, key = folder.card(), folder.load_key(SECRET)
    renewed = renew_card(folder, key, SECRET, "https://127.0.0.1:7700")
    assert renewed is not None
    assert folder.card() == renewed
    assert renewed.same_identity(old)
    assert renewed.link_address == "https://127.0.0.1:7700"
    assert renewed.certificate is not None
    assert load_link_key(folder, SECRET).public
    assert renew_card(folder, key, SECRET, "https://127.0.0.1:7700") is None, "once is enough"


def test_a_start_that_was_cut_off_in_the_middle_is_made_good(tmp_path: Path) -> None:
    folder = from_before(tmp_path / "a")
    (folder.path / LINK_KEY_FILE).write_text("half a key")
    folder.card_file.with_name("party.card.json.new").write_text("half a card")
    assert renew_card(folder, folder.load_key(SECRET), SECRET, "https://a:1") is not None
    assert load_link_key(folder, SECRET).public


def test_another_address_is_another_card_with_the_same_certificate(tmp_path: Path) -> None:
    folder = init(tmp_path / "a", link_address="https://a:1")
    before = folder.card()
    renewed = renew_card(folder, folder.load_key(SECRET), SECRET, "none")
    assert renewed is not None
    assert (renewed.link_address, renewed.certificate) == ("none", before.certificate)


def test_key_and_card_of_two_copies_are_not_served(tmp_path: Path) -> None:
    folder = init(tmp_path / "a", link_address="https://a:1")
    other = init(tmp_path / "b", link_address="https://a:1")
    (folder.path / LINK_KEY_FILE).write_bytes((other.path / LINK_KEY_FILE).read_bytes())
    with pytest.raises(TrustError, match="another certificate"):
        load_link_key(folder, SECRET)
    with pytest.raises(TrustError, match="wrong passphrase"):
        load_link_key(other, "guess")
    assert "BEGIN ENCRYPTED" in (other.path / LINK_KEY_FILE).read_text()
    assert json.loads(other.card_file.read_text())["tls_certificate"]

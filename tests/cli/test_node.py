"""`skyaccord node`: what each command prints, refuses and leaves alone. (Running nodes: tests/node.)"""

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import (
    InputError,
    JournalError,
    LinkError,
    NotANodeError,
    PortTakenError,
    SkyAccordError,
    TrustError,
    UnreadableError,
)
from skyaccord.cli.app import app
from skyaccord.record.cards import Card
from skyaccord.record.keys import PartyKey, PersonKey, RootKey
from skyaccord.record.listing import list_entries
from skyaccord.record.verify import verify_folder


class Desk:
    """A folder to run commands in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.passphrase = root / "passphrase"
        self.passphrase.write_text("correct horse\n", encoding="utf-8")
        self.root_passphrase = root / "root.passphrase"
        self.root_passphrase.write_text("battery staple\n", encoding="utf-8")

    def run(self, *arguments: str | Path, answer: str = "") -> str:
        """Standard output of a command; raises what it raises."""
        result = CliRunner().invoke(app, ["node", *map(str, arguments)], input=answer)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    def init(self, party: str, *more: str | Path) -> Path:
        folder = self.root / party
        self.run(
            "init",
            folder,
            "--party",
            party,
            "--name",
            f"Party {party}",
            "--passphrase-file",
            self.passphrase,
            "--root-passphrase-file",
            self.root_passphrase,
            *more,
        )
        return folder

    def peer(self, party: str, card: Path, heard: str | None = None) -> str:
        """Pin a card at this party's node; heard: what the other side read, by default what the card says."""
        heard = heard or json.loads(card.read_text("utf-8"))["fingerprint"]
        more = ("--fingerprint", heard, "--passphrase-file", self.passphrase)
        return self.run("peer", self.root / party, card, *more)

    def card(self, party: str) -> Path:
        file = self.root / f"{party}.card.json"
        file.write_text(self.run("card", self.root / party), encoding="utf-8")
        return file


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_init_makes_a_whole_folder_and_says_what_next(desk: Desk) -> None:
    folder = desk.init("A", "--console-port", "7500", "--link-port", "7501")
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith("node.db-")) == [
        "link.crt", "link.key", "node.db", "node.toml", "party.card.json", "party.key", "party.root",
    ]  # fmt: skip
    assert folder.stat().st_mode & 0o077 == 0
    card = Card.load(folder / "party.card.json")
    assert (card.party, card.name, card.link_address) == ("A", "Party A", "https://127.0.0.1:7501")
    assert json.loads(desk.run("card", folder)) == card.model_dump()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--party", "A B"), "party"),
        (("--party", "A", "--link-port", "7410"), "two different ports"),
        (("--party", "A", "--link-address", "nonsense"), "link_address"),
    ],
)
def test_a_slip_at_init_leaves_nothing_behind(desk: Desk, more: tuple[str, ...], says: str) -> None:
    named = ("--name", "N", "--passphrase-file", desk.passphrase)
    secret = ("--root-passphrase-file", desk.root_passphrase)
    with pytest.raises(InputError, match=says):
        desk.run("init", desk.root / "N", *named, *secret, *more)
    assert sorted(path.name for path in desk.root.iterdir()) == ["passphrase", "root.passphrase"]


def test_init_refuses_a_folder_that_is_not_empty(desk: Desk) -> None:
    (desk.root / "A").mkdir()
    (desk.root / "A" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        desk.init("A")
    assert [path.name for path in (desk.root / "A").iterdir()] == ["notes.txt"]
    folder = desk.init("B")
    before = (folder / "party.key").read_bytes()
    with pytest.raises(InputError, match="node's folder already"):
        desk.init("B")
    assert (folder / "party.key").read_bytes() == before


def test_peer_pins_once_and_never_another_key(desk: Desk) -> None:
    desk.init("A")
    desk.init("B")
    card = desk.card("B")
    said = desk.peer("A", card)
    assert Card.load(card).fingerprint in said
    assert "Pinned, as entry 1" in said
    said = desk.peer("A", card)
    assert "nothing has changed" in said

    (desk.root / "elsewhere").mkdir()
    other = Desk(desk.root / "elsewhere")
    other.init("B")
    with pytest.raises(TrustError, match="another key"):
        desk.peer("A", other.card("B"))
    with pytest.raises(TrustError, match="itself"):
        desk.peer("A", desk.card("A"))


def test_peer_pins_nothing_that_was_not_read_aloud(desk: Desk) -> None:
    """Both ways: theirs must be what the card says, and ours read back is no comparison."""
    desk.init("A")
    desk.init("B")
    card, ours = desk.card("B"), Card.load(desk.card("A")).fingerprint
    theirs = Card.load(card).fingerprint
    wrong = " ".join([*theirs.split()[:7], "00000"])
    for heard, says in ((wrong, "group 8 differs"), (ours, "our own fingerprint")):
        with pytest.raises(TrustError, match=says):
            desk.peer("A", card, heard)
    for heard in (theirs[:-1], theirs + "1", theirs.replace("1", "x"), "yes"):
        with pytest.raises(InputError, match="8 groups of 5 digits"):
            desk.peer("A", card, heard)
    with pytest.raises(InputError, match="no terminal to type"):
        desk.run("peer", desk.root / "A", card, "--passphrase-file", desk.passphrase)
    assert [line.kind for line in list_entries(desk.root / "A", limit=9)] == ["node.opened"]
    said = desk.peer("A", card, theirs.replace(" ", "-"))
    assert ours in said
    assert "Pinned, as entry 1" in said
    pinned = list_entries(desk.root / "A", limit=1)[0]
    assert pinned.body is not None
    assert pinned.body["fingerprint"] == theirs


def test_the_root_key_has_a_place_and_a_passphrase_of_its_own(desk: Desk) -> None:
    away = desk.root / "usb" / "A.root"
    away.parent.mkdir()
    folder = desk.init("A", "--root-key", away)
    assert not (folder / "party.root").exists()
    root = RootKey.load(away, "battery staple")
    assert Card.load(folder / "party.card.json").root_key == root.public
    arguments = ("--party", "C", "--name", "C", "--passphrase-file", desk.passphrase)
    with pytest.raises(InputError, match="passphrase of its own"):
        desk.run("init", desk.root / "C", *arguments, "--root-passphrase-file", desk.passphrase)
    with pytest.raises(InputError, match="--root-passphrase-file"):
        desk.run("init", desk.root / "C", *arguments)
    with pytest.raises(InputError, match="exists already"):
        desk.init("D", "--root-key", away)
    assert not (desk.root / "C").exists()
    assert not (desk.root / "D").exists()
    desk.run("init", desk.root / "C", *arguments, "--exercise")
    assert (desk.root / "C" / "party.root").stat().st_mode & 0o777 == 0o600


def test_a_key_is_replaced_and_taken_back_with_the_root_key_only(desk: Desk) -> None:
    folder = desk.init("A")
    before = Card.load(folder / "party.card.json")
    root = folder / "party.root"
    both = ("--passphrase-file", desk.passphrase, "--root-passphrase-file", desk.root_passphrase)
    with pytest.raises(TrustError, match="wrong passphrase for this root key"):
        desk.run("rotate-key", folder, "--root", root, "--passphrase-file", desk.passphrase,
                 "--root-passphrase-file", desk.passphrase)  # fmt: skip
    stranger = desk.root / "stranger.root"
    RootKey.generate().save(stranger, "battery staple")
    with pytest.raises(TrustError, match="not the root key on the party's card"):
        desk.run("rotate-key", folder, "--root", stranger, *both)
    assert sorted(path.name for path in folder.glob("*.new")) == []
    said = desk.run("rotate-key", folder, "--root", root, *both)
    after = Card.load(folder / "party.card.json")
    assert after.fingerprint in said
    assert (after.root_key, after.certificate) == (before.root_key, before.certificate)
    assert after.public_key != before.public_key
    assert PartyKey.load(folder / "party.key", "correct horse").public == after.public_key
    assert PartyKey.load(folder / "party.key.1", "correct horse").public == before.public_key
    said = desk.run("revoke-key", folder, "--root", root, "--reason", "EXERCISE", *both[2:])
    assert "revoked, as entry 2" in said
    key = PersonKey.generate().public
    with pytest.raises(JournalError, match="key was revoked"):
        desk.run("enrol", folder, key, "--role", "x", "--passphrase-file", desk.passphrase)
    desk.run("rotate-key", folder, "--root", root, "--new-link-key", *both)
    assert Card.load(folder / "party.card.json").certificate != before.certificate
    desk.run("enrol", folder, key, "--role", "x", "--passphrase-file", desk.passphrase)
    assert verify_folder(folder, [before]).findings == []


def test_a_dismissed_person_signs_no_more(desk: Desk) -> None:
    folder = desk.init("A")
    key = PersonKey.generate().public
    with pytest.raises(InputError, match="no such key is enrolled"):
        desk.run("dismiss", folder, key, "--passphrase-file", desk.passphrase)
    desk.run("enrol", folder, key, "--role", "duty-officer", "--passphrase-file", desk.passphrase)
    said = desk.run("dismiss", folder, key, "--passphrase-file", desk.passphrase)
    assert "Dismissed duty-officer (duty-officer), as entry 2" in said
    with pytest.raises(InputError, match="no such key is enrolled"):
        desk.run("dismiss", folder, key, "--passphrase-file", desk.passphrase)


def test_a_card_that_was_changed_is_refused(desk: Desk) -> None:
    desk.init("A")
    desk.init("B")
    card = desk.card("B")
    changed = json.loads(card.read_text("utf-8")) | {"link_address": "http://evil.example"}
    card.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(TrustError, match="signature"):
        desk.peer("A", card)
    whole = json.dumps(changed)
    for content, says in [
        ("", "not a card (it is empty); give the file that"),
        ("{}", "not a card, but another file; give"),
        ("[]", "not a card, but another file; give"),
        ("not json", "not a card (it is no JSON); give"),
        (whole[:300], "not a card (the end is missing); give"),
        ('{"format": "skyaccord.witness-card/1"}', "this is a witness's card, not a party's; pin it with"),
        (whole.replace('"party"', '"parties"'), "not a valid card: party: is missing; ask the party"),
    ]:
        card.write_text(content, encoding="utf-8")
        with pytest.raises(TrustError) as caught:
            desk.run("peer", desk.root / "A", card, "--passphrase-file", desk.passphrase)
        assert f"{card}: {says}" in str(caught.value)
    with pytest.raises(UnreadableError):
        desk.run("peer", desk.root / "A", desk.root / "gone.json", "--passphrase-file", desk.passphrase)


def test_enrol_takes_a_file_or_a_key_and_lists_who_waits(desk: Desk) -> None:
    folder = desk.init("A")
    key = PersonKey.generate().public
    public = desk.root / "officer.pub"
    public.write_text(f"{key}\n", encoding="utf-8")
    said = desk.run("enrol", folder, public, "--role", "duty-officer", "--passphrase-file", desk.passphrase)
    assert "Enrolled duty-officer as duty-officer, as entry 1" in said
    said = desk.run(
        "enrol", folder, key, "--role", "deputy", "--name", "N. N.", "--passphrase-file", desk.passphrase
    )
    assert "Enrolled N. N. as deputy, as entry 2" in said
    assert desk.run("enrol", folder, "--waiting") == ""

    from skyaccord.record.folder import open_folder

    store = open_folder(folder).open_store()
    wish = {"public_key": key, "name": "Wisher", "role": "deputy"}
    store.put_setting("enrolments_waiting", [wish])
    store.close()
    assert desk.run("enrol", folder, "--waiting").split() == [key, "deputy", "Wisher"]
    said = desk.run("enrol", folder, key, "--role", "deputy", "--passphrase-file", desk.passphrase)
    assert "Enrolled Wisher as deputy" in said


@pytest.mark.parametrize(
    ("given", "role", "error", "says"),
    [
        ("nonsense", "duty-officer", InputError, "neither a file nor a public key"),
        ("passphrase", "duty-officer", InputError, "holds no public key"),
        ("A/party.key", "duty-officer", InputError, "holds no public key"),
        (None, "duty-officer", InputError, "--role are needed"),
    ],
)
def test_enrol_says_what_is_no_key(
    desk: Desk, given: str | None, role: str, error: type[SkyAccordError], says: str
) -> None:
    folder = desk.init("A")
    public = [] if given is None else [desk.root / given if (desk.root / given).exists() else given]
    with pytest.raises(error, match=says):
        desk.run("enrol", folder, *public, "--role", role, "--passphrase-file", desk.passphrase)


def test_a_wrong_passphrase_is_one_line_everywhere(desk: Desk) -> None:
    folder = desk.init("A", "--console-port", "7500", "--link-port", "7501")
    wrong = desk.root / "wrong"
    wrong.write_text("battery staple\n", encoding="utf-8")
    key = PersonKey.generate().public
    for arguments in (("serve", folder), ("enrol", folder, key, "--role", "x")):
        with pytest.raises(TrustError, match="wrong passphrase"):
            desk.run(*arguments, "--passphrase-file", wrong)
    with pytest.raises(InputError, match="no terminal"):
        desk.run("serve", folder)


def test_a_folder_that_is_no_node_is_one_line_everywhere(desk: Desk) -> None:
    card = desk.root / "any.json"
    for arguments in (
        ("card", desk.root),
        ("peer", desk.root, card),
        ("enrol", desk.root, "x", "--role", "x"),
        ("serve", desk.root),
        ("status", desk.root),
        ("card", desk.root / "gone"),
    ):
        with pytest.raises(NotANodeError, match="node init"):
            desk.run(*arguments)


def test_serve_on_a_taken_port_stops_before_it_asks_for_a_passphrase(desk: Desk) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        folder = desk.init("A", "--console-port", str(port))
        with pytest.raises(PortTakenError, match=str(port)):
            desk.run("serve", folder)


def test_status_says_when_nobody_answers(desk: Desk) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = desk.init("A", "--console-port", str(port))
    with pytest.raises(LinkError, match="node serve"):
        desk.run("status", folder)
    with_blank = folder.rename(desk.root / "our node")
    with pytest.raises(LinkError, match=r"node serve '[^']*/our node'$"):
        desk.run("status", with_blank)
    folder = with_blank
    with pytest.raises(InputError, match="format"):
        desk.run("status", folder, "--format", "yaml")

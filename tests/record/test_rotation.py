"""Keys replaced and taken back: by the root key alone, followed by every peer, never undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import JournalError, RefusedError, TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card
from skyaccord.record.chain import leaf_hash
from skyaccord.record.envelope import KEY_ROTATED, make_header, seal
from skyaccord.record.folder import CARD_FILE, open_new_journal
from skyaccord.record.journal import Journal
from skyaccord.record.journals import journal_info, write_entry
from skyaccord.record.keys import PartyKey, RootKey
from skyaccord.record.kinds import KeyRotated
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.peers import peers, pin_peer
from skyaccord.record.pins import chain_of
from skyaccord.record.rotation import revoke_key, rotate_key
from skyaccord.record.store import open_store
from skyaccord.record.verify import verify_folder
from tests.record.worlds import Party, copy_folder, exchange, exchange_all, make_pair, make_party


def new_key(seed: int) -> PartyKey:
    return PartyKey.generate(SeededRandomness(seed))


def rotate(party: Party, seed: int) -> PartyKey:
    """Rotate, and go on with the new key as after a restart."""
    key = new_key(seed)
    entry = rotate_key(party.journal, party.root, key, party.card)
    party.card = KeyRotated.model_validate(entry.body).card
    party.key = key
    (party.path / CARD_FILE).write_text(party.card.dumps())
    party.reopen()
    return key


def say(party: Party, depth_m: int) -> None:
    party.journal.append("sounding", {"depth_m": depth_m}, recipients=["*"])


def depths(reader: Party, writer: Party) -> list[int]:
    return [
        entry.body["depth_m"] for entry in reader.journal.entries(writer.card.origin, kinds=("sounding",))
    ]


def test_peers_follow_a_rotation_and_accept_the_new_key_from_there_on(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    say(a, 1)
    exchange_all(a, b)
    rotate(a, 71)
    say(a, 2)
    exchange_all(a, b)
    rotate(a, 72)
    say(a, 3)
    exchange_all(a, b)
    assert depths(b, a) == [1, 2, 3]
    assert b.journal.info(a.card.origin).public_key == a.key.public
    held = peers(b.journal)["A"]
    assert held == a.card
    assert held.earlier_keys is not None
    assert [one.until for one in held.earlier_keys] == [
        entry.sequence for entry in b.journal.entries(a.card.origin, kinds=(KEY_ROTATED,))
    ]
    with b.store.reading() as connection:
        assert chain_of(connection, a.card.origin).keys == [
            *(one.public_key for one in held.earlier_keys), a.key.public,
        ]  # fmt: skip


def test_a_peer_that_was_away_follows_several_rotations_at_once(tmp_path: Path) -> None:
    """The checkpoint of every batch is signed with the newest key, whichever entries it ends with."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    for number in range(4):
        say(a, number)
        rotate(a, 80 + number)
    outgoing = Outgoing(a.journal, "B", entries_max=1)  # each batch ends before or at a rotation
    incoming = Incoming(b.journal)
    for _ in range(20):
        answer = incoming.accept(outgoing.batch(), party="A")
        assert answer.reason is None, answer.reason
        if outgoing.answered(answer):
            break
    assert depths(b, a) == [0, 1, 2, 3]
    exchange_all(a, b)
    assert b.journal.size(a.card.origin) == a.journal.size()


def test_a_stolen_party_key_rotates_nothing(tmp_path: Path) -> None:
    """The thief has the party's key and the party's own program, changed as he likes."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    thief = RootKey.generate(SeededRandomness(66))
    with pytest.raises(TrustError, match="not the root key on the party's card"):
        rotate_key(a.journal, thief, new_key(67), a.card)
    stolen = new_key(68)
    body = KeyRotated(
        old=a.key.public, new=stolen.public, card=a.card.renewed(stolen, replaced_at=a.journal.size())
    )
    with pytest.raises(RefusedError, match="signed with a root key"):
        a.journal.append(KEY_ROTATED, body, recipients=["*"])
    for signer in (a.key, thief):
        twin = restored(a, tmp_path / signer.signs_for)
        forge(twin, KEY_ROTATED, body.model_dump(mode="json"), signer)
        answer = Incoming(b.journal).accept(Outgoing(twin.journal, "B").batch(), party="A")
        assert "must be signed with the party's root key" in (answer.reason or "")
    assert b.journal.info(a.card.origin).public_key == a.key.public
    say(a, 5)
    exchange_all(a, b)
    assert depths(b, a) == [5]


def forge(party: Party, kind: str, body: dict[str, Any], signer: PartyKey | RootKey) -> None:
    """Append what no program of ours appends: any kind, by any key."""
    with party.store.writing() as connection:
        info = journal_info(connection, party.card.origin)
        header = make_header(
            origin=info.origin, sequence=info.size, previous=info.head.hex(), kind=kind, accord=None,
            recipients=["*"], sky_time=party.clock.now(), recorded_at=party.clock.now(), exercise=True,
        )  # fmt: skip
        data, salt = seal(header, body, signer), bytes(16)
        write_entry(connection, info, leaf=leaf_hash(salt, data), salt=salt, data=data, kind=kind)


def test_what_the_old_key_signs_after_its_rotation_is_refused(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    old, running = a.key, a.journal
    rotate(a, 71)
    with pytest.raises(JournalError, match="key was replaced; this process still has the old one"):
        Journal(a.store, a.card.origin, old, a.clock, a.randomness).append("x", {}, recipients=["*"])
    assert running is not a.journal
    exchange_all(a, b)
    size = b.journal.size(a.card.origin)
    forge(a, "sounding", {"depth_m": 6}, old)
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch(), party="A")
    assert f"entry {size}: signed with another key than the pinned one" in (answer.reason or "")
    assert b.journal.size(a.card.origin) == size


def test_a_checkpoint_by_the_old_key_is_refused_once_the_rotation_is_held(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    thief = restored(a, tmp_path / "thief")
    rotate(a, 71)
    exchange_all(a, b)
    for _ in range(3):
        say(thief, 9)
    answer = Incoming(b.journal).accept(Outgoing(thief.journal, "B").batch(), party="A")
    assert "0 signatures by" in (answer.reason or "")
    assert depths(b, a) == []


def test_a_revoked_key_signs_nothing_until_a_rotation(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    say(a, 1)
    revoke_key(a.journal, a.root, "stolen, EXERCISE")
    with pytest.raises(JournalError, match="key was revoked"):
        say(a, 2)
    with pytest.raises(TrustError, match="revoked already"):
        revoke_key(a.journal, a.root, "again")
    exchange(a, b)
    assert b.journal.info(a.card.origin).halted is not None
    thief = restored(a, tmp_path / "thief")
    forge(thief, "sounding", {"depth_m": 2}, a.key)
    answer = Incoming(b.journal).accept(Outgoing(thief.journal, "B").batch(), party="A")
    assert "key was revoked" in (answer.reason or "")
    rotate(a, 73)
    say(a, 3)
    exchange_all(a, b)
    assert depths(b, a) == [1, 3]


def test_no_old_key_comes_back_and_no_other_keys_stand_on_the_new_card(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    first = a.key
    rotate(a, 71)
    with pytest.raises(TrustError, match="was the party's before"):
        rotate_key(a.journal, a.root, first, a.card)
    exchange_all(a, b)
    new = new_key(72)
    size = a.journal.size()
    wrong = [
        (a.card.public_key, a.card.renewed(new, replaced_at=size + 1), "signs from another entry on"),
        (a.card.public_key, b.card.renewed(new, replaced_at=size), "does not name the old key"),
    ]
    for old, card, says in wrong:
        twin = restored(a, tmp_path / says.split()[0])
        body = {"old": old, "new": new.public, "card": card.model_dump(mode="json")}
        with pytest.raises(RefusedError, match=says):
            deliver(twin, body, b)


def deliver(twin: Party, body: dict[str, Any], reader: Party) -> None:
    """Forge a rotation by the real root key, and hand it over. RefusedError by whoever refuses it."""
    assert twin.root is not None
    forge(twin, KEY_ROTATED, body, twin.root)
    answer = Incoming(reader.journal).accept(Outgoing(twin.journal, "B").batch(), party="A")
    raise RefusedError(answer.reason or "")


def test_first_contact_after_a_rotation(tmp_path: Path) -> None:
    """The card names the keys before; entries by them are believed only where it says so."""
    a, b = make_party(tmp_path, "A"), make_party(tmp_path, "B")
    say(a, 1)
    rotate(a, 71)
    say(a, 2)
    pin_peer(b.journal, a.card)
    pin_peer(a.journal, b.card)
    exchange_all(a, b)
    assert depths(b, a) == [1, 2]


def test_first_contact_after_a_revocation_and_a_rotation(tmp_path: Path) -> None:
    """A card newer than a revocation names the revoked key until the rotation; nobody signs in between."""
    a, b = make_party(tmp_path, "A"), make_party(tmp_path, "B")
    assert a.root is not None
    say(a, 1)
    revoke_key(a.journal, a.root, "stolen, EXERCISE")
    rotate(a, 71)
    say(a, 2)
    pin_peer(b.journal, a.card)
    pin_peer(a.journal, b.card)
    exchange_all(a, b)
    assert depths(b, a) == [1, 2]
    for folder in (a.path, b.path):
        assert verify_folder(folder, [a.card, b.card]).ok


def test_a_thief_of_an_old_key_cannot_feign_a_longer_use_of_it(tmp_path: Path) -> None:
    a, b = make_party(tmp_path, "A"), make_party(tmp_path, "B")
    thief = restored(a, tmp_path / "thief")
    rotate(a, 71)
    pin_peer(b.journal, a.card)
    pin_peer(thief.journal, b.card)
    for depth in range(3):
        say(thief, depth)
    answer = Incoming(b.journal).accept(Outgoing(thief.journal, "B").batch(), party="A")
    assert "names a key that no rotation before entry 3 brought" in (answer.reason or "")
    assert depths(b, a) == []


def test_cosignatures_from_before_a_rotation_are_still_known(tmp_path: Path) -> None:
    """Both sides rotate; what each cosigned before is shown, and understood, afterwards."""
    a, b = make_pair(tmp_path)
    say(a, 1)
    exchange_all(a, b)
    rotate(a, 71)
    rotate(b, 72)
    for _ in range(2):
        exchange_all(a, b)
    say(b, 2)
    exchange_all(b, a)
    assert (depths(a, b), a.journal.info().halted, b.journal.info().halted) == ([2], None, None)


def test_a_party_of_an_older_card_keeps_its_key(tmp_path: Path) -> None:
    a = make_party(tmp_path, "A")
    rootless = Card.make(party="A", name="A", origin=a.card.origin, link_address="none", key=a.key)
    assert (rootless.format, rootless.root_key) == ("skyaccord.card/1", None)
    assert Card.loads(rootless.dumps().encode()) == rootless
    store = open_store(tmp_path / "old.db", create=True)
    journal = open_new_journal(store, rootless, a.key, a.clock, a.randomness)
    with pytest.raises(TrustError, match="names no root key"):
        rotate_key(journal, a.root, new_key(3), rootless)
    store.close()


def test_a_checker_follows_the_rotations_from_whichever_card_it_was_given(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    first = a.card
    say(a, 1)
    exchange_all(a, b)
    rotate(a, 71)
    second = a.card
    say(a, 2)
    exchange_all(a, b)
    revoke_key(a.journal, a.root, "lost, EXERCISE")
    exchange(a, b)
    rotate(a, 72)
    exchange_all(a, b)
    for card in (first, second, a.card):
        for folder in (a.path, b.path):
            report = verify_folder(folder, [card, b.card])
            assert report.findings == [], [str(found) for found in report.findings]
            assert all(journal.anchored for journal in report.journals)
    (shown,) = [one for one in verify_folder(b.path).journals if one.party == "A"]
    assert (shown.fingerprint, shown.anchored) == (a.card.fingerprint, False)


def test_a_checker_names_what_no_root_key_signed(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    thief = restored(a, tmp_path / "thief")
    stolen = new_key(9)
    card = a.card.renewed(stolen, replaced_at=thief.journal.size())
    body = {"old": a.key.public, "new": stolen.public, "card": card.model_dump(mode="json")}
    forge(thief, KEY_ROTATED, body, a.key)
    thief.store.close()
    (thief.path / CARD_FILE).write_text(card.dumps())
    found = [str(finding) for finding in verify_folder(thief.path, [a.card]).findings]
    assert any("signed with the root key" in one and "entry 3" in one for one in found), found


def test_a_checker_holds_the_old_key_to_its_time(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    old = a.key
    rotate(a, 71)
    exchange_all(a, b)
    forge(a, "sounding", {"depth_m": 1}, old)
    last = a.journal.size() - 1
    found = verify_folder(a.path, [a.card, b.card]).findings
    assert [(one.check, one.sequence) for one in found] == [(3, last)]
    other = make_party(tmp_path / "other", "A", seed=9)
    assert any("another key for it" in one.what or "another journal" in one.what
               for one in verify_folder(a.path, [other.card]).findings)  # fmt: skip


def restored(party: Party, path: Path) -> Party:
    """A twin that goes on from a copy of the party's folder."""
    copy_folder(party, path)
    twin = Party(
        path,
        party.card,
        party.key,
        open_store(path),
        party.journal,
        party.clock,
        party.randomness,
        party.root,
    )
    twin.journal = Journal(twin.store, twin.card.origin, twin.key, twin.clock, twin.randomness)
    return twin

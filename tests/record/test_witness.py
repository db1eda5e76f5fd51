"""A witness never cosigns what does not continue what it cosigned, whatever it is sent, wherever it dies."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import InputError, JournalError, TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.cards import Card, EarlierKey
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint, split_note
from skyaccord.record.cosign import verify_cosignature
from skyaccord.record.fork import verify_fork_proof
from skyaccord.record.keys import PartyKey, RootKey
from skyaccord.record.merkle import consistency_proof, inner_hash, root
from skyaccord.record.standing import MEMORY_FILE
from skyaccord.record.store import open_store
from skyaccord.record.witness import (
    DATABASE_FILE,
    AddCheckpoint,
    Witness,
    WitnessError,
    read_request,
)
from skyaccord.record.witness_folder import follow
from skyaccord.record.witnessing import KnownWitness, Witnessing, read_witness_key
from tests.record.test_rotation import rotate
from tests.record.worlds import Party, make_party

NAME = "witness.example/neutral"
WITNESS_KEY = PartyKey.generate(SeededRandomness(77))


@pytest.fixture
def party(tmp_path: Path) -> Party:
    return make_party(tmp_path, "A")


@pytest.fixture
def witness(tmp_path: Path, party: Party) -> Witness:
    folder = tmp_path / "witness"
    folder.mkdir()
    store = open_store(folder / DATABASE_FILE, create=True)
    found = Witness(store, NAME, WITNESS_KEY, party.clock, forks_folder=folder)
    follow(found, party.card)
    return found


def ask(witness: Witness, body: bytes) -> tuple[int, bytes]:
    """As over HTTP."""
    try:
        request = read_request(body)
        return 200, witness.add_checkpoint(request.old, request.proof, request.note).encode()
    except WitnessError as error:
        return error.status, error.body.encode()


def test_a_journal_is_witnessed_as_it_grows(party: Party, witness: Witness) -> None:
    outgoing = Witnessing(party.journal, KnownWitness(NAME, WITNESS_KEY.public))
    for _ in range(4):
        for _ in range(3):
            party.journal.append("note", {}, recipients=[])
        body = outgoing.request()
        assert body is not None
        assert outgoing.answered(*ask(witness, body))
        assert outgoing.request() is None, "nothing new"
        (log,) = witness.logs()
        assert (log.size, log.root) == (party.journal.size(), party.journal.root())
        assert log.note is not None
        verify_cosignature(*split_note(log.note), NAME, WITNESS_KEY.public)
    memory = (party.path / MEMORY_FILE).read_text()
    assert verify_cosignature(*split_note(memory), NAME, WITNESS_KEY.public) == party.clock.now()


def test_whoever_does_not_know_the_size_is_told_and_asks_again(party: Party, witness: Witness) -> None:
    known = KnownWitness(NAME, WITNESS_KEY.public)
    first = Witnessing(party.journal, known)
    assert first.answered(*ask(witness, first.request() or b""))
    party.journal.append("note", {}, recipients=[])
    lost = first.request()  # it is answered, and the answer gets lost
    assert ask(witness, lost or b"")[0] == HTTPStatus.OK
    party.journal.append("note", {}, recipients=[])
    again = Witnessing(party.journal, known)
    status, body = ask(witness, again.request() or b"")
    assert (status, body) == (HTTPStatus.CONFLICT, b"2\n")
    assert again.answered(status, body) is False
    assert again.answered(*ask(witness, again.request() or b"")) is True


def test_every_refusal_has_the_status_of_the_specification(party: Party, witness: Witness) -> None:
    for _ in range(5):
        party.journal.append("note", {}, recipients=[])
    note, size = party.journal.checkpoint(), party.journal.size()
    other = PartyKey.generate()
    unknown = sign_checkpoint(Checkpoint("skyaccord.journal/C/0123456789abcdef", 1, bytes(32)), other)
    forged = sign_checkpoint(Checkpoint(party.card.origin, size, bytes(32)), other)
    wrong_root = sign_checkpoint(Checkpoint(party.card.origin, size, bytes(32)), party.key)

    def status(old: int, proof: list[bytes], text: str) -> int:
        return ask(witness, AddCheckpoint(old, tuple(proof), text).dumps())[0]

    assert status(0, [], unknown) == HTTPStatus.NOT_FOUND
    assert status(0, [], forged) == HTTPStatus.FORBIDDEN
    assert status(size + 1, [], note) == HTTPStatus.BAD_REQUEST
    assert status(3, [], note) == HTTPStatus.CONFLICT
    assert status(0, [bytes(32)], note) == HTTPStatus.BAD_REQUEST
    assert witness.logs()[0].size == 0, "nothing was stored so far"
    assert status(0, [], note) == HTTPStatus.OK
    assert status(size, [], note) == HTTPStatus.OK, "the same again"
    assert status(size, [], wrong_root) == HTTPStatus.CONFLICT
    party.journal.append("note", {}, recipients=[])
    later = party.journal.checkpoint()
    assert status(size, [bytes(32)] * 3, later) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.logs()[0].size == size
    (proof,) = (witness.store.where and Path(witness.store.where).parent / "forks").iterdir()
    verdict = verify_fork_proof(proof.read_bytes(), party.card)
    assert (verdict.party, verdict.proves, verdict.anchored) == ("A", "two-checkpoints", True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1",
        b"new 1\n\nx",
        b"old 01\n\nx",
        b"old -1\n\nx",
        b"old 1\nAAAA\n\nx",
        b"old 1\n" + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\nx",
        b"old " + b"9" * 400 + b"\n\nx",
        b"\xff\n\n",
        b"old 0\n\n" + b"x" * 80_000,
    ],
)
def test_what_is_no_request_is_a_bad_one(witness: Witness, body: bytes) -> None:
    assert ask(witness, body)[0] == HTTPStatus.BAD_REQUEST


def test_requests_come_back() -> None:
    request = AddCheckpoint(7, (bytes(32), bytes(range(32))), "a\n1\nb\n\n\u2014 a AAAAAAAA\n")
    assert read_request(request.dumps()) == request


def test_a_journal_is_followed_with_one_key(party: Party, witness: Witness, tmp_path: Path) -> None:
    assert witness.follow(party.card) is False
    twin = make_party(tmp_path / "twin", "A", seed=9)
    stolen = twin.card.model_copy(update={"origin": party.card.origin})
    with pytest.raises(TrustError, match="another key"):
        witness.follow(stolen)
    for name in ("", "a b", "a+b"):
        with pytest.raises(InputError, match="name"):
            Witness(witness.store, name, WITNESS_KEY, party.clock)


def test_a_witness_follows_a_key_that_the_root_replaced(party: Party, witness: Witness) -> None:
    """With the next card, whose earlier keys name the one that is followed; the old card is then none."""
    outgoing = Witnessing(party.journal, KnownWitness(NAME, WITNESS_KEY.public))
    assert outgoing.answered(*ask(witness, outgoing.request() or b""))
    old = party.card
    thief = party.key
    rotate(party, 71)
    party.journal.append("note", {}, recipients=[])
    outgoing = Witnessing(party.journal, KnownWitness(NAME, WITNESS_KEY.public))
    assert ask(witness, outgoing.request() or b"")[0] == HTTPStatus.FORBIDDEN
    assert follow(witness, party.card) is True
    assert follow(witness, party.card) is False
    assert outgoing.answered(*ask(witness, outgoing.request() or b""))
    (log,) = witness.logs()
    assert (log.size, log.public_key) == (party.journal.size(), party.card.public_key)

    with pytest.raises(TrustError, match="another key"):
        follow(witness, old)
    forged = sign_checkpoint(Checkpoint(old.origin, log.size, bytes(32)), thief)
    assert ask(witness, AddCheckpoint(log.size, (), forged).dumps())[0] == HTTPStatus.FORBIDDEN
    # a thief can sign a card that names the stolen key as an earlier one, but only under a root of his own
    usurper, root = PartyKey.generate(), RootKey.generate()
    earlier = [EarlierKey(public_key=party.card.public_key, until=3)]
    made_up = Card.make(party="A", name="A", origin=old.origin, link_address="none", key=usurper,
                        root_key=root.public, earlier_keys=earlier)  # fmt: skip
    with pytest.raises(TrustError, match="another root key"):
        follow(witness, made_up)


def test_a_fork_on_both_sides_of_a_rotation_is_proved_with_the_newer_card(
    party: Party, witness: Witness
) -> None:
    for _ in range(3):
        party.journal.append("note", {}, recipients=[])
    size = party.journal.size()
    assert ask(witness, AddCheckpoint(0, (), party.journal.checkpoint()).dumps())[0] == HTTPStatus.OK
    rotate(party, 71)
    assert follow(witness, party.card) is True
    other = sign_checkpoint(Checkpoint(party.card.origin, size, bytes(32)), party.key)
    assert ask(witness, AddCheckpoint(size, (), other).dumps())[0] == HTTPStatus.CONFLICT
    (proof,) = (Path(witness.store.where).parent / "forks").iterdir()
    assert verify_fork_proof(proof.read_bytes(), party.card).proves == "two-checkpoints"


def test_a_witness_is_named_by_its_key() -> None:
    known = KnownWitness(NAME, WITNESS_KEY.public)
    assert read_witness_key(known.key_text) == known
    for text in ("", NAME, known.key_text[:-4], known.key_text.replace("witness", "other"), "a+b+c"):
        with pytest.raises(InputError, match="not a witness's key"):
            read_witness_key(text)


def test_a_restored_journal_is_told_by_its_witness(party: Party, witness: Witness) -> None:
    outgoing = Witnessing(party.journal, KnownWitness(NAME, WITNESS_KEY.public))
    outgoing.request()
    with pytest.raises(JournalError, match="restored from an older copy"):
        outgoing.answered(HTTPStatus.CONFLICT, b"99\n")
    outgoing.answered(*ask(witness, outgoing.request() or b""))
    party.journal.append("note", {}, recipients=[])
    body = outgoing.request() or b""
    with pytest.raises(JournalError, match="another history"):
        outgoing.answered(HTTPStatus.CONFLICT, b"1\n")
    with pytest.raises(TrustError, match="does not say"):
        outgoing.answered(HTTPStatus.CONFLICT, b"x")
    with pytest.raises(TrustError, match="answered 403: no"):
        outgoing.answered(HTTPStatus.FORBIDDEN, b"no\n")
    forged = Witness(witness.store, NAME, PartyKey.generate(), party.clock)
    with pytest.raises(TrustError, match="cosignature"):
        outgoing.answered(*ask(forged, body))


# ── whatever is sent, wherever it dies ──────────────────────────────────────────────────────────────────


class Tree:
    """A history of any leaves."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def node(self, level: int, place: int) -> bytes:
        if level == 0:
            return self.leaves[place]
        return inner_hash(self.node(level - 1, 2 * place), self.node(level - 1, 2 * place + 1))

    def note(self, party: Party, size: int) -> str:
        return sign_checkpoint(Checkpoint(party.card.origin, size, root(self.node, size)), party.key)


class Died(Exception):
    pass


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Party, Witness]:
    """One party and witness for all examples: making a store takes longer than using it."""
    party = make_party(tmp_path_factory.mktemp("a"), "A")
    other = make_party(tmp_path_factory.mktemp("w"), "W")
    found = Witness(other.store, NAME, WITNESS_KEY, party.clock)
    found.follow(party.card)
    return party, found


STEP = st.tuples(
    st.integers(0, 1),  # which of two histories that share a beginning
    st.integers(1, 12),  # checkpoint's size
    st.integers(0, 12),  # old size claimed
    st.integers(0, 12),  # proof from here
    st.booleans(),  # die between check and commit
)


@settings(max_examples=60, deadline=None)
@given(common=st.integers(0, 11), steps=st.lists(STEP, max_size=14))
def test_any_two_cosigned_checkpoints_are_of_one_history(
    shared: tuple[Party, Witness], common: int, steps: list[Any]
) -> None:
    party, witness = shared
    with witness.store.writing() as connection:
        connection.exec_driver_sql("UPDATE witnessed SET size = 0, root = x'', note = NULL")
    leaves = [bytes([number]) * 32 for number in range(12)]
    histories = [Tree(leaves), Tree([*leaves[:common], *[b"\xee" * 32] * (12 - common)])]
    cosigned: list[tuple[int, int]] = []
    for which, size, old, proof_from, dies in steps:
        tree = histories[which]
        proof = consistency_proof(tree.node, proof_from, size) if 0 < proof_from <= size else []
        witness.clock = _Dying() if dies else party.clock
        try:
            witness.add_checkpoint(old, proof, tree.note(party, size))
        except (WitnessError, Died):
            continue
        cosigned.append((which, size))
        assert witness.logs()[0].size == size, "stored before it answered"
    sizes = [size for _, size in cosigned]
    assert sizes == sorted(sizes), "never rolled back"
    roots = [[root(tree.node, size) for size in range(13)] for tree in histories]
    for which, size in cosigned:
        for other, larger in cosigned:
            if larger >= size:
                assert roots[other][size] == roots[which][size], "two histories were cosigned"


class _Dying:
    def now(self) -> Any:
        raise Died

    def monotonic(self) -> float:
        raise Died

    async def sleep(self, seconds: float) -> None:
        raise Died

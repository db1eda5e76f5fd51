"""Every proof of a fork holds by itself, and none can be made against a party that kept to one history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError, SkyAccordError, TrustError, UnreadableError
from skyaccord.record.canonical import canonical_json
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.evidence import FORKS_FOLDER, forks
from skyaccord.record.fork import PROOF_BYTES_MAX, read_fork_proof, verify_fork_proof
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.wire import Answer, Batch
from tests.record.test_replica import empty, restored
from tests.record.test_rotation import rotate
from tests.record.worlds import Party, exchange_all, make_pair, make_party


def kept(b: Party) -> bytes:
    """The one proof that B keeps, which lies in its folder as well."""
    (fork,) = forks(b.journal)
    assert fork.proof is not None
    (file,) = (b.path / FORKS_FOLDER).iterdir()
    assert file.read_bytes() == fork.proof
    assert file.name.startswith("A-")
    return fork.proof


def note(party: Party, text: str, *, recipients: tuple[str, ...] = ("*",)) -> None:
    party.journal.append("note", {"text": text}, recipients=recipients)


def send(twin: Party, b: Party, *, held: int) -> str:
    outgoing = Outgoing(twin.journal, "B")
    outgoing.answered(Answer(held=held))
    return Incoming(b.journal).accept(outgoing.batch()).reason or ""


def story(name: str, tmp_path: Path) -> tuple[Party, bytes]:
    """A forks in one of the ways there are; what B keeps of it."""
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    size = a.journal.size()
    twin = restored(a, tmp_path)
    note(a, "one")
    exchange_all(a, b)
    if name == "two-checkpoints":
        Incoming(b.journal).accept(empty(a, b.journal.held_from("A"), bytes(32)))
    elif name == "smaller":
        Incoming(b.journal).accept(empty(a, 1, bytes(32)))
    elif name == "larger":
        for text in ("other", "and", "more", "yet"):
            note(twin, text)
        assert "forked" in send(twin, b, held=size)
    elif name == "two-entries":
        note(twin, "other")
        batch = Outgoing(twin.journal, "B").batch()
        held = b.journal.size(a.card.origin)
        garbled = sign_checkpoint(Checkpoint(a.card.origin, size + 1, bytes(32)), a.key)
        with b.store.writing() as connection:  # as if none of them had been kept
            connection.exec_driver_sql("DELETE FROM checkpoints")
        Incoming(b.journal).accept(batch.model_copy(update={"checkpoint": garbled}))
        assert b.journal.size(a.card.origin) == held
    else:
        for _ in range(6):
            a.journal.append("note", {}, recipients=[])  # sealed to B: leaves stand between
        exchange_all(a, b)
        for text in range(b.journal.held_from("A") - size + 1):
            note(twin, str(text))
        assert "continues another history" in send(twin, b, held=b.journal.held_from("A"))
    return a, kept(b)


STORIES = {
    "two-checkpoints": "two-checkpoints",
    "smaller": "inconsistent-checkpoints",
    "larger": "inconsistent-checkpoints",
    "two-entries": "two-entries",
    "deeper": "checkpoint-and-entry",
}


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Party, bytes]]:
    return {name: story(name, tmp_path_factory.mktemp("fork")) for name in STORIES}


@pytest.mark.parametrize("name", STORIES)
def test_each_way_to_fork_is_proved_by_a_file_of_its_own(
    proofs: dict[str, tuple[Party, bytes]], name: str
) -> None:
    a, proof = proofs[name]
    verdict = verify_fork_proof(proof, a.card)
    assert (verdict.party, verdict.origin, verdict.proves) == ("A", a.card.origin, STORIES[name])
    assert verdict.anchored
    assert not verify_fork_proof(proof).anchored
    assert len(proof) < 20_000
    assert read_fork_proof(proof).dumps() == proof


# ── along the rotations of the key ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> tuple[Party, Party, bytes]:
    """A signs one history with its first key, and another with its second: an older copy was rotated."""
    path = tmp_path_factory.mktemp("across")
    a, b = make_pair(path)
    exchange_all(a, b)
    size = a.journal.size()
    twin = restored(a, path)
    note(a, "one")
    exchange_all(a, b)
    note(twin, "other")
    rotate(twin, 71)
    assert "forked" in send(twin, b, held=size)
    return a, twin, kept(b)


def test_a_fork_across_a_rotation_is_proved_by_the_file_alone(across: tuple[Party, Party, bytes]) -> None:
    a, twin, proof = across
    found = read_fork_proof(proof)
    assert found.card == a.card
    assert len(found.rotations) == 1
    assert not verify_fork_proof(proof).anchored
    for card in (a.card, twin.card):
        assert verify_fork_proof(proof, card).anchored


def test_no_keys_can_be_made_up_for_it(across: tuple[Party, Party, bytes], tmp_path: Path) -> None:
    _, twin, proof = across
    whole = json.loads(proof)
    with pytest.raises(RefusedError):
        verify_fork_proof(canonical_json({**whole, "rotations": []}))
    stranger = make_party(tmp_path, "A", seed=5)
    for card in (twin.card, stranger.card):
        with pytest.raises(RefusedError, match="not the first"):
            verify_fork_proof(canonical_json({**whole, "card": card.model_dump()}))
    with pytest.raises(TrustError):
        verify_fork_proof(proof, stranger.card)


def test_whoever_stole_a_key_that_was_replaced_proves_nothing_with_it(
    across: tuple[Party, Party, bytes],
) -> None:
    """Two checkpoints by the first key, of places where it signs no more."""
    a, twin, _ = across
    notes = [sign_checkpoint(Checkpoint(a.card.origin, 90, bytes([root]) * 32), a.key) for root in (1, 2)]
    accused = accuse(a, "two-checkpoints", checkpoints=notes)
    assert not verify_fork_proof(accused).anchored, "of a key that nobody vouches for"
    with pytest.raises(RefusedError):
        verify_fork_proof(accused, twin.card)


@pytest.mark.parametrize("name", STORIES)
def test_a_proof_with_another_card_is_none(
    proofs: dict[str, tuple[Party, bytes]], name: str, tmp_path: Path
) -> None:
    other = make_party(tmp_path, "A", seed=5)
    with pytest.raises(TrustError, match="card given"):
        verify_fork_proof(proofs[name][1], other.card)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_changed_proof_holds(proofs: dict[str, tuple[Party, bytes]], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(STORIES)))
    proof = proofs[name][1]
    place = data.draw(st.integers(0, len(proof) - 1))
    changed = proof[:place] + bytes([data.draw(st.integers(0, 255))]) + proof[place + 1 :]
    try:
        verdict = verify_fork_proof(changed)
    except SkyAccordError:
        return
    before, after = json.loads(proof), json.loads(changed)
    for free in ("says", "found_at"):  # what the finder wrote, under nobody's signature
        before.pop(free), after.pop(free)
    assert before == after, verdict


@given(st.binary(max_size=200))
def test_any_bytes_are_no_proof(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        verify_fork_proof(data)


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(UnreadableError, match="larger than"):
        read_fork_proof(b" " * (PROOF_BYTES_MAX + 1))


# ── an honest party cannot be accused ───────────────────────────────────────────────────────────────────


def accuse(a: Party, proves: str, **fields: Any) -> bytes:
    return canonical_json(
        {
            "format": "skyaccord.fork-proof/1",
            "party": "A",
            "origin": a.card.origin,
            "public_key": a.card.public_key,
            "proves": proves,
            "says": "it lies",
            "found_at": "2026-01-01T00:00:00Z",
            **fields,
        }
    )


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Party, list[str]]:
    a = make_party(tmp_path_factory.mktemp("honest"), "A")
    notes = [a.journal.checkpoint()]
    for number in range(9):
        note(a, str(number), recipients=("*",) if number % 2 else ())
        notes.append(a.journal.checkpoint())
    return a, notes


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_nothing_an_honest_party_signed_proves_a_fork(
    honest: tuple[Party, list[str]], data: st.DataObject
) -> None:
    a, notes = honest
    envelopes = [(entry.data or b"").decode() for entry in a.journal.entries()]
    sizes = st.integers(1, len(notes))
    small, large = data.draw(sizes), data.draw(sizes)
    one, other = data.draw(st.sampled_from(envelopes)), data.draw(st.sampled_from(envelopes))
    first, end = sorted((data.draw(sizes), data.draw(sizes)))
    proof = [item.hex() for item in a.journal.consistency_proof(min(small, large), max(small, large))]
    some_root = data.draw(
        st.sampled_from([a.journal.root(size=small), a.journal.root(size=large), bytes(32)])
    )
    leaves = [
        {
            "leaf": a.journal.entry(a.card.origin, place).leaf.hex(),  # type: ignore[union-attr]
            "proof": [item.hex() for item in a.journal.inclusion_proof(place, len(notes))],
        }
        for place in range(first - 1, end)
    ]
    salt = data.draw(st.sampled_from([entry.salt for entry in a.journal.entries()]))
    pair = [notes[small - 1], notes[large - 1]]
    accusations = [
        accuse(a, "two-checkpoints", checkpoints=pair),
        accuse(a, "inconsistent-checkpoints", checkpoints=pair, prefix_root=some_root.hex(), proof=proof),
        accuse(a, "two-entries", entries=[one, other]),
        accuse(
            a,
            "checkpoint-and-entry",
            checkpoints=[notes[-1]],
            entries=[envelopes[first - 1], envelopes[min(end, len(envelopes) - 1)]],
            salt=(salt or b"").hex(),
            leaves=leaves,
        ),
        accuse(a, "two-checkpoints"),
        accuse(a, "checkpoint-and-entry", checkpoints=[notes[-1]], entries=[one, other]),
    ]
    for accusation in accusations:
        with pytest.raises(RefusedError):
            verify_fork_proof(accusation, a.card)


def test_noise_on_the_line_makes_no_file(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    note(a, "x")
    batch = Outgoing(a.journal, "B").batch()
    leaf = batch.entries[0].model_copy(update={"leaf": "00" * 32})
    answer = Incoming(b.journal).accept(Batch.model_validate(batch.model_copy(update={"entries": [leaf]})))
    assert answer.reason is not None
    assert forks(b.journal) == []
    assert not (b.path / FORKS_FOLDER).exists()

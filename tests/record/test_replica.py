"""What a peer that lies meets: refused with a reason, nothing stored, nothing else disturbed."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from skyaccord.record.canonical import canonical_json
from skyaccord.record.chain import leaf_hash
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.envelope import Header, seal
from skyaccord.record.evidence import EVIDENCE_ROWS_MAX, forks
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import KindRegistry
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.statement import sign_statement
from skyaccord.record.tree import Grown
from skyaccord.record.verify import verify_folder
from skyaccord.record.wire import Answer, Batch, WireEntry
from tests.record.worlds import START, Party, exchange, exchange_all, make_pair, make_party, said


def forge(
    sender: Party, receiver: Party, *, key: PartyKey | None = None, body: Any = None, **header: Any
) -> Batch:
    """A batch with one more entry, as a liar with the key (or another) makes it."""
    info = receiver.journal.info(sender.card.origin)
    fields = {
        "origin": info.origin,
        "sequence": info.size,
        "previous": info.head.hex(),
        "kind": "note",
        "accord": None,
        "recipients": ["*"],
        "sky_time": START,
        "recorded_at": START,
        "exercise": True,
    }
    data = seal(Header(**{**fields, **header}), body or {}, key or sender.key)
    return wrap(sender, receiver, data, key=key)


def note_of(
    sender: Party,
    receiver: Party,
    *leaves: bytes,
    key: PartyKey | None = None,
    origin: str | None = None,
    keep: int | None = None,
) -> str:
    """A checkpoint over what the receiver holds of the sender (the first `keep`) and these leaves."""
    held = receiver.journal.size(sender.card.origin) if keep is None else keep
    with receiver.store.reading() as connection:
        tree = Grown(connection, sender.card.origin, held, leaves)
        found = Checkpoint(origin or sender.card.origin, tree.size, tree.root(tree.size))
    return sign_checkpoint(found, key or sender.key)


def wrap(
    sender: Party, receiver: Party, data: bytes, *, key: PartyKey | None = None, **changes: Any
) -> Batch:
    leaf = leaf_hash(bytes(16), data)
    sequence = receiver.journal.size(sender.card.origin)
    entry = {
        "sequence": sequence,
        "leaf": leaf.hex(),
        "salt": "00" * 16,
        "envelope": data.decode(),
        **changes,
    }
    return Batch.model_validate(
        {
            "from": sender.card.origin,
            "checkpoint": note_of(sender, receiver, leaf, key=key),
            "entries": [WireEntry.model_validate(entry).model_dump()],
        }
    )


def refused(receiver: Party, batch: Batch) -> str:
    """The reason, having seen that nothing changed."""
    before = [(info.origin, info.size, info.head) for info in receiver.journal.journals()]
    answer = Incoming(receiver.journal).accept(batch)
    assert [(info.origin, info.size, info.head) for info in receiver.journal.journals()] == before
    assert answer.reason is not None
    return answer.reason


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def test_the_forgers_tool_makes_good_batches_too(pair: tuple[Party, Party]) -> None:
    a, b = pair
    answer = Incoming(b.journal).accept(forge(a, b))
    assert answer.reason is None


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"origin": "skyaccord.journal/A/ffffffffffffffff"}, "belongs to the journal"),
        ({"sequence": 77}, "says it is entry 77"),
        ({"previous": "00" * 32}, "continues another history"),
    ],
)
def test_a_signed_envelope_in_another_place(
    pair: tuple[Party, Party], header: dict[str, Any], reason: str
) -> None:
    a, b = pair
    assert reason in refused(b, forge(a, b, **header))


def test_another_key(pair: tuple[Party, Party]) -> None:
    a, b = pair
    assert "0 signatures by" in refused(b, forge(a, b, key=PartyKey.generate()))
    batch = forge(a, b)
    forged = forge(a, b, key=PartyKey.generate())
    mixed = batch.model_copy(update={"entries": forged.entries})
    assert "another key" in refused(b, mixed)
    data = forged.entries[0].envelope or ""
    assert "another key" in refused(b, wrap(a, b, data.encode()))


def test_a_leaf_that_is_not_of_the_envelope(pair: tuple[Party, Party]) -> None:
    a, b = pair
    good = forge(a, b).entries[0]
    entry = good.model_copy(update={"leaf": "01" * 32})
    batch = forge(a, b).model_copy(update={"entries": [entry]})
    batch = batch.model_copy(update={"checkpoint": note_of(a, b, b"\x01" * 32)})
    assert "does not fit its leaf" in refused(b, batch)


def test_order_gaps_and_foreign_checkpoints(pair: tuple[Party, Party]) -> None:
    a, b = pair
    batch = forge(a, b)
    entry = batch.entries[0]
    skipped = entry.model_copy(update={"sequence": entry.sequence + 5})
    assert "out of order" in refused(b, batch.model_copy(update={"entries": [entry, skipped]}))
    assert "ends before that or after" in refused(
        b,
        batch.model_copy(
            update={"entries": [entry, entry.model_copy(update={"sequence": entry.sequence + 1})]}
        ),
    )
    foreign = sign_checkpoint(Checkpoint(b.card.origin, 1, bytes(32)), a.key)
    assert "0 signatures by" in refused(b, batch.model_copy(update={"checkpoint": foreign}))


def test_a_gap_is_asked_for_and_nothing_is_stored(pair: tuple[Party, Party]) -> None:
    a, b = pair
    for number in range(3):
        a.journal.append("note", {"number": number}, recipients=["*"])
    held = b.journal.held_from("A")
    outgoing = Outgoing(a.journal, "B")
    outgoing.answered(Answer(held=held + 2))
    answer = Incoming(b.journal).accept(outgoing.batch())
    assert (answer.held, answer.reason) == (held, None)
    assert outgoing.answered(answer) is False
    exchange(a, b)
    assert b.journal.head(a.card.origin) == a.journal.head()


def test_nobody_sends_anothers_journal_or_ours(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    assert "another party's" in refused(b, Outgoing(b.journal, "A").batch())
    stranger = make_party(tmp_path / "elsewhere", "C")
    assert "no party pinned here" in refused(b, Outgoing(stranger.journal, "B").batch())
    answer = Incoming(b.journal).accept(Outgoing(a.journal, "B").batch(), party="C")
    assert answer.reason is not None
    assert "another party's" in answer.reason


def test_the_first_entry_is_the_card_in_the_open(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    full = Outgoing(a.journal, "B").batch()
    sealed = full.entries[0].model_copy(update={"salt": None, "envelope": None})
    assert "never sealed" in refused(b, full.model_copy(update={"entries": [sealed, *full.entries[1:]]}))
    assert "holds no card" in refused(b, forge(a, b))
    wrong = {"card": b.card.model_dump()}
    assert "not the opening of this journal" in refused(b, forge(a, b, kind="node.opened", body=wrong))


# ── held, receipted, never acted on ─────────────────────────────────────────────────────────────────────


def soft(b: Party, batch: Batch) -> str:
    """The reason with which the receiver keeps the entry as a leaf."""
    answer = Incoming(b.journal).accept(batch)
    assert answer.reason is None
    entry = b.journal.entry(batch.origin, answer.held - 1)
    assert entry is not None
    assert entry.refused is not None
    receipt = list(b.journal.entries(kinds=("receipt",)))[-1]
    assert receipt.body["refused"] == [{"sequence": entry.sequence, "reason": entry.refused}]
    return entry.refused


def test_a_body_that_breaks_its_kind_is_kept_as_a_leaf(pair: tuple[Party, Party]) -> None:
    a, b = pair
    assert "body of person.enrolled" in soft(b, forge(a, b, kind="person.enrolled", body={"name": "x"}))
    assert b.journal.enrolments().all() == []
    assert verify_folder(b.path, [a.card, b.card]).ok


def test_an_unknown_kind_is_held_and_not_refused(pair: tuple[Party, Party]) -> None:
    a, b = pair
    Incoming(b.journal).accept(forge(a, b, kind="weather.wind", body={"kt": 12}))
    entry = list(b.journal.entries(a.card.origin))[-1]
    assert (entry.kind, entry.body, entry.refused) == ("weather.wind", {"kt": 12}, None)


@pytest.mark.parametrize(
    ("header", "body", "reason"),
    [
        ({"recipients": ["C"]}, {}, "not addressed to party B"),
        ({"kind": "node.opened"}, "card", "opened once"),
        ({"kind": "receipt"}, "receipt", "one's own journal"),
    ],
)
def test_other_things_that_are_kept_but_not_acted_on(
    pair: tuple[Party, Party], header: dict[str, Any], body: Any, reason: str
) -> None:
    a, b = pair
    bodies = {
        "card": {"card": a.card.model_dump()},
        "receipt": {
            "origin": a.card.origin,
            "first": 0,
            "last": 0,
            "head": "00" * 32,
            "refused": [],
            "sealed": [],
        },
    }
    assert reason in soft(b, forge(a, b, body=bodies.get(body) if isinstance(body, str) else body, **header))


def test_a_statement_of_nobody_enrolled_is_kept_but_not_acted_on(pair: tuple[Party, Party]) -> None:
    a, b = pair
    person = PersonKey.generate()
    assert "not enrolled" in soft(b, forge(a, b, kind="message", body={"statement": said(a, person)}))
    reply = sign_statement({**json.loads(canonical_json(_ack(a))), "role": "commander"}, person)
    assert "not enrolled" in soft(b, forge(a, b, kind="acknowledgement", body={"statement": reply}))
    assert verify_folder(b.path, [a.card, b.card]).ok


def _ack(a: Party) -> dict[str, Any]:
    return {
        "act": "acknowledge",
        "party": "A",
        "role": "duty-officer",
        "at": "2015-10-14T09:00:00Z",
        "accord": None,
        "exercise": True,
        "automatic": False,
        "of": {"origin": a.card.origin, "sequence": 0, "leaf": "00" * 32},
    }


def test_a_kind_that_only_the_receiver_knows_is_checked_there(pair: tuple[Party, Party]) -> None:
    a, b = pair
    a.journal.kinds = KindRegistry()
    a.journal.append("person.enrolled", {"name": "no key"}, recipients=["*"])
    exchange(a, b)
    entry = list(b.journal.entries(a.card.origin))[-1]
    assert entry.refused is not None


# ── two histories ───────────────────────────────────────────────────────────────────────────────────────


def restored(a: Party, tmp_path: Path) -> Party:
    """A second node with A's key that goes on from an older copy of A's folder."""
    a.store.close()
    shutil.copytree(a.path, tmp_path / "backup")
    twin = dataclasses.replace(a, path=tmp_path / "backup")
    a.reopen()
    twin.reopen()
    return twin


def test_a_fork_is_refused_kept_as_evidence_and_reported(pair: tuple[Party, Party], tmp_path: Path) -> None:
    a, b = pair
    twin = restored(a, tmp_path)
    a.journal.append("note", {"history": 1}, recipients=["*"])
    exchange(a, b)
    twin.journal.append("note", {"history": 2}, recipients=["*"])
    batch = Outgoing(twin.journal, "B").batch()
    assert "forked" in refused(b, batch)
    refused(b, batch)
    (fork,) = forks(b.journal)
    assert (fork.origin, fork.leaf.hex()) == (a.card.origin, batch.entries[-1].leaf)
    report = verify_folder(b.path, [a.card, b.card])
    assert [finding.check for finding in report.findings] == [10]
    assert report.findings[0].sequence == fork.sequence


def test_a_fork_deeper_down_is_found_by_what_the_next_entry_continues(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    twin = restored(a, tmp_path)
    a.journal.append("note", {"history": 1}, recipients=["*"])
    exchange(a, b)
    for number in range(2):
        twin.journal.append("note", {"history": 2, "number": number}, recipients=["*"])
    outgoing = Outgoing(twin.journal, "B")
    outgoing.answered(Answer(held=b.journal.held_from("A")))
    assert "continues another history" in refused(b, outgoing.batch())
    assert len(forks(b.journal)) == 1


def empty(sender: Party, size: int, root: bytes) -> Batch:
    """A heartbeat with any checkpoint at all."""
    note = sign_checkpoint(Checkpoint(sender.card.origin, size, root), sender.key)
    return Batch.model_validate({"from": sender.card.origin, "checkpoint": note, "entries": []})


def test_an_empty_batch_with_another_root_is_a_fork(pair: tuple[Party, Party]) -> None:
    a, b = pair
    size = b.journal.held_from("A")
    assert "is not of those we hold" in refused(b, empty(a, size, bytes([7]) * 32))
    assert [fork.sequence for fork in forks(b.journal)] == [size - 1]


def test_noise_on_the_line_is_no_evidence(pair: tuple[Party, Party]) -> None:
    """Somebody in between may garble leaves; only what the party signed counts against it."""
    a, b = pair
    outgoing = Outgoing(a.journal, "B")
    outgoing.answered(Answer(held=0))
    batch = outgoing.batch()
    garbled = batch.entries[1].model_copy(update={"leaf": "00" * 32})
    assert "do not lead to the checkpoint" in refused(
        b, batch.model_copy(update={"entries": [batch.entries[0], garbled, *batch.entries[2:]]})
    )
    assert forks(b.journal) == []


def test_evidence_is_bounded(pair: tuple[Party, Party]) -> None:
    a, b = pair
    size = b.journal.held_from("A")
    for number in range(EVIDENCE_ROWS_MAX + 5):
        refused(b, empty(a, size, number.to_bytes(32, "big")))
    assert len(forks(b.journal)) == EVIDENCE_ROWS_MAX


def test_a_checkpoint_that_is_none(pair: tuple[Party, Party]) -> None:
    a, b = pair
    batch = forge(a, b)
    for note in ("", "x", batch.checkpoint[:-1], batch.checkpoint.replace("\n\n", "\n")):
        assert "note:" in refused(b, batch.model_copy(update={"checkpoint": note}))

"""What a peer may not claim or flood, and whom nobody waits for."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from pydantic import BaseModel, model_validator

from skyaccord.base.errors import JournalError, LimitError, RefusedError
from skyaccord.record import link
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.kinds import RECEIPT, KindRegistry
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.wire import BATCH_ENTRIES_MAX
from tests.record.test_replica import forge, refused
from tests.record.worlds import Party, enrol, exchange, exchange_all, make_pair, make_party, said


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Party, Party]:
    a, b = make_pair(tmp_path)
    exchange_all(a, b)
    return a, b


def receipt_for(own: Party, last: int, head: bytes) -> dict[str, Any]:
    return {
        "origin": own.card.origin,
        "first": 0,
        "last": last,
        "head": head.hex(),
        "refused": [],
        "sealed": [],
    }


def test_a_receipt_for_what_we_did_not_write_is_not_taken(pair: tuple[Party, Party]) -> None:
    a, b = pair
    size = b.journal.size()
    ahead = forge(a, b, kind="receipt", body=receipt_for(b, size, b.journal.head()))
    assert f"receipts entry {size} of our journal, which we do not hold" in refused(b, ahead)
    other = forge(a, b, kind="receipt", body=receipt_for(b, size - 1, bytes(32)))
    assert "another history of our journal than ours" in refused(b, other)
    good = forge(a, b, kind="receipt", body=receipt_for(b, size - 1, b.journal.head()))
    assert Incoming(b.journal).accept(good).reason is None


def test_neither_strangers_nor_heartbeats_wait_for_the_write_lock(
    pair: tuple[Party, Party], tmp_path: Path
) -> None:
    a, b = pair
    exchange_all(a, b)
    stranger = make_party(tmp_path / "elsewhere", "C")
    heartbeat = Outgoing(a.journal, "B").batch()
    assert not heartbeat.entries
    forged = forge(a, b, key=PartyKey.generate())
    with b.store.writing():  # whoever needed the lock now would wait for it, and then fail
        answer = Incoming(b.journal).accept(heartbeat)
        assert (answer.held, answer.reason) == (a.journal.size(), None)
        assert "no party pinned" in (
            Incoming(b.journal).accept(Outgoing(stranger.journal, "B").batch()).reason or ""
        )
        assert "0 signatures by" in (Incoming(b.journal).accept(forged).reason or "")


class Stumbling(BaseModel):
    """A model under which this machine fails, as with a full disk or no files left to open."""

    @model_validator(mode="after")
    def _fails(self) -> Stumbling:
        raise OSError(24, "Too many open files")


@pytest.mark.parametrize("where", ["model", "tree", "store"])
def test_a_failure_of_our_own_machine_is_never_called_refused(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Not in a receipt and not in an answer: nothing is taken, and this side says so."""
    a, b = pair
    a.journal.append("stumbling", {}, recipients=["*"])
    batch, size = Outgoing(a.journal, "B").batch(), b.journal.size(a.card.origin)
    broken = sqlite3.OperationalError("disk I/O error")
    with monkeypatch.context() as change:
        if where == "model":
            kinds = KindRegistry()
            kinds.register("stumbling", Stumbling)
            change.setattr(b.journal, "kinds", kinds)
        elif where == "tree":
            change.setattr(link, "check_checkpoint", Mock(side_effect=OSError(5, "Input/output error")))
        else:
            change.setattr(link, "chain_of", Mock(side_effect=broken))
        with pytest.raises(JournalError, match=r"our own store or disk fails|the store cannot be read"):
            Incoming(b.journal).accept(batch)
    assert b.journal.size(a.card.origin) == size
    exchange(a, b)
    taken = b.journal.entry(a.card.origin, size)
    assert taken is not None
    assert taken.refused is None


def test_enrolments_of_one_party_are_bounded(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair
    monkeypatch.setattr("skyaccord.record.enrolment.ENROLMENTS_MAX", 3)
    for _ in range(3):
        enrol(a, PersonKey.generate())
    with pytest.raises(RefusedError, match="more than 3 enrolments"):
        enrol(a, PersonKey.generate())
    monkeypatch.setattr("skyaccord.record.enrolment.ENROLMENTS_MAX", 2)
    exchange(a, b)
    taken = [entry.refused for entry in b.journal.entries(a.card.origin) if entry.kind == "person.enrolled"]
    assert taken[:2] == [None, None]
    assert "more than 2 enrolments" in (taken[2] or "")


def test_an_enrolment_counts_for_a_statement_of_the_same_batch_and_not_before(
    pair: tuple[Party, Party],
) -> None:
    a, b = pair
    person = PersonKey.generate()
    enrol(a, person)
    a.journal.append_statement("message", said(a, person), recipients=["*"])
    exchange(a, b)
    (message,) = [entry for entry in b.journal.entries(a.card.origin) if entry.kind == "message"]
    assert message.refused is None


@pytest.mark.parametrize("text", ["😀", "\x01"])
def test_a_full_batch_of_long_faults_is_held_and_receipted(pair: tuple[Party, Party], text: str) -> None:
    a, b = pair
    bad = {**receipt_for(b, 0, bytes(32)), text * 300: 1}
    a.journal.kinds = KindRegistry()  # the liar checks nothing
    first = a.journal.size()
    for _ in range(BATCH_ENTRIES_MAX):
        a.journal.append(RECEIPT, bad, recipients=["*"])
    batch = Outgoing(a.journal, "B", bytes_max=10**9).batch()
    answer = Incoming(b.journal).accept(batch, party="A")
    assert (answer.held, answer.reason) == (first + BATCH_ENTRIES_MAX, None)
    receipt = list(b.journal.entries(b.card.origin))[-1]
    assert receipt.kind == RECEIPT
    lines = receipt.envelope.body["refused"]
    assert [line["sequence"] for line in lines] == list(range(first, first + BATCH_ENTRIES_MAX))
    assert all(line["reason"].startswith(f"body of receipt: {text}") for line in lines)


def test_a_batch_that_is_too_much_for_us_is_refused_not_raised(
    pair: tuple[Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = pair

    def too_large(*_: Any) -> None:
        raise LimitError("an envelope of 402826 bytes")

    monkeypatch.setattr("skyaccord.record.link.write_receipt", too_large)
    assert "402826 bytes" in refused(b, forge(a, b))

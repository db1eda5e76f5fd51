"""A prepared message goes out in its signer's own words, once, and not after the signer was dismissed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.hotline.asking import Asking, RoleTerms
from skyaccord.hotline.bodies import RELEASED
from skyaccord.hotline.messages import Messages
from skyaccord.record import journal as journal_room
from skyaccord.record.entries import Entry
from skyaccord.record.keys import PersonKey
from skyaccord.record.kinds import PERSON_DISMISSED
from skyaccord.record.verify import verify_folder
from tests.record.worlds import Party, enrol, exchange_all, make_pair, said

PERSON = PersonKey.generate(SeededRandomness(21))
Change = Callable[[Party, dict[str, Any]], None]


def pair(folder: Path) -> tuple[Party, Party, Entry]:
    """Two parties, and a message that A's officer prepared."""
    a, b = make_pair(folder)
    enrol(a, PERSON)
    prepared = a.journal.append_statement(
        "message.prepared", said(a, PERSON, act="message-prepared"), recipients=[]
    )
    return a, b, prepared


def release_of(prepared: Entry) -> dict[str, Any]:
    return {
        "prepared": prepared.ref.model_dump(mode="json"),
        "statement": prepared.body["statement"],
        "expired": False,
    }


def release(party: Party, body: dict[str, Any], *, exercise: bool = True) -> Entry:
    return party.journal.append(RELEASED, body, recipients=["*"], exercise=exercise)


def dismiss(party: Party) -> None:
    party.journal.append(PERSON_DISMISSED, {"public_key": PERSON.public, "reason": "left"}, recipients=["*"])


def zeroed(_a: Party, body: dict[str, Any]) -> None:
    signature = {**body["statement"]["signatures"][0], "sig": "A" * 86 + "=="}
    body["statement"] = {**body["statement"], "signatures": [signature]}


def elsewhere(_a: Party, body: dict[str, Any]) -> None:
    body["prepared"]["origin"] = "skyaccord.journal/B/0123456789abcdef"


def to_come(_a: Party, body: dict[str, Any]) -> None:
    body["prepared"]["sequence"] = 500


def another_leaf(_a: Party, body: dict[str, Any]) -> None:
    body["prepared"]["leaf"] = "00" * 32


def of_the_future(a: Party, body: dict[str, Any]) -> None:
    at = a.clock.now() + timedelta(days=1)
    body["statement"] = said(a, PERSON, act="message-prepared", at=at)


def of_another_act(a: Party, body: dict[str, Any]) -> None:
    body["statement"] = said(a, PERSON)


def of_a_person_who_left(a: Party, _body: dict[str, Any]) -> None:
    dismiss(a)


@contextmanager
def unchecked() -> Iterator[None]:
    """Whoever runs A changed the program."""
    with (
        patch.object(journal_room, "statement_fault", lambda *_: None),
        patch.object(journal_room, "leaf_fault", lambda *_: None),
    ):
        yield


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (zeroed, "signature"),
        (elsewhere, "no earlier entry of this journal"),
        (to_come, "no earlier entry of this journal"),
        (another_leaf, "has another leaf than the entry that it was prepared in"),
        (of_the_future, "signed in the future"),
        (of_another_act, "carries the act 'message'"),
        (of_a_person_who_left, "dismissed before it went out"),
    ],
)
def test_a_forged_release_is_refused_by_everybody_and_named(
    tmp_path: Path, change: Change, says: str
) -> None:
    a, b, prepared = pair(tmp_path)
    body = release_of(prepared)
    change(a, body)
    with pytest.raises(RefusedError, match=says):
        release(a, body)
    with unchecked():
        forged = release(a, body)
    found = verify_folder(a.path, [a.card, b.card]).findings
    assert [(one.check, one.sequence) for one in found] == [(7, forged.sequence)]
    assert says in found[0].what
    exchange_all(a, b)
    taken = b.journal.entry(a.card.origin, forged.sequence)
    assert taken is not None
    assert says in (taken.refused or "")
    receipts = [entry.body for entry in b.journal.entries(kinds=("receipt",))]
    assert forged.sequence in [one["sequence"] for body in receipts for one in body["refused"]]
    report = verify_folder(a.path, [a.card, b.card])
    assert [one.refused for one in report.journals if one.party == "A"] == [1]  # on the record, so not wrong


def test_what_waited_for_a_week_goes_out_and_nothing_is_wrong(tmp_path: Path) -> None:
    a, b, prepared = pair(tmp_path)
    a.clock.advance(7 * 86_400.0)
    sent = release(a, release_of(prepared))
    exchange_all(a, b)
    taken = b.journal.entry(a.card.origin, sent.sequence)
    assert taken is not None
    assert taken.refused is None
    assert verify_folder(a.path, [a.card, b.card]).ok


def test_an_exercises_message_does_not_go_out_as_real(tmp_path: Path) -> None:
    a, _, prepared = pair(tmp_path)
    with pytest.raises(RefusedError, match="made in an exercise"):
        release(a, release_of(prepared), exercise=False)


@pytest.mark.parametrize("made_up", [False, True])
def test_a_second_release_is_no_second_message(tmp_path: Path, made_up: bool) -> None:
    a, b, prepared = pair(tmp_path)
    body = release_of(prepared)
    first = release(a, body)
    if made_up:
        body["prepared"] |= {"leaf": "00" * 32}
    with unchecked():
        second = release(a, body)
    exchange_all(a, b)
    held = Messages(Asking(lambda _accord, _role: RoleTerms(30.0, None)))
    enrolments = a.journal.enrolments()
    for entry in (first, second):
        held.add(enrolments, entry.ref, entry.header, entry.body, ["B"])
    assert [message.ref for message in held.all()] == [first.ref]
    report = verify_folder(a.path, [a.card, b.card])
    if made_up:
        taken = b.journal.entry(a.card.origin, second.sequence)
        assert taken is not None
        assert "has another leaf" in (taken.refused or "")
        return
    assert any(f"went out in entry {first.sequence} already" in one.what for one in report.findings)


def test_the_view_takes_no_release_after_its_signer_left(tmp_path: Path) -> None:
    a, _, prepared = pair(tmp_path)
    dismiss(a)
    with unchecked():
        forged = release(a, release_of(prepared))
    held = Messages(Asking(lambda _accord, _role: RoleTerms(30.0, None)))
    assert held.add(a.journal.enrolments(), forged.ref, forged.header, forged.body, ["B"]) is None
    assert held.all() == []

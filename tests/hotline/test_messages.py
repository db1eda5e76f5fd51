"""Messages: sent, held, acknowledged are three states; each is somebody's own word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skyaccord.hotline.asking import Asking, RoleTerms
from skyaccord.hotline.messages import Messages
from tests.hotline.journals import ROLE, Party

WORD = {"act": "message", "to_role": "deputy", "text": "EXERCISE. Radio check.", "language": "en"}


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Party]:
    made = Party("A", tmp_path / "A", 10)
    yield made
    made.close()


def messages() -> Messages:
    return Messages(Asking(lambda _accord, _role: RoleTerms(30.0, None)))


def test_a_message_asks_its_role_at_every_other_party(party: Party) -> None:
    entry = party.say("message", WORD)
    held = messages()
    message = held.add(party.journal.enrolments(), entry.ref, entry.header, entry.body, ["A", "B", "C"])
    assert message is not None
    assert (message.party, message.name, message.to_role) == ("A", "Officer of A", "deputy")
    assert message.text == "EXERCISE. Radio check."
    assert held.get(entry.ref) == message
    assert held.all() == held.of_journal(entry.origin) == [message]


def test_other_entries_and_unsigned_words_are_no_messages(party: Party) -> None:
    held, enrolments = messages(), party.journal.enrolments()
    other = party.journal.append("x.other", {}, recipients=["*"])
    assert held.add(enrolments, other.ref, other.header, other.body, ["B"]) is None
    header = other.header.model_copy(update={"kind": "message"})
    assert held.add(enrolments, other.ref, header, {"statement": {"text": "hello"}}, ["B"]) is None
    answer = party.statement({"act": "acknowledge", "of": other.ref})
    assert held.add(enrolments, other.ref, header, {"statement": answer}, ["B"]) is None
    assert held.all() == []


def test_text_in_any_script_comes_out_as_it_went_in(party: Party) -> None:
    held = messages()
    for text, language in (("Проверка связи", "ru"), ("فحص الاتصال", "ar")):
        entry = party.say("message", {**WORD, "text": text, "language": language, "to_role": ROLE})
        held.add(party.journal.enrolments(), entry.ref, entry.header, entry.body, ["B"])
    assert [(one.text, one.language) for one in held.all()] == [
        ("Проверка связи", "ru"),
        ("فحص الاتصال", "ar"),
    ]

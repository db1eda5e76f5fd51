"""From entries to answers: forged, foreign, misdirected and unsigned ones never count."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyaccord.hotline.acknowledgements import acknowledgement, take
from skyaccord.hotline.asking import Asking, RoleTerms
from skyaccord.record.keys import PersonKey
from tests.hotline.journals import ROLE, Party


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Party, Party]]:
    root: Path = tmp_path_factory.mktemp("journals")
    a, b = Party("A", root / "A", 10), Party("B", root / "B", 20)
    yield a, b
    a.close()
    b.close()


def asking_about(entry) -> Asking:
    book = Asking(lambda _accord, _role: RoleTerms(30.0, None))
    book.ask(entry.ref, None, {"A": ROLE, "B": ROLE}, entry.header.recorded_at)
    return book


def test_a_persons_signed_word_counts(parties: tuple[Party, Party]) -> None:
    a, b = parties
    subject = a.journal.append("x.subject", {}, recipients=["*"])
    entry = b.say("acknowledgement", {"act": "acknowledge", "of": subject.ref})
    book = asking_about(subject)
    assert take(book, b.journal.enrolments(), entry.ref, entry.header, entry.body) == subject.ref
    (found,) = book.acknowledgements([subject.ref])
    assert (found.party, found.name, found.automatic) == ("B", "Officer of B", False)


def test_an_automatic_officer_is_marked(parties: tuple[Party, Party]) -> None:
    a, b = parties
    robot = PersonKey.generate()
    b.enrol(robot, automatic=True)
    subject = a.journal.append("x.subject", {}, recipients=["*"])
    said = {"act": "acknowledge", "of": subject.ref, "automatic": True, "exercise": True}
    entry = b.say("acknowledgement", said, robot)
    found = acknowledgement(b.journal.enrolments(), entry.ref, entry.header, entry.body)
    assert found is not None
    assert (found.automatic, found.exercise) == (True, True)


def test_a_word_in_another_partys_journal_does_not_count(parties: tuple[Party, Party]) -> None:
    """A's node cannot carry a statement of B's officer as if B had said it there."""
    a, b = parties
    subject = a.journal.append("x.subject", {}, recipients=["*"])
    dsse = b.statement({"act": "acknowledge", "of": subject.ref})
    carried = a.journal.append("x.carried", {"statement": dsse}, recipients=["*"])
    header = carried.header.model_copy(update={"kind": "acknowledgement"})
    enrolments = b.journal.enrolments()
    for entry in a.journal.entries(kinds=("person.enrolled",)):
        enrolments.add(entry.header, entry.body)
    assert acknowledgement(enrolments, carried.ref, header, carried.body) is None


def test_a_silence_counts_only_from_who_asked(parties: tuple[Party, Party]) -> None:
    a, b = parties
    subject = a.journal.append("x.subject", {}, recipients=["*"])
    body = {"of": subject.ref.model_dump(mode="json"), "party": "B", "role": ROLE, "deadline_s": 30.0}
    book = asking_about(subject)
    foreign = b.journal.append("silence", body, recipients=["*"])
    assert take(book, b.journal.enrolments(), foreign.ref, foreign.header, foreign.body) is None
    own = a.journal.append("silence", body, recipients=["*"])
    assert take(book, a.journal.enrolments(), own.ref, own.header, own.body) == subject.ref
    standing = book.standing(subject.ref, "B")
    assert standing is not None
    assert standing.silence_recorded


forgeries = st.sampled_from(["key", "party", "role", "before", "flip", "act", "unsigned", "swap"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(forgery=forgeries, position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_nothing_shows_acknowledged_without_a_persons_signature(
    parties: tuple[Party, Party], forgery: str, position: int, flip: int
) -> None:
    """Whatever is put into an entry by whoever runs a node: without the officer's key it is not an answer."""
    a, b = parties
    subject = a.journal.append("x.subject", {}, recipients=["*"])
    honest = b.say("acknowledgement", {"act": "acknowledge", "of": subject.ref})
    header, enrolments = honest.header, b.journal.enrolments()
    dsse = dict(honest.body["statement"])
    if forgery == "key":
        dsse = b.statement({"act": "acknowledge", "of": subject.ref}, PersonKey.generate())
    elif forgery == "party":
        header = header.model_copy(update={"origin": a.card.origin})
    elif forgery == "role":
        dsse = b.statement({"act": "acknowledge", "of": subject.ref, "role": "commander"})
    elif forgery == "before":
        header = header.model_copy(update={"sequence": 0})
    elif forgery == "flip":
        signature = bytearray(dsse["signatures"][0]["sig"].encode())
        signature[position % (len(signature) - 2)] ^= flip
        dsse = {**dsse, "signatures": [{**dsse["signatures"][0], "sig": signature.decode("latin-1")}]}
    elif forgery == "act":
        dsse = b.statement(
            {
                "act": "message",
                "to_role": ROLE,
                "text": "I acknowledge",
                "language": "en",
                "about": subject.ref,
            }
        )
    elif forgery == "unsigned":
        dsse = {**dsse, "signatures": []}
    else:
        other = b.statement({"act": "acknowledge", "of": honest.ref})
        dsse = {**dsse, "payload": other["payload"]}
    book = asking_about(subject)
    took = take(book, enrolments, honest.ref, header, {"statement": dsse})
    standing = book.standing(subject.ref, "B")
    assert standing is not None
    if forgery == "flip" and took is not None:
        # base64 has bits that carry nothing; then the signature is the same one
        assert dsse["signatures"] == honest.body["statement"]["signatures"]
        return
    assert took is None
    assert not standing.acknowledged
    assert not replace(standing, silence_recorded=True).acknowledged

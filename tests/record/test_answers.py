"""Who did not answer in time, told from the record alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.cli.journal_text import listed
from skyaccord.record.bundle_export import export_bundle
from skyaccord.record.entries import Entry
from skyaccord.record.keys import PersonKey
from skyaccord.record.link import Incoming
from skyaccord.record.listing import list_entries, marked
from skyaccord.record.statement import sign_statement
from skyaccord.record.verdict import ANSWERS
from skyaccord.record.verify_bundle import verify_bundle
from tests.record.bundles import Bundle, place_of
from tests.record.test_replica import forge
from tests.record.worlds import Party, enrol, exchange_all, make_pair, said


def silence(asker: Party, of: Entry, party: str) -> None:
    body = {"of": of.ref.model_dump(), "party": party, "role": "duty-officer", "deadline_s": 60.0}
    asker.journal.append("silence", body, recipients=["*"])


def acknowledge(party: Party, person: PersonKey, of: Entry) -> Entry:
    fields: dict[str, Any] = {"act": "acknowledge", "party": party.card.party, "role": "duty-officer"}
    fields |= {"at": party.clock.now(), "accord": None, "exercise": True, "automatic": False}
    dsse = sign_statement({**fields, "of": of.ref.model_dump()}, person)
    return party.journal.append_statement("acknowledgement", dsse, recipients=["*"])


def test_late_and_never_and_in_time_are_told_apart(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    officers = [PersonKey.generate(SeededRandomness(n)) for n in (1, 2)]
    for party, person in zip((a, b), officers, strict=True):
        enrol(party, person)
    asked = []
    for number in range(3):
        dsse = said(a, officers[0], text=f"Say intentions, {number}")
        asked.append(a.journal.append_statement("message", dsse, recipients=["*"]))
    exchange_all(a, b)
    acknowledge(b, officers[1], asked[0])
    a.clock.advance(61)
    silence(a, asked[1], "B")
    silence(a, asked[2], "B")
    a.clock.advance(9)
    late = acknowledge(b, officers[1], asked[1])
    exchange_all(a, b)
    export_bundle(a.path, tmp_path / "bundle")
    report = verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0)
    assert report.findings == []
    told = {(one.party, one.sequence): one.what for one in report.notes if one.check == ANSWERS}
    assert set(told) == {("A", asked[1].sequence), ("A", asked[2].sequence)}
    late_told = told["A", asked[1].sequence]
    assert "answered LATE, by duty-officer of B (Officer) at 2015-10-14T09:01:10.000Z" in late_told
    assert told["A", asked[2].sequence].endswith("NEVER answered")
    assert "says so at 2015-10-14T09:01:01.000Z; B received it at 2015-10-14T09:00:00.000Z)" in late_told
    value = report.to_dict()["answers"]
    assert value["acknowledged"] == 2
    assert [one["sequence"] for one in value["late"]] == [asked[1].sequence]
    assert value["late"][0]["answered"]["sequence"] == late.sequence
    assert [one["sequence"] for one in value["never"]] == [asked[2].sequence]

    lines = {line.sequence: line for line in list_entries(tmp_path / "bundle", limit=100)}
    assert [(one["party"], one["name"]) for one in lines[asked[0].sequence].acknowledged] == [
        ("B", "Officer")
    ]
    assert lines[asked[0].sequence].unanswered == []
    assert lines[asked[2].sequence].acknowledged == []
    assert lines[asked[2].sequence].unanswered[0]["told"] == told["A", asked[2].sequence]
    (received,) = lines[asked[2].sequence].received
    assert (received["party"], received["refused"], received["hash_only"]) == ("B", None, False)
    folder = {line.sequence: line for line in list_entries(a.path, limit=100)}
    assert folder == lines

    # Who reads the list after a check does not take for good what stands in an entry with a finding.
    in_time = next(entry for entry in b.journal.entries(kinds=("acknowledgement",)))
    wrong = {b.card.origin: {in_time.sequence, late.sequence}}
    found = {one.sequence: one for one in marked(list(lines.values()), a.card.origin, wrong)}
    assert [one["wrong"] for one in found[asked[0].sequence].acknowledged] == [True]
    assert [one["wrong"] for one in found[asked[1].sequence].unanswered] == [True], "its late answer is"
    assert [one["wrong"] for one in found[asked[2].sequence].unanswered] == [False]
    assert not any(one.wrong for one in found.values())
    texts = list(listed(list(found.values())))
    assert sum("└ WRONG, see above: acknowledged by" in line for line in texts) == 2
    assert sum("└ WRONG, see above: duty-officer of B did not answer" in line for line in texts) == 1
    bad = marked(list(lines.values()), a.card.origin, {a.card.origin: {asked[1].sequence}})
    assert [one.sequence for one in bad if one.wrong] == [asked[1].sequence]
    for party in (a, b):
        party.store.close()


def test_a_late_answer_with_a_finding_is_not_noted_unmarked(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    person = PersonKey.generate(SeededRandomness(1))
    officer = PersonKey.generate(SeededRandomness(2))
    enrol(a, person)
    enrol(b, officer)
    asked = a.journal.append_statement("message", said(a, person), recipients=["*"])
    exchange_all(a, b)
    a.clock.advance(61)
    silence(a, asked, "B")
    late = acknowledge(b, officer, asked)
    exchange_all(a, b)
    export_bundle(a.path, tmp_path / "bundle")
    bundle = Bundle((tmp_path / "bundle").read_bytes(), [a.card, b.card], tmp_path / "changed")

    def change(lines: list[dict[str, Any]]) -> None:
        lines[place_of(lines, "B", late.sequence)]["salt"] = "00" * 16

    (good,) = [one.what for one in bundle.verify().notes if one.check == ANSWERS]
    report = bundle.forged(change)
    (told,) = [one.what for one in report.notes if one.check == ANSWERS]
    assert told == f"{good} (WRONG: there is a finding on what this rests on)"
    assert report.places == {b.card.origin: {late.sequence}}

    def rename(lines: list[dict[str, Any]]) -> None:
        other = a.card.origin[:-1] + ("0" if a.card.origin[-1] != "0" else "1")
        lines[0]["journals"][0] = other
        next(line for line in lines if line.get("journal") == a.card.origin)["journal"] = other

    renamed = bundle.forged(rename)  # what was asked stands in a journal of another name
    assert {3, 5} & {one.check for one in renamed.findings}
    assert [one for one in renamed.notes if one.check == ANSWERS] == []
    for party in (a, b):
        party.store.close()


def test_when_it_could_be_read_stands_beside_a_silence(tmp_path: Path) -> None:
    """The asker's clock says when time ran out; the receipt of who was asked, whether it had come by then."""
    a, b = make_pair(tmp_path)
    person = PersonKey.generate(SeededRandomness(1))
    enrol(a, person)
    exchange_all(a, b)
    asked = [
        a.journal.append_statement("message", said(a, person, text=str(n)), recipients=["*"]) for n in "12"
    ]
    a.clock.advance(61)
    silence(a, asked[0], "B")
    a.clock.advance(60)
    exchange_all(a, b)
    silence(a, asked[1], "C")  # nobody whose receipts are here
    exchange_all(a, b)
    export_bundle(a.path, tmp_path / "bundle")
    report = verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0)
    told = {one.sequence: one.what for one in report.notes if one.check == ANSWERS}
    assert "B received it ONLY at 2015-10-14T09:02:01.000Z" in told[asked[0].sequence]
    assert "no receipt of C for it is here" in told[asked[1].sequence]
    never = report.to_dict()["answers"]["never"]
    assert [one["received_at"] for one in never] == ["2015-10-14T09:02:01.000Z", None]
    assert never[0]["said_at"] == "2015-10-14T09:01:01.000Z"
    for party in (a, b):
        party.store.close()


def test_only_who_asked_can_say_that_nobody_answered(tmp_path: Path) -> None:
    a, b = make_pair(tmp_path)
    asked = a.journal.append("note", {}, recipients=["*"])
    exchange_all(a, b)
    silence(b, asked, "A")
    exchange_all(a, b)
    export_bundle(a.path, tmp_path / "bundle")
    assert verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0).notes == []
    for party in (a, b):
        party.store.close()


def test_what_its_holder_refused_acknowledges_nothing_in_a_bundle_either(tmp_path: Path) -> None:
    """A stranger's signature, and one dated beyond every period, in the journal of whoever lies."""
    a, b = make_pair(tmp_path)
    officer, stranger = (PersonKey.generate(SeededRandomness(n)) for n in (1, 2))
    enrol(a, officer)
    enrol(b, officer)
    exchange_all(a, b)
    asked = a.journal.append_statement("message", said(a, officer), recipients=["*"])
    exchange_all(a, b)
    far = b.clock.now() + timedelta(days=3)
    for person, at in ((stranger, b.clock.now()), (officer, far)):
        fields: dict[str, Any] = {"act": "acknowledge", "party": "B", "role": "duty-officer", "at": at}
        fields |= {"accord": None, "exercise": True, "automatic": False, "of": asked.ref.model_dump()}
        body = {"statement": sign_statement(fields, person)}
        forged = forge(b, a, kind="acknowledgement", body=body, recorded_at=at, sky_time=at)
        assert Incoming(a.journal).accept(forged, sent_at=b.clock.now()).reason is None
    export_bundle(a.path, tmp_path / "bundle")
    report = verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0)
    assert (report.findings, report.asked.acknowledged) == ([], 0)
    for place in (a.path, tmp_path / "bundle"):
        lines = {line.sequence: line for line in list_entries(place, limit=100)}
        assert lines[asked.sequence].acknowledged == []
        refused = [line.refused for line in list_entries(place, party="B", limit=2)]
        assert "not enrolled" in str(refused[0])
        assert "ahead of our clock" in str(refused[1])


def test_a_liars_own_bundle_calls_nothing_acknowledged_that_no_person_signed(tmp_path: Path) -> None:
    """Its own receipts refuse nothing of its own; the statement itself does not hold."""
    a, b = make_pair(tmp_path)
    officer, stranger = (PersonKey.generate(SeededRandomness(n)) for n in (1, 2))
    enrol(a, officer)
    exchange_all(a, b)
    asked = a.journal.append_statement("message", said(a, officer), recipients=["*"])
    exchange_all(a, b)
    enrol(b, stranger)
    liar = PersonKey.generate(SeededRandomness(3))
    with pytest.raises(RefusedError, match="not enrolled"):
        acknowledge(b, liar, asked)
    with patch("skyaccord.record.journal.statement_fault", return_value=None):
        acknowledge(b, liar, asked)  # whoever runs a node can change its program
    exchange_all(a, b)
    export_bundle(b.path, tmp_path / "bundle")
    report = verify_bundle(tmp_path / "bundle", [a.card, b.card], workers=0)
    assert (report.findings, report.asked.acknowledged) == ([], 0), "A has refused it on the record"
    for place in (b.path, tmp_path / "bundle"):
        lines = {line.sequence: line for line in list_entries(place, party="A", limit=100)}
        assert lines[asked.sequence].acknowledged == []
    for party in (a, b):
        party.store.close()

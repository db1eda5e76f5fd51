"""The joint report: three languages, what is disputed said plainly, text that stays text."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from skyaccord.base.errors import InputError
from skyaccord.incidents.case import Case, Reconstructed
from skyaccord.incidents.joint.document import joint_document
from skyaccord.incidents.joint.figures import figures
from skyaccord.incidents.joint.replay import HEADER, replay_csv
from skyaccord.incidents.joint.words import LANGUAGES, Words, catalogue
from skyaccord.paper.blocks import Figure
from skyaccord.paper.html import document_html
from skyaccord.paper.plain import document_lines
from skyaccord.paper.sheet import document_pdf
from tests.incidents.desk import Desk
from tests.node.test_reconstructing import PAIR, made, reports

HOSTILE = '<script>alert(1)</script> #panic() "x"'


def disputed() -> Case:
    """A breach with both reconstructions, two accounts, a fact agreed, a fact disputed, a question."""
    a, b = Desk("A"), Desk("B")
    incident = a.open()
    agreed = a.say(incident, "incident-fact", step="state", text="Both were at FL250.")
    called = a.say(incident, "incident-fact", step="state", text="We called twice on guard.")
    a.say(incident, "incident-account", text=f"We kept our level.\n{HOSTILE}", language="en")
    a.say(incident, "incident-question", step="ask", to="B", text="Did you hear us?")
    b.hear(a)
    b.say(incident, "incident-fact", step="agree", fact=agreed.model_dump(mode="json"))
    b.say(
        incident, "incident-fact", step="dispute", fact=called.model_dump(mode="json"), because="Вызовов нет."
    )
    b.say(incident, "incident-account", text="Шли своим эшелоном.", language="ru")
    a.hear(b)
    bodies = {"A": made(reports()), "B": made(reports(3.0, shift_s=0.5))}
    found = {party: Reconstructed(incident, party, a.case.opened_at, body) for party, body in bodies.items()}
    start = bodies["A"].zero
    end = start + timedelta(seconds=300)
    return replace(a.case, aircraft=PAIR, reconstructions=found, start=start, end=end)


def test_every_language_has_every_word_with_the_same_places() -> None:
    for language in LANGUAGES:
        words, english = catalogue(language), catalogue("en")
        assert set(words) == set(english)
        for key, said in words.items():
            assert said.strip()
            places = set(re.findall(r"\{(\w+)\}", said))
            assert places == set(re.findall(r"\{(\w+)\}", english[key])), (language, key)
    with pytest.raises(InputError, match="no report in 'de'"):
        Words("de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_what_is_disputed_with_both_versions(language: str) -> None:
    case, words = disputed(), Words(language)
    document = joint_document(case, language)
    assert (words.plain("disputed_mark"), words.plain("disputed_note")) in document.marks
    assert document.mark == words.plain("exercise")
    lines = document_lines(document, isolates=False)
    section = lines[lines.index(f"## {words.plain('disputed')}") :]
    section = section[: next(i for i, line in enumerate(section[1:], 1) if line.startswith("## "))]
    assert "> We called twice on guard." in section
    assert "> Вызовов нет." in section
    agreed = lines[lines.index(f"## {words.plain('agreed')}") : lines.index(f"## {words.plain('disputed')}")]
    assert "> Both were at FL250." in agreed
    assert "> We called twice on guard." not in agreed
    for ref in case.refs:
        assert any(ref.leaf[:32] in line for line in lines)
    assert any(case.digest in line for line in lines)


def test_arabic_has_arabic_marks_between_its_words() -> None:
    """The line of the severity's sources lists three of them; a table's cell what speaks for a proposal."""
    lines = document_lines(joint_document(disputed(), "ar"), isolates=False)
    wrong = re.compile(r"[\u0620-\u064a\u064b-\u0652][)»]?[;,?]|[;,?] [\u0620-\u064a]")
    assert [line for line in lines if wrong.search(line) and "script" not in line] == []
    assert any(line.count("؛") >= 2 for line in lines)


def test_html_and_pdf_hold_text_as_text() -> None:
    document = joint_document(disputed(), "ar")
    page = document_html(document)
    assert '<html lang="ar" dir="rtl">' in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert (
        page.count("<svg")
        == page.count("</svg>")
        == sum(isinstance(one, Figure) for one in document.blocks)
        == 3
    )
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", page)  # it asks for nothing from anywhere
    made_twice = [document_pdf(document) for _ in (1, 2)]
    assert made_twice[0][:5] == b"%PDF-"
    assert made_twice[0] == made_twice[1]


def test_sides_are_told_apart_without_colour() -> None:
    for svg, key in figures(disputed(), Words("en").plain):
        dashed = re.findall(
            r'<path d="[^"]+" fill="none" stroke="#[0-9a-f]+" stroke-width="1.[34]"[^>]*>', svg
        )
        assert {'stroke-dasharray="7 4"' in one for one in dashed} == {True, False}, key
        assert "as A saw it" in svg
        assert "as B saw it" in svg


def test_an_incident_of_people_alone_has_a_report_as_well() -> None:
    bare = replace(disputed(), aircraft=(), callsigns=(), reconstructions={}, observations={}, reason="hand")
    lines = document_lines(joint_document(bare, "en"), isolates=False)
    assert "No side's node has reconstructed it." in lines


def test_the_replay_is_a_table_of_states_or_a_clear_line() -> None:
    case = disputed()
    first, *rows = replay_csv(case, "B").splitlines()
    assert first == ",".join(HEADER)
    assert len(rows) == sum(len(track.samples) for track in case.reconstructions["B"].body.tracks)
    assert rows == sorted(rows)
    with pytest.raises(InputError, match="party C has no reconstruction here"):
        replay_csv(case, "C")
    nothing = replace(case.reconstructions["A"], body=made(reports().clear()))
    with pytest.raises(InputError, match="party A saw none of the aircraft"):
        replay_csv(replace(case, reconstructions={"A": nothing}), "A")

"""Redlines: what went and what came, in each language, and nothing lost."""

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.accord.text.catalogue import LANGUAGES
from skyaccord.accord.text.document import accord_document
from skyaccord.accord.text.redline import redline, redline_html, redline_lines
from skyaccord.paper.plain import document_lines
from tests.accord.samples import THREES

BEFORE = parse_accord(THREES, "before")
WIDER = THREES.replace("horizontal_nm = 3\n", "horizontal_nm = 5\n")
AFTER = parse_accord(WIDER.replace("Crews listen on", "Crews keep"), "after")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "at least [-3-]{+5+} nautical miles"),
        ("ru", "не менее [-3-]{+5+} морских миль"),
        ("ar", "لا تقل عن [-3-]{+5+} أميال بحرية"),
    ],
)
def test_word_by_word_in_each_language(language: str, said: str) -> None:
    lines = [line.replace("\u00a0", " ") for line in redline_lines(redline(BEFORE, AFTER, language))]
    assert any(said in line for line in lines)
    assert any("Crews [-listen on-]{+keep+} guard" in line for line in lines) == (language == "en")
    assert "…" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_texts_can_be_read_from_a_redline(language: str) -> None:
    """Every changed line of either text is in the redline, whole."""
    found = redline(BEFORE, AFTER, language)
    for loaded, mark in ((BEFORE, "new"), (AFTER, "gone")):
        whole = set(document_lines(accord_document(loaded, language), isolates=False))
        for line in found.lines:
            if line is None or all(piece.mark == mark for piece in line):
                continue
            assert "".join(piece.text for piece in line if piece.mark != mark) in whole


def test_nothing_changed_nothing_shown() -> None:
    assert redline(BEFORE, BEFORE, "en").lines == ()


def test_a_page_of_all_languages() -> None:
    page = redline_html([redline(BEFORE, AFTER, language) for language in LANGUAGES])
    assert page.count("<section") == 3
    assert '<section lang="ar" dir="rtl">' in page
    assert "<del>3</del><ins>5</ins>" in page
    assert BEFORE.digest in page
    evil = parse_accord(THREES.replace("Crews listen", "<script>Crews"), "evil")
    assert "<script>" not in redline_html([redline(BEFORE, evil, "en")])

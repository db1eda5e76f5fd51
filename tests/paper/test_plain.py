"""Plain lines: one block or item a line."""

from skyaccord.paper.plain import document_lines
from tests.paper.documents import sample


def test_every_block_becomes_lines() -> None:
    lines = document_lines(sample(), isolates=False)
    assert lines[:6] == ["تمرين: هذا تمرين.", "Everything", "everything · الإصدار 7", "", "## الأطراف", ""]
    for line in (
        "الطرف | المفتاح", "AParty A | k=", "من BAW12/3 على 3,000ft", "بعبارة الأطراف!:", "> - i",
        "1. أولا", "2. 36.9°N 35.5°E", "- بلا ترتيب", "lights:", "  > Lights on.",
    ):  # fmt: skip
        assert line in lines, line


def test_isolates_for_a_screen() -> None:
    assert "2. \u206636.9°N 35.5°E\u2069" in document_lines(sample())

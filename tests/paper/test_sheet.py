"""PDFs: digest and mark on every page, right-to-left, nothing of people's text taken as instructions."""

import re

from skyaccord.paper.blocks import Paragraph, Prose, text
from skyaccord.paper.sheet import document_pages, document_pdf, document_source
from tests.paper.documents import DIGEST, NASTY, sample


def test_every_block_is_typeset_the_same_way_each_time() -> None:
    made = document_pdf(sample())
    assert made == document_pdf(sample())
    assert made != document_pdf(sample(title="Everything else"))
    assert DIGEST.encode() in made  # in its keywords, for programs without a PDF reader


def test_digest_and_mark_stand_in_foot_and_head_of_all_pages() -> None:
    source = document_source(sample())
    footing = source[source.index("#let footing") : source.index("#set page")]
    assert DIGEST in footing
    assert "counter(page).final()" in footing
    head = source[source.index("header:") : source.index("#show heading")]
    assert "تمرين" in head
    assert "تمرين" not in document_source(sample(mark=None, marks=()))
    long = sample(blocks=(Paragraph((text("x " * 9_000),)),))
    assert len(document_pages(long, ppi=20)) > 2


def test_directions() -> None:
    source = document_source(sample())
    assert "dir: rtl" in source
    assert "#prose(ltr)" in source
    assert "\u206636.9°N 35.5°E\u2069" in source
    assert "\u2068BAW12/3\u2069" in source
    assert "#prose(rtl)" in document_source(sample(blocks=(Prose("نص"),)))


def test_text_of_people_is_in_string_literals_only() -> None:
    source = document_source(sample())
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)
    assert "#set page(width" not in bare
    assert "#set page(width" in source
    assert NASTY.split("\n", maxsplit=1)[0][:3] == "say"

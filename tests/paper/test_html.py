"""Pages for browsers: self-contained, escaped, each piece in its own direction."""

from html.parser import HTMLParser

from skyaccord.paper.html import document_html
from tests.paper.documents import DIGEST, sample


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_whole_page() -> None:
    page = document_html(sample())
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert {"table", "ol", "ul", "dl", "h2", "h3", "footer"} <= set(reader.seen)
    assert not set(reader.seen) & {"script", "link", "img"}
    assert page.startswith('<!doctype html>\n<html lang="ar" dir="rtl">')
    assert f'<bdi dir="ltr" class="code">{DIGEST}</bdi></footer>' in page
    assert '<h3 dir="auto"><bdi>Район</bdi></h3>' in page
    assert "<bdi>BAW12/3</bdi>" in page
    assert '<bdi dir="ltr">3,000</bdi>' in page
    assert f'<meta name="skyaccord-digest" content="{DIGEST}">' in page
    assert "@l &lt;l&gt; [c]" in page


def test_only_an_exercise_has_the_mark() -> None:
    assert "تمرين" not in document_html(sample(mark=None, marks=()))
    assert "<footer><strong>تمرين</strong>" in document_html(sample())

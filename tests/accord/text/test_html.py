"""The page that people read: whole, self-contained, with the accord's numbers, right in both directions."""

import re
from html.parser import HTMLParser

import pytest

from skyaccord.accord.source import load_accord, parse_accord
from skyaccord.accord.text.catalogue import LANGUAGES
from skyaccord.accord.text.html import accord_html
from skyaccord.accord.text.voice import coordinates
from skyaccord.base.errors import InputError
from tests.accord.samples import CLASSES, RICH, SMALL, WHOLE, keyed

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Checks that tags fit, and keeps each piece of text with the elements it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[tuple[str, list[tuple[str, dict[str, str | None]]]]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.pieces.append((data, list(self.open)))

    def text(self) -> str:
        parts = (data for data, within in self.pieces if within[-1][0] not in ("style", "title"))
        return " ".join(" ".join(parts).split()).replace("\u00a0", " ")


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "source", ["rule-of-threes", RICH, CLASSES, WHOLE], ids=["threes", "rich", "classes", "whole"]
)
def test_a_whole_page_that_needs_nothing_else(source: str, language: str) -> None:
    loaded = load_accord(source)
    page = accord_html(loaded, language)
    reader = read(page)
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert f'<meta name="skyaccord-digest" content="{loaded.digest}">' in page
    assert not reader.tags & {"script", "img", "link", "iframe", "object", "a"}
    assert not re.search(r"https?:|url\(|@import|\bon\w+=", page)
    footer = [data for data, within in reader.pieces if any(tag == "footer" for tag, _ in within)]
    assert loaded.digest in footer
    places = {f"{{{one.name}}}" for phrase in loaded.accord.phrasebook for one in phrase.params}
    assert set(re.findall(r"\{[^}]*\}", reader.text())) == places  # those of phrases, and no others


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_agreed_is_in_the_text(language: str) -> None:
    loaded = load_accord(RICH)
    accord, text = loaded.accord, read(accord_html(loaded, language)).text()
    for party in accord.parties:
        for words in (party.id, party.name, party.public_key or "", *party.members):
            assert words in text
    for piece in (*accord.conduct, *accord.clauses):
        assert " ".join(piece.text.split("\n")[0].split()) in text
    for role in accord.roles:
        assert role.title in text
        assert f"{role.acknowledge_within_s:g}" in text
    point = "," if language == "ru" else "."
    for number in ("50", "15", "0.5", "12.5", "25.5", "121.5"):
        assert number.replace(".", point) in text
    assert "026997" not in text  # agreed in metres, read in metres
    for words in ("drones", "no-dwell", "10.5°N 170.25°W", "20:59:59.25", "Fifty metres and"):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_either_and_both_are_told_apart(language: str) -> None:
    either = read(accord_html(parse_accord(SMALL, "x"), language)).text()
    both = SMALL.replace("vertical_ft = 3000", 'vertical_ft = 3000\ncombinator = "both"\nmax_dwell_s = 180')
    text = read(accord_html(parse_accord(both, "x"), language)).text()
    said = {
        "en": ("Keeping either one is enough", "Both must be kept", "longer than 180 seconds"),
        "ru": ("Достаточно выдержать одно из двух", "Нужно выдержать и то и другое", "дольше 180 секунд"),
        "ar": ("ويكفي الحفاظ على إحداهما", "ويجب الحفاظ على كلتيهما", "أكثر من 180 ثانية"),
    }[language]
    assert said[0] in either
    assert said[0] not in text
    assert said[1] in text
    assert said[2] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_and_watch_by_class_are_told(language: str) -> None:
    said = {
        "en": ('one is "unmanned aircraft" and the other "any aircraft"',
               '"unmanned aircraft" and "heavy aeroplane" the distance is 30 nautical miles',
               "whose class is not known counts as of every class"),
        "ru": ("«беспилотное воздушное судно», а другое — «любое воздушное судно»",
               "«тяжёлый самолёт» вместо этого берётся расстояние менее 30 морских миль",
               "неизвестного класса"),
        "ar": ("«طائرة بلا طيار» والأخرى من صنف «أي طائرة»", "أقل من 30 ميلًا بحريًا", "المجهول صنفها"),
    }[language]  # fmt: skip
    text = read(accord_html(load_accord(CLASSES), language)).text().replace("\u00a0", " ")
    for words in said:
        assert words in text
    assert said[2] not in read(accord_html(load_accord(RICH), language)).text()


def test_marks_for_exercises_and_drafts() -> None:
    assert "УЧЕНИЕ" in accord_html(load_accord(RICH), "ru")
    assert "مسودة" in accord_html(load_accord(RICH), "ar")
    plain = accord_html(parse_accord(keyed(), "x"), "en")
    assert "EXERCISE" not in plain
    assert "DRAFT" not in plain


def test_text_of_the_parties_stays_text() -> None:
    text = SMALL.replace('"Small"', '"<script>alert(1)</script> & {digest}"').replace(
        '"Party A"', "\"<b onclick='x'>{0.__class__}\""
    )
    page = accord_html(parse_accord(text, "x"), "en")
    reader = read(page)
    assert "script" not in reader.tags
    assert "b" not in reader.tags
    assert "<script>alert(1)</script> & {digest}" in reader.text()
    assert "{0.__class__}" in reader.text()


@pytest.mark.parametrize(
    "source", ["rule-of-threes", RICH, CLASSES, WHOLE], ids=["threes", "rich", "classes", "whole"]
)
def test_latin_text_in_an_arabic_page_is_isolated(source: str) -> None:
    """Ids, codes, times and prose of another script stand in `<bdi>` or under `dir="auto"`, never loose."""
    reader = read(accord_html(load_accord(source), "ar"))
    loose = set()
    for data, within in reader.pieces:
        if within[-1][0] in ("style", "title"):
            continue
        if any(tag == "bdi" or attributes.get("dir") in ("auto", "ltr") for tag, attributes in within[2:]):
            continue
        phrase = re.sub("\u2066[^\u2069]*\u2069", "", data)  # its places
        loose |= set(re.findall(r"[A-Za-z][A-Za-z0-9]*", phrase))
    assert loose <= {"WGS", "Ed25519", "base64", "UTC", "AIRPROX", "A", "E"}


def test_a_digest_is_one_piece_from_left_to_right() -> None:
    loaded = load_accord("rule-of-threes")
    assert accord_html(loaded, "ar").count(f'<bdi dir="ltr" class="code">{loaded.digest}</bdi>') == 2


def test_coordinates() -> None:
    assert coordinates(36.9, -0.5) == "36.9°N 0.5°W"
    assert coordinates(-0.25, 180) == "0.25°S 180°E"


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="'de'"):
        accord_html(load_accord("rule-of-threes"), "de")

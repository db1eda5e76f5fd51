"""Text and file: the same, or what is different."""

from pathlib import Path

import pytest

from skyaccord.accord.source import load_accord, parse_accord
from skyaccord.accord.text import same
from skyaccord.accord.text.html import accord_html
from skyaccord.accord.text.same import SameText, require_same
from skyaccord.accord.text.sheet import accord_pdf
from skyaccord.base.errors import AccordError, UnreadableError
from tests.accord.samples import SMALL, WHOLE

LOADED = load_accord(WHOLE)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_text_is_that_of_its_file(language: str, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(accord_pdf(LOADED, language))
    assert require_same(LOADED, path) == SameText(language, "PDF")
    path.write_text(accord_html(LOADED, language), encoding="utf-8")
    assert require_same(LOADED, path) == SameText(language, "HTML")


def test_the_text_of_another_accord(tmp_path: Path) -> None:
    path, other = tmp_path / "text", parse_accord(SMALL, "x")
    for data in (accord_pdf(other, "en"), accord_html(other, "en").encode()):
        path.write_bytes(data)
        with pytest.raises(AccordError, match=f"of another accord: its digest is {other.digest}"):
            require_same(LOADED, path)


def test_a_text_that_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "text"
    page = accord_html(LOADED, "en")
    path.write_text(page.replace("Nobody hurts", "Somebody hurts"), encoding="utf-8")
    with pytest.raises(AccordError, match="it reads 'Somebody', where it should read 'Nobody'"):
        require_same(LOADED, path)
    path.write_text(page.replace("<main>", "<main> "), encoding="utf-8")
    with pytest.raises(AccordError, match="what can be seen is the same"):
        require_same(LOADED, path)
    path.write_bytes(accord_pdf(LOADED, "en") + b"%")
    with pytest.raises(AccordError, match="is not the text that SkyAccord"):
        require_same(LOADED, path)


def test_what_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "text"
    for data in (b"", b"%PDF-1.7\n", b"<html>sha256:" + b"0" * 64):
        path.write_bytes(data)
        with pytest.raises(AccordError, match="no text of an accord"):
            require_same(LOADED, path)
    with pytest.raises(UnreadableError):
        require_same(LOADED, tmp_path / "none")
    monkeypatch.setattr(same, "TEXT_BYTES_MAX", 2)
    with pytest.raises(UnreadableError, match="larger"):
        require_same(LOADED, path)

"""An accord as a PDF in a language: the same data and release make the same bytes, to compare them."""

from __future__ import annotations

from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.document import accord_document
from skyaccord.paper.sheet import document_pdf


def accord_pdf(loaded: LoadedAccord, language: str) -> bytes:
    """The accord's text in "en", "ru" or "ar". Raises InputError for another language."""
    return document_pdf(accord_document(loaded, language))

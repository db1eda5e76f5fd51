"""An accord as one self-contained HTML page in a language."""

from __future__ import annotations

from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.document import accord_document
from skyaccord.paper.html import document_html


def accord_html(loaded: LoadedAccord, language: str) -> str:
    """The accord's text in "en", "ru" or "ar". Raises InputError for another language."""
    return document_html(accord_document(loaded, language))

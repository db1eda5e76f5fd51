"""The PDF of every shipped accord, in every language."""

import pytest

from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.source import load_accord, shipped_names
from skyaccord.accord.text.document import ATTACHED, accord_document
from skyaccord.accord.text.sheet import accord_pdf
from skyaccord.paper.sheet import document_source


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_template_has_a_text_in_three_languages(name: str, language: str) -> None:
    loaded = load_accord(name)
    made = accord_pdf(loaded, language)
    assert made.startswith(b"%PDF-")
    assert loaded.digest.encode() in made
    assert made == accord_pdf(loaded, language)


def test_the_signed_bytes_lie_inside() -> None:
    loaded = load_accord("open-skies")
    document = accord_document(loaded, "en")
    assert document.attached == {ATTACHED: canonical_bytes(loaded.accord)}
    assert f'pdf.attach("{ATTACHED}"' in document_source(document)
    assert ATTACHED.encode() in accord_pdf(loaded, "en")

"""The same source makes the same bytes, with our fonts, and with nothing of the machine."""

import pytest

from skyaccord.base.errors import InputError, LimitError
from skyaccord.paper import typesetting
from skyaccord.paper.typesetting import FAMILIES, pages, pdf


def test_a_pdf_with_a_file_that_it_reads() -> None:
    made = pdf('#json("data.json").text', inputs={"data.json": '{"text": "x"}'})
    assert made.startswith(b"%PDF-")
    assert made == pdf('#json("data.json").text', inputs={"data.json": b'{"text": "x"}'})
    assert made != pdf('#json("data.json").text', inputs={"data.json": '{"text": "y"}'})
    assert b"CreationDate" not in pdf("#set document(date: none)\nx")


@pytest.mark.parametrize(
    ("family", "words"), list(zip(FAMILIES, ("Latin, Кириллица", "sha256:8e", "اتفاق"), strict=True))
)
def test_the_fonts_are_those_inside(family: str, words: str) -> None:
    made = pdf(f'#set text(font: "{family}", fallback: false)\n{words}')
    assert family.replace(" ", "").encode() in made


def test_pages_are_images() -> None:
    images = pages("one\n#pagebreak()\ntwo", ppi=20)
    assert len(images) == 2
    assert all(image.startswith(b"\x89PNG") for image in images)
    assert len(pages("one", ppi=20)) == 1


def test_faults_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be typeset: ") as caught:
        pdf("#nonsense(")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be typeset"):
        pdf('#read("/etc/hostname")')
    monkeypatch.setattr(typesetting, "SOURCE_BYTES_MAX", 10)
    with pytest.raises(LimitError, match="at most 10"):
        pdf("x" * 11)
    for name in ("main.typ", "../x", "a/b", ""):
        with pytest.raises(ValueError, match="cannot be called"):
            pdf("x", inputs={name: b""})


def test_an_image_goes_in() -> None:
    plot = pages("#set page(width: 20pt, height: 20pt)\nplot", ppi=20)[0]
    assert len(pdf('#image("plot.png")', inputs={"plot.png": plot})) > len(plot)

"""From Typst source to a PDF, with the fonts inside the package and the same bytes every time.

Nothing of this machine goes in: no system font, no clock, no file but those handed over, no package from a
network (a source that imports one fails). So two people with the same release get the same file, and can
compare it byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from skyaccord.base.errors import InputError, LimitError

SOURCE_BYTES_MAX: Final = 8_000_000  # of all files together: a document of some thousand pages
PREVIEW_PPI: Final = 96.0
MAIN: Final = "main.typ"
_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")

SANS: Final = "Noto Sans"
MONO: Final = "Noto Sans Mono"
ARABIC: Final = "Noto Naskh Arabic"
FAMILIES: Final = (SANS, MONO, ARABIC)
"""Latin and Cyrillic; the same for codes; Arabic. All are inside the package, with their licence."""


def pdf(source: str, *, inputs: Mapping[str, bytes | str] | None = None) -> bytes:
    """A PDF from Typst source.

    inputs: further files that the source reads, by name (`json("data.json")`, `image("plot.svg")`).
    The bytes depend on nothing else: a document's date must be set by the source, else there is none.

    Raises LimitError for more than SOURCE_BYTES_MAX, InputError for a source that cannot be typeset.
    """
    return b"".join(_compiled(source, inputs or {}, "pdf", None))


def pages(
    source: str, *, inputs: Mapping[str, bytes | str] | None = None, ppi: float = PREVIEW_PPI
) -> list[bytes]:
    """The same document as PNG images, one a page, to look at on a screen. Raises as `pdf` does."""
    return _compiled(source, inputs or {}, "png", ppi)


def _compiled(
    source: str, inputs: Mapping[str, bytes | str], kind: Literal["pdf", "png"], ppi: float | None
) -> list[bytes]:
    import typst

    files = {name: data.encode() if isinstance(data, str) else data for name, data in inputs.items()}
    for name in files:
        if name == MAIN or not _NAME.fullmatch(name):
            raise ValueError(
                f"a file cannot be called {name!r}: letters, digits, '.', '_', '-', and not {MAIN}"
            )
    files[MAIN] = source.encode()
    size = sum(map(len, files.values()))
    if size > SOURCE_BYTES_MAX:
        raise LimitError(f"a document of {size} bytes; at most {SOURCE_BYTES_MAX} can be typeset")
    with (
        TemporaryDirectory() as folder,
        resources.as_file(resources.files("skyaccord.paper") / "fonts") as fonts,
    ):
        if not any(fonts.glob("*.ttf")):  # without them it would print squares and say nothing
            raise InputError("the fonts are missing from this installation", do="install SkyAccord again")
        for name, data in files.items():  # on disk: files handed over in memory must be text, images are not
            (Path(folder) / name).write_bytes(data)
        try:
            made = typst.compile(
                str(Path(folder) / MAIN),
                root=folder,
                format=kind,
                ppi=ppi,
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            first = (str(error).strip() or "unknown fault").splitlines()[0].replace(folder, "")
            raise InputError(f"the document cannot be typeset: {first}") from error
    if made is None:  # only when it is told to write a file
        raise InputError("the document cannot be typeset: nothing came out")
    return [made] if isinstance(made, bytes) else list(made)

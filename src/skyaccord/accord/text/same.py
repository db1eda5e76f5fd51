"""Is this text the accord that is in this file? Made again from the data, and compared with every byte.

The digest on the pages says which accord a text claims to be; whether its words are that accord's is seen by
making the text again. A text that was made by another release may be laid out otherwise: then the digest is
all that can be compared, and this is said.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text.catalogue import LANGUAGES
from skyaccord.accord.text.html import accord_html
from skyaccord.accord.text.sheet import accord_pdf
from skyaccord.base.errors import AccordError, UnreadableError
from skyaccord.base.version import __version__

TEXT_BYTES_MAX: Final = 16_000_000  # of an accord's text; the longest that there can be has some 2 MB
_DIGEST: Final = re.compile(rb"sha256:[0-9a-f]{64}")
_META: Final = re.compile(rb'<meta name="skyaccord-digest" content="(sha256:[0-9a-f]{64})">')
_KEYWORDS: Final = re.compile(rb"/Keywords ?\(([^)]*)\)")
_LANG: Final = re.compile(rb'<html lang="([a-z]{2})"')


@dataclass(frozen=True)
class SameText:
    """That they are the same. language, kind ("PDF" or "HTML"): of the text."""

    language: str
    kind: str


def require_same(loaded: LoadedAccord, path: Path) -> SameText:
    """What the text is, if it is the accord's. Raises UnreadableError, or AccordError with the difference."""
    try:
        with path.open("rb") as file:
            data = file.read(TEXT_BYTES_MAX + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(path)) from None
    if len(data) > TEXT_BYTES_MAX:
        raise UnreadableError(f"larger than a text may be ({TEXT_BYTES_MAX} bytes)", where=str(path))
    is_pdf = data.startswith(b"%PDF-")
    claimed = _claimed(data, is_pdf)
    if claimed is None:
        raise AccordError("no text of an accord: there is no digest in it", where=str(path))
    if claimed != loaded.digest:
        raise AccordError(
            f"the text is of another accord: its digest is {claimed}, the file's is {loaded.digest}",
            where=str(path),
        )
    for language in LANGUAGES:
        made = accord_pdf(loaded, language) if is_pdf else accord_html(loaded, language).encode()
        if made == data:
            return SameText(language, "PDF" if is_pdf else "HTML")
    raise AccordError(
        f"it carries the file's digest, but is not the text that SkyAccord {__version__} makes from it"
        f"{'' if is_pdf else _first_difference(loaded, data)}",
        where=str(path),
        do="it was changed, or made by another release: make it again with `skyaccord accord text`",
    )


def _claimed(data: bytes, is_pdf: bool) -> str | None:
    """The digest that the text says it is of."""
    if is_pdf:
        keywords = _KEYWORDS.search(data)
        found = _DIGEST.search(keywords.group(1)) if keywords else None
        return found.group().decode() if found else None
    meta = _META.search(data)
    return meta.group(1).decode() if meta else None


def _first_difference(loaded: LoadedAccord, data: bytes) -> str:
    """ "; line 7 of it reads …, it should read …"."""
    language = _LANG.search(data)
    code = language.group(1).decode() if language else ""
    if code not in LANGUAGES:
        return ""
    theirs, ours = _visible(data.decode("utf-8", "replace")), _visible(accord_html(loaded, code))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            return f": it reads {_shown(theirs[a:b])}, where it should read {_shown(ours[c:d])}"
    return ": what can be seen is the same"


def _shown(pieces: list[str]) -> str:
    text = " ".join(pieces)[:80]
    return repr(text) if text else "nothing"


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces += data.split()


def _visible(page: str) -> list[str]:
    reader = _Visible()
    reader.feed(page)
    return reader.pieces

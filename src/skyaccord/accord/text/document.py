"""An accord as a document in a language: what people read, print, compare and sign the digest of.

Made from the data alone, so it cannot disagree with them. The parties' own words stand in it as they wrote
them, in this language where they have given it.
"""

from __future__ import annotations

from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.source import LoadedAccord
from skyaccord.accord.text import agreed, kept
from skyaccord.accord.text.catalogue import catalogue
from skyaccord.accord.text.voice import Voice
from skyaccord.base.version import __version__
from skyaccord.paper.blocks import Block, Document, code, figure, text

SECTIONS = (
    agreed.parties,
    agreed.languages,
    agreed.validity,
    agreed.area,
    agreed.lines,
    agreed.zones,
    agreed.rules,
    agreed.alerts,
    agreed.roles,
    kept.circuit,
    kept.notices,
    kept.incident,
    kept.data,
    kept.ending,
    kept.conduct,
    kept.frequencies,
    kept.phrases,
    kept.clauses,
    kept.annexes,
)

DIGEST_META = "skyaccord-digest"
"""Under this name the digest stands in the head of an HTML text."""

ATTACHED = "accord.canonical.json"
"""Under this name the canonical form, the bytes that are signed, lies inside a PDF text."""


def accord_document(loaded: LoadedAccord, language: str) -> Document:
    """The accord's text in "en", "ru" or "ar". Raises InputError for another language."""
    words, accord = catalogue(language), loaded.accord
    voice = Voice(accord, words)
    blocks: list[Block] = [*_version_of_text(voice)]
    for section in SECTIONS:
        blocks += section(voice)
    blocks += _check(voice, loaded.digest)
    marks = []
    if accord.exercise:
        marks.append((words.text("exercise"), words.text("exercise_note")))
    if accord.keyless:
        marks.append((words.text("draft"), words.text("draft_note")))
    title = voice.own(accord, "title")
    version = voice.say("version", number=figure(str(accord.version)))
    return Document(
        language=language,
        direction="rtl" if words.text("direction") == "rtl" else "ltr",
        title=title,
        under=(code(accord.name), text(" · "), *version),
        blocks=tuple(blocks),
        identity=(words.text("digest"), loaded.digest),
        page=words.text("page"),
        mark=words.text("exercise") if accord.exercise else None,
        marks=tuple(marks),
        note=title,
        attached={ATTACHED: canonical_bytes(accord)},
        meta={DIGEST_META: loaded.digest, "generator": f"SkyAccord {__version__}"},
    )


def _version_of_text(voice: Voice) -> list[Block]:
    """Which language this is, and which one counts."""
    if voice.accord.languages is None:
        return []
    this, authoritative = voice.language(voice.words.code), voice.language(voice.accord.authoritative)
    if voice.words.code == voice.accord.authoritative:
        return voice.paragraph(voice.say("text_authoritative", language=this))
    return voice.paragraph(voice.say("text_translated", language=this, authoritative=authoritative))


def _check(voice: Voice, digest: str) -> list[Block]:
    """How a reader sees that text and file are the same."""
    command = code("skyaccord accord check FILE --against-text TEXT")
    return [
        voice.heading("check"),
        *voice.paragraph(voice.say("check_how", command=command)),
        *voice.paragraph((*voice.say("digest"), text(" "), code(digest))),
    ]

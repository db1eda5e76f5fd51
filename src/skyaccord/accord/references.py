"""Names by which one part of an accord speaks of another: do they lead somewhere?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from skyaccord.accord.contradiction import Contradiction, Location, repeated

if TYPE_CHECKING:
    from skyaccord.accord.model import Accord
    from skyaccord.accord.spoken import Phrase

PLACE: Final = re.compile(r"\{([^{}]*)\}")
"""A place in a phrase's text, to be filled with a parameter."""

LANGUAGES: Final = ("en", "ru", "ar")
TRANSLATED: Final = ("title", "text", "use", "reading")
"""Fields of the parties' own words, which may stand again with the suffix of a language."""


def broken_references(accord: Accord) -> list[Contradiction]:
    """Every name that leads nowhere, in the order of the file format."""
    parties = [party.id for party in accord.parties]
    areas = [area.name for area in accord.areas]
    roles = [role.id for role in accord.roles]
    return [
        *_each("line", "parties", "party", (line.parties for line in accord.lines), parties),
        *_each("zone", "party", "party", ([zone.party] for zone in accord.zones), parties),
        *_each("rule", "areas", "area", (rule.areas for rule in accord.rules), areas),
        *_each("role", "deputies", "role", (role.deputies for role in accord.roles), roles),
        *_own_deputy(accord),
        *_procedures(accord, roles),
        *_backups(accord),
        *_phrases(accord),
        *_annexes(accord),
        *_languages(accord),
    ]


def _missing(location: Location, what: str, name: str, known: Collection[str]) -> Contradiction:
    listed = ", ".join(known) or "there is none"
    return Contradiction(location, f"no {what} {name!r}; known: {listed}")


def _each(
    table: str, field: str, what: str, named: Iterable[Iterable[str]], known: Collection[str]
) -> list[Contradiction]:
    return [
        _missing((table, index, field), what, name, known)
        for index, names in enumerate(named)
        for name in names
        if name not in known
    ]


def _own_deputy(accord: Accord) -> list[Contradiction]:
    return [
        Contradiction(("role", index, "deputies"), "a role cannot be its own deputy")
        for index, role in enumerate(accord.roles)
        if role.id in role.deputies
    ]


def _procedures(accord: Accord, roles: list[str]) -> list[Contradiction]:
    named: list[tuple[Location, str | None]] = [
        (("circuit_checks", "role"), accord.circuit_checks.role if accord.circuit_checks else None),
        (("drills", "role"), accord.drills.role if accord.drills else None),
        (("incident", "confirmed_by"), accord.incident.confirmed_by if accord.incident else None),
        (("review", "role"), accord.review.role if accord.review else None),
    ]
    found = [
        _missing(place, "role", name, roles)
        for place, name in named
        if name is not None and name not in roles
    ]
    codes = [phrase.code for phrase in accord.phrasebook]
    for code in accord.drills.phrases if accord.drills else ():
        if code not in codes:
            found.append(_missing(("drills", "phrases"), "phrase", code, codes))
    if accord.incident and accord.incident.account_within_s < accord.incident.report_within_s:
        place = ("incident", "account_within_s")
        found.append(Contradiction(place, "the account is due before the report"))
    if accord.notices and (accord.notices.emergency_lead_s or 0) > accord.notices.lead_s:
        place = ("notices", "emergency_lead_s")
        found.append(Contradiction(place, "longer than the ordinary lead time"))
    if accord.retention:
        kinds = (entry.kind for entry in accord.retention.by_kind)
        found += repeated("retention.kind", "kind", kinds, ("retention", "kind"))
    return found


def _backups(accord: Accord) -> list[Contradiction]:
    names = [entry.name for entry in accord.frequencies]
    found = []
    for index, entry in enumerate(accord.frequencies):
        place = ("frequency", index, "backup")
        if entry.backup == entry.name:
            found.append(Contradiction(place, "a frequency cannot be its own backup"))
        elif entry.backup is not None and entry.backup not in names:
            found.append(_missing(place, "frequency", entry.backup, names))
    if accord.frequency_plan is not None and not accord.frequencies:
        found.append(Contradiction(("frequency_plan",), "a frequency plan without a [[frequency]]"))
    return found


def _phrases(accord: Accord) -> list[Contradiction]:
    codes = [phrase.code for phrase in accord.phrasebook]
    found = repeated("phrase", "code", codes)
    for index, phrase in enumerate(accord.phrasebook):
        if phrase.response is not None and phrase.response not in codes:
            found.append(_missing(("phrase", index, "response"), "phrase", phrase.response, codes))
        if phrase.respond_within_s is not None and phrase.response is None:
            place = ("phrase", index, "respond_within_s")
            found.append(Contradiction(place, "a deadline for a response, but no response is named"))
        found += _places(phrase, index)
    return found


def _places(phrase: Phrase, index: int) -> list[Contradiction]:
    """The places in the words are the parameters, all of them, in every language."""
    names = [parameter.name for parameter in phrase.params]
    found = repeated("params", "name", names, ("phrase", index, "params"))
    said = {code: words for code in LANGUAGES if (words := phrase.text.within(code)) is not None}
    if not said:
        found.append(Contradiction(("phrase", index, "text"), "no words in any language"))
    for code, words in said.items():
        location = ("phrase", index, "text", code)
        places = PLACE.findall(words)
        for place in places:
            if place not in names:
                found.append(_missing(location, "parameter", place, names))
        for parameter in phrase.params:
            if parameter.name not in places:
                found.append(Contradiction(location, f"parameter {{{parameter.name}}} has no place in it"))
        if re.search(r"[{}]", PLACE.sub("", words)):
            found.append(Contradiction(location, "a { or } that closes no place"))
    return found


def _annexes(accord: Accord) -> list[Contradiction]:
    """Each part stands in at most one annex."""
    found = repeated("annex", "id", (annex.id for annex in accord.annexes))
    owner: dict[str, str] = {}
    for index, annex in enumerate(accord.annexes):
        for part in annex.parts:
            if part in owner:
                place = ("annex", index, "parts")
                found.append(Contradiction(place, f"{part} stands in annex {owner[part]} already"))
            owner.setdefault(part, annex.id)
    return found


def _languages(accord: Accord) -> list[Contradiction]:
    """Words of a language that the accord does not have, or twice in the authoritative one."""
    languages = accord.languages
    found = []
    if languages is not None and languages.authoritative not in languages.versions:
        place = ("languages", "authoritative")
        found.append(Contradiction(place, "the authoritative language is not one of the versions"))
    for location, term in worded_terms(accord):
        for field in TRANSLATED:
            key = f"{field}_{accord.authoritative}"
            if getattr(term, key, None) is not None:
                said = f"{accord.authoritative} is the authoritative language: its words stand in {field!r}"
                found.append(Contradiction((*location, key), said))
    return found


def worded_terms(accord: Accord) -> list[tuple[Location, BaseModel]]:
    """Every part that has words of the parties in several languages, with its place in the file."""
    tables: tuple[tuple[str, tuple[BaseModel, ...]], ...] = (
        ("line", accord.lines),
        ("zone", accord.zones),
        ("caution", accord.cautions),
        ("rule", accord.rules),
        ("role", accord.roles),
        ("conduct", accord.conduct),
        ("frequency", accord.frequencies),
        ("clause", accord.clauses),
        ("annex", accord.annexes),
    )
    found: list[tuple[Location, BaseModel]] = [((), accord)]
    for name, terms in tables:
        found += [((name, index), term) for index, term in enumerate(terms)]
    return found


def untranslated(accord: Accord) -> list[str]:
    """Where words are missing in a language that the accord says it has: "clause[2].text_ru"."""
    if accord.languages is None:
        return []
    others = [code for code in accord.languages.versions if code != accord.authoritative]
    found = []
    for location, term in worded_terms(accord):
        where = "".join(f"[{step}]" if isinstance(step, int) else step for step in location)
        for field in TRANSLATED:
            if getattr(term, field, None) is None:
                continue
            for code in others:
                if getattr(term, f"{field}_{code}") is None:
                    found.append(f"{where}.{field}_{code}".lstrip("."))
    for index, phrase in enumerate(accord.phrasebook):
        found += [
            f"phrase[{index}].text.{code}"
            for code in accord.languages.versions
            if phrase.text.within(code) is None
        ]
    return found

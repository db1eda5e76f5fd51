"""The joint report as blocks, for HTML and PDF: made from the record alone, so both nodes write the same.

Nothing in it depends on who asks or when: no clock, no node. What is disputed has a section of its own and a
mark on top; what a person wrote stands in their own words and direction.
"""

from __future__ import annotations

from collections.abc import Iterable

from skyaccord.accord.source import LoadedAccord
from skyaccord.incidents.case import Case
from skyaccord.incidents.joint.figures import figures
from skyaccord.incidents.joint.said import said_blocks
from skyaccord.incidents.joint.seen import seen_blocks
from skyaccord.incidents.joint.words import Words, hash_of, time_of
from skyaccord.incidents.outline import short_ref
from skyaccord.incidents.reconstruction import RECONSTRUCTION
from skyaccord.paper.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Inline,
    Paragraph,
    Prose,
    Table,
    code,
    figure,
    joined,
    name,
    strong,
    text,
)


def joint_document(case: Case, language: str, *, accord: LoadedAccord | None = None) -> Document:
    """The report. accord: the one it is accounted for under, for its name. InputError: no such language."""
    words = Words(language)
    drawn: list[Block] = [
        Figure(str(svg), words.plain(key), words.say(key)) for svg, key in figures(case, words.plain)
    ]
    blocks = [
        *_summary(case, words, accord),
        *seen_blocks(case, words),
        *drawn,
        *_severity(case, words),
        *said_blocks(case, words),
        *_dues(case, words),
        *_timeline(case, words),
        *_digests(case, words),
    ]
    marks = []
    if case.exercise:
        marks.append((words.plain("exercise"), words.plain("exercise_note")))
    if any(fact.state == "disputed" for fact in case.facts):
        marks.append((words.plain("disputed_mark"), words.plain("disputed_note")))
    if case.state != "closed":
        marks.append((words.plain("not_closed"), words.plain("not_closed_note")))
    return Document(
        language=language,
        direction=words.direction,
        title=words.plain("title"),
        under=(code(case.id), text(" · "), *time_of(case.start)),
        blocks=(Paragraph(words.say("no_blame")), *blocks),
        identity=(words.plain("digest"), case.digest),
        page=words.plain("page"),
        mark=words.plain("exercise") if case.exercise else None,
        marks=tuple(marks),
        note=case.id,
        meta={"skyaccord-record": case.digest, "generator": "SkyAccord"},
    )


def _summary(case: Case, words: Words, accord: LoadedAccord | None) -> list[Block]:
    rows: list[tuple[Inline, Inline]] = [
        (words.say("incident"), (code(case.id),)),
        (words.say("reason"), words.say(f"reason_{case.reason}")),
        (words.say("when"), joined((time_of(case.start), time_of(case.end)), " – ")),
        (words.say("aircraft"), _aircraft(case, words)),
        (words.say("accord"), _accord(case, words, accord)),
    ]
    limits = next((one.body.limits for one in case.reconstructions.values() if one.body.limits), None)
    if limits is not None and limits.rule is not None:
        vertical = "–" if limits.vertical_ft is None else f"{limits.vertical_ft:,g}"
        rule = words.say(
            "rule_limits",
            rule=code(limits.rule),
            horizontal=figure(f"{limits.horizontal_nm:g}"),
            vertical=figure(vertical),
        )
        rows.append((words.say("rule"), rule))
    for opening in case.openings:
        by = words.say(
            "opened_by_node" if opening.role is None else "opened_by_person",
            party=name(opening.party),
            role=name(opening.role or ""),
            time=time_of(opening.recorded_at),
        )
        rows.append((words.say("opened_by"), by))
    state = words.say(
        f"state_{case.state}", parties=words.listed([(name(party),) for party in case.closed_by])
    )
    rows.append((words.say("state"), state))
    notes = [Prose(opening.note) for opening in case.openings if opening.note]
    heads = (words.say("what"), words.say("value"))
    return [Heading(words.say("summary")), Table(heads, tuple(rows)), *notes]


def _aircraft(case: Case, words: Words) -> Inline:
    told: list[Inline] = []
    seen = next(iter(case.observations.values()), None)
    parties = (None,) * len(case.aircraft) if seen is None else seen.parties
    for address, sign, party in zip(case.aircraft, case.callsigns, parties, strict=True):
        who: Inline = (name(sign), text(" ")) if sign else ()
        told.append((*who, code(address), text(f" ({party})" if party else "")))
    return words.listed(told) if told else (text("–"),)


def _accord(case: Case, words: Words, accord: LoadedAccord | None) -> Inline:
    if case.accord is None:
        return words.say("no_accord")
    told = () if accord is None else (name(accord.accord.title), text(words.plain("comma")))
    return (*told, *hash_of(case.accord))


def _severity(case: Case, words: Words) -> list[Block]:
    standings = case.severity()
    if not standings:
        return []
    rows = []
    for scale, standing in standings.items():
        proposed = [
            (
                name(party),
                text(": "),
                *value(words, scale, one.value),
                text(" — "),
                *words.say(f"ground_{one.ground}"),
            )
            for party, one in standing.by_side.items()
        ]
        given: list[Inline] = [
            (
                name(party),
                text(": "),
                *value(words, scale, word.said.value),
                *((text(" — "), name(word.said.because)) if word.said.because else ()),
            )
            for party, word in standing.given.items()
        ]
        top = (
            ()
            if standing.proposed is None
            else (*value(words, scale, standing.proposed.value, loud=True), text(" · "))
        )
        rows.append(
            (
                words.say(f"scale_{scale}"),
                (*top, *words.listed(proposed, "semicolon")),
                words.listed((*given, words.say(f"severity_{standing.state}")), "semicolon")
                if given
                else words.say("nobody_yet"),
            )
        )
    heads = (words.say("scale"), words.say("proposed"), words.say("said_by"))
    sources = words.listed([words.say(f"source_{scale}") for scale in standings], "semicolon")
    return [
        Heading(words.say("severity")),
        Table(heads, tuple(rows)),
        Paragraph(words.say("severity_source", sources=sources)),
    ]


def value(words: Words, scale: str, said: str, *, loud: bool = False) -> Inline:
    """A value of a scale: letters stay letters, words are translated."""
    if scale == "airprox":
        return (strong(said) if loud else code(said),)
    told = words.plain(f"value_{said}")
    return (strong(told) if loud else text(told),)


def _dues(case: Case, words: Words) -> list[Block]:
    dues = case.dues()
    if not dues:
        return []
    rows = tuple(
        (
            words.say(f"due_{one.what}"),
            (name(one.party),),
            time_of(one.at),
            words.say("due_not_met") if one.met_at is None else time_of(one.met_at),
        )
        for one in dues
    )
    heads = tuple(words.say(key) for key in ("due", "due_party", "due_at", "due_met"))
    silences = [
        Paragraph(
            words.say(
                "silence_line",
                seen_by=name(one.seen_by),
                party=name(one.body.party),
                what=words.say(f"due_{one.body.what}"),
            )
        )
        for one in case.silences
    ]
    return [Heading(words.say("dues")), Table(heads, rows), *silences]


def _timeline(case: Case, words: Words) -> list[Block]:
    """Both sides' lines, each entry once."""
    marks = {mark.ref: mark for one in case.reconstructions.values() for mark in one.body.marks}
    if not marks:
        return []
    ordered = sorted(
        marks.values(), key=lambda one: (one.at, one.recorded_at, one.ref.origin, one.ref.sequence)
    )
    rows = tuple(
        (
            (code(f"{mark.at:%H:%M:%S}"),),
            (name(mark.party),),
            (code(f"{mark.kind} {short_ref(mark.ref)}"),),
            (name(mark.text),),
        )
        for mark in ordered
    )
    left = max((one.body.marks_left_out for one in case.reconstructions.values()), default=0)
    heads = tuple(
        words.say(key) for key in ("timeline_time", "timeline_party", "timeline_what", "timeline_text")
    )
    more = [Paragraph(words.say("timeline_left", n=figure(str(left))))] if left else []
    return [Heading(words.say("timeline")), Table(heads, rows), *more]


def _digests(case: Case, words: Words) -> list[Block]:
    kinds = {opening.ref: "incident" for opening in case.openings}
    kinds |= {one.ref: RECONSTRUCTION for one in case.reconstructions.values()}
    kinds |= {word.ref: word.said.act for word in case.words}
    refs: Iterable[tuple[int, str]] = enumerate(short_ref(ref) for ref in kinds)
    rows = tuple(
        ((code(told),), (code(kind),), hash_of(ref.leaf))
        for (_, told), (ref, kind) in zip(refs, kinds.items(), strict=True)
    )
    heads = (words.say("entry"), words.say("kind"), words.say("leaf"))
    return [
        Heading(words.say("digests")),
        Paragraph(words.say("digests_how", command=code("skyaccord journal verify"))),
        Paragraph((*words.say("digest"), text(" "), code(case.digest))),
        Table(heads, rows),
    ]

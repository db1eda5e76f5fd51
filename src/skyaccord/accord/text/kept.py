"""The text's second half: what is done by when, what is said how, what people judge, how the accord ends."""

from __future__ import annotations

from skyaccord.accord.annexes import annex_digest
from skyaccord.accord.references import PLACE
from skyaccord.accord.spoken import Phrase
from skyaccord.accord.text.catalogue import LANGUAGES
from skyaccord.accord.text.voice import Voice
from skyaccord.paper.blocks import (
    Block,
    Inline,
    Items,
    Label,
    Paragraph,
    Prose,
    Terms,
    code,
    figure,
    name,
    text,
)
from skyaccord.paper.escape import left_to_right


def circuit(voice: Voice) -> list[Block]:
    blocks: list[Block] = []
    checks, drills = voice.accord.circuit_checks, voice.accord.drills
    if checks is not None:
        sentence = voice.say(
            "circuit_checks",
            every=voice.duration(checks.every_s),
            role=voice.role(checks.role),
            answer=voice.duration(checks.answer_within_s),
        )
        missed: Inline = ()
        if checks.missed_max is not None:
            missed = voice.say("circuit_missed", number=voice.number(checks.missed_max))
        blocks += [voice.heading("circuit"), *voice.paragraph(sentence, missed)]
    if drills is not None:
        every = voice.amount("day", drills.every_days)
        sentences = [voice.say("drills_every", every=every, role=voice.role(drills.role))]
        if drills.phrases:
            sentences.append(voice.say("drills_phrases", phrases=voice.listed(map(code, drills.phrases))))
        if drills.answer_within_s is not None:
            sentences.append(voice.say("respond_within", duration=voice.duration(drills.answer_within_s)))
        blocks += [voice.heading("drills"), *voice.paragraph(*sentences)]
    return blocks


def notices(voice: Voice) -> list[Block]:
    found = voice.accord.notices
    if found is None:
        return []
    sentences = [voice.say("notices_lead", lead=voice.duration(found.lead_s))]
    for key, seconds in (
        ("notices_emergency", found.emergency_lead_s),
        ("notices_acknowledge", found.acknowledge_within_s),
        ("notices_window", found.window_s_max),
    ):
        if seconds is not None:
            sentences.append(voice.say(key, duration=voice.duration(seconds)))
    if found.required:
        parts = voice.listed(voice.say(f"notice.{part}") for part in found.required)
        sentences.append(voice.say("notices_required", parts=parts))
    coarse = [
        voice.say("coarse_horizontal", amount=voice.amount("nm", found.horizontal_precision_nm))
        if found.horizontal_precision_nm is not None
        else (),
        voice.say("coarse_vertical", amount=voice.amount("ft", found.vertical_precision_ft))
        if found.vertical_precision_ft is not None
        else (),
        voice.say("coarse_time", amount=voice.duration(found.time_precision_s))
        if found.time_precision_s is not None
        else (),
    ]
    if any(coarse):
        sentences.append(voice.say("notices_coarse", amounts=voice.listed(filter(None, coarse))))
    return [voice.heading("notices"), *voice.paragraph(*sentences)]


def incident(voice: Voice) -> list[Block]:
    found = voice.accord.incident
    if found is None:
        return []
    report, account = voice.duration(found.report_within_s), voice.duration(found.account_within_s)
    sentences = [voice.say("incident_report", report=report, account=account)]
    if found.meet_within_s is not None:
        sentences.append(voice.say("incident_meet", meet=voice.duration(found.meet_within_s)))
    if found.reported:
        kinds = voice.listed(voice.say(f"reported.{kind}") for kind in found.reported)
        sentences.append(voice.say("incident_reported", kinds=kinds))
    if found.severity_scales:
        scales = voice.listed(voice.say(f"scale.{scale}") for scale in found.severity_scales)
        sentences.append(voice.say("incident_scales", scales=scales))
    if found.confirmed_by is not None:
        sentences.append(voice.say("incident_confirmed", role=voice.role(found.confirmed_by)))
    sentences.append(voice.say("incident_blame"))
    return [voice.heading("incident"), *voice.paragraph(*sentences)]


def data(voice: Voice) -> list[Block]:
    disclosure, retention = voice.accord.disclosure, voice.accord.retention
    if disclosure is None and retention is None:
        return []
    blocks: list[Block] = [voice.heading("data")]
    if disclosure is not None:
        blocks += voice.paragraph(
            voice.say(f"disclosed.{disclosure.notices}"),
            voice.say(f"third.{disclosure.third_parties}"),
            voice.say("reading_logged" if disclosure.reading_logged else "reading_not_logged"),
            voice.say("coverage_shared") if disclosure.coverage == "shared" else (),
            voice.say("small_count", count=voice.number(disclosure.small_count))
            if disclosure.small_count is not None
            else (),
        )
    if retention is not None:
        blocks += voice.paragraph(voice.say("retention_days", days=voice.amount("day", retention.days)))
        kinds = tuple(
            voice.say(
                "retention_kind", kind=voice.say(f"kept.{entry.kind}"), days=voice.amount("day", entry.days)
            )
            for entry in retention.by_kind
        )
        blocks += [Items(kinds, ordered=False)] if kinds else []
    return blocks


def ending(voice: Voice) -> list[Block]:
    """Review, suspension and withdrawal."""
    accord = voice.accord
    blocks: list[Block] = []
    if accord.review is not None:
        every = voice.say("review_every", every=voice.amount("day", accord.review.every_days))
        role = voice.say("review_role", role=voice.role(accord.review.role)) if accord.review.role else ()
        blocks += [voice.heading("review"), *voice.paragraph(every, role)]
    sentences: list[Inline] = []
    if accord.suspension is not None:
        sentences.append(voice.say("suspension_notice", notice=voice.duration(accord.suspension.notice_s)))
        if accord.suspension.resumption_notice_s is not None:
            resumed = voice.duration(accord.suspension.resumption_notice_s)
            sentences.append(voice.say("resumption_notice", notice=resumed))
        sentences.append(voice.say("suspension_goes_on"))
    if accord.withdrawal is not None:
        sentences.append(voice.say("withdrawal_notice", notice=voice.duration(accord.withdrawal.notice_s)))
    if sentences:
        blocks += [voice.heading("suspension"), *voice.paragraph(*sentences)]
    return blocks


def conduct(voice: Voice) -> list[Block]:
    entries = tuple(
        ((code(entry.code),), (Prose(voice.own(entry, "text")),)) for entry in voice.accord.conduct
    )
    return _written(voice, "conduct", entries)


def frequencies(voice: Voice) -> list[Block]:
    entries = []
    for entry in voice.accord.frequencies:
        term = voice.say("frequency", name=name(entry.name), mhz=voice.number(entry.mhz))
        sentences: list[Inline] = []
        if entry.backup is not None:
            sentences.append(voice.say("frequency_backup", name=name(entry.backup)))
        if entry.check_every_s is not None:
            sentences.append(voice.say("frequency_check", duration=voice.duration(entry.check_every_s)))
        entries.append((term, (Prose(voice.own(entry, "use")), *voice.paragraph(*sentences))))
    plan = voice.accord.frequency_plan
    blocks = _written(voice, "frequencies", tuple(entries))
    if plan is not None and blocks:
        start = voice.say("plan_start", start=voice.moment(plan.start)) if plan.start is not None else ()
        sentence = voice.say("plan_version", number=figure(str(plan.version)))
        blocks[1:1] = voice.paragraph(sentence, start)
    return blocks


def phrases(voice: Voice) -> list[Block]:
    entries = tuple(((code(one.code),), tuple(_phrase(voice, one))) for one in voice.accord.phrasebook)
    if not entries:
        return []
    return [voice.heading("phrases"), *voice.paragraph(voice.say("phrases_intro")), Terms(entries)]


def _phrase(voice: Voice, phrase: Phrase) -> list[Block]:
    blocks: list[Block] = []
    for language in LANGUAGES:
        words = phrase.text.within(language)
        if words is not None:
            # a phrase may begin with a place, whose name is Latin in every language
            isolated = PLACE.sub(lambda place: left_to_right(place.group()), words)
            blocks.append(Prose(isolated, "rtl" if language == "ar" else "ltr"))
        spoken = phrase.pronunciation.within(language) if phrase.pronunciation is not None else None
        if spoken is not None:
            label = voice.say("pronounced", language=voice.language(language), words=name(spoken))
            blocks.append(Label(label))
    sentences: list[Inline] = []
    if phrase.params:
        places = (
            voice.say(
                "place_optional" if parameter.optional else "place",
                name=code(parameter.name),
                kind=voice.say(f"parameter.{parameter.kind}"),
            )
            for parameter in phrase.params
        )
        sentences.append(voice.say("phrase_places", places=voice.listed(places)))
    if phrase.response is not None and phrase.respond_within_s is not None:
        within = voice.duration(phrase.respond_within_s)
        sentences.append(voice.say("phrase_answer_within", code=code(phrase.response), duration=within))
    elif phrase.response is not None:
        sentences.append(voice.say("phrase_answer", code=code(phrase.response)))
    return [*blocks, *voice.paragraph(*sentences)]


def clauses(voice: Voice) -> list[Block]:
    entries = tuple(
        ((name(voice.own(clause, "title")),), (Prose(voice.own(clause, "text")),))
        for clause in voice.accord.clauses
    )
    return _written(voice, "clauses", entries)


def _written(voice: Voice, key: str, entries: tuple[tuple[Inline, tuple[Block, ...]], ...]) -> list[Block]:
    if not entries:
        return []
    return [voice.heading(key), Paragraph(voice.say("as_written")), Terms(entries)]


def annexes(voice: Voice) -> list[Block]:
    accord = voice.accord
    if not accord.annexes:
        return []
    blocks: list[Block] = [voice.heading("annexes"), *voice.paragraph(voice.say("annexes_intro"))]
    entries = []
    for annex in accord.annexes:
        title = voice.say(
            "annex",
            title=name(voice.own(annex, "title")),
            id=code(annex.id),
            number=figure(str(annex.version)),
        )
        parts = voice.say("annex_parts", parts=voice.listed(map(code, annex.parts)))
        digest = (*voice.say("digest"), text(" "), code(annex_digest(accord, annex.id)))
        entries.append((title, (Paragraph(parts), Paragraph(digest))))
    return [*blocks, Terms(tuple(entries))]

"""The text's first half: who, when, where, how close, how early, who must answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from skyaccord.accord.model import Role, Rule, Tier
from skyaccord.accord.places import Area, Levels, Place
from skyaccord.accord.text.voice import Voice, coordinates
from skyaccord.paper.blocks import (
    Block,
    Heading,
    Inline,
    Items,
    Label,
    Prose,
    Run,
    Table,
    code,
    joined,
    name,
    strong,
    text,
)

_PAIR: Final = ("first", "second")


def parties(voice: Voice) -> list[Block]:
    heads = tuple(voice.say(key) for key in ("party", "members", "key"))
    rows = []
    for party in voice.accord.parties:
        members = voice.listed(name(member) for member in party.members) or voice.say("no_members")
        key: Inline = (code(party.public_key),) if party.public_key else voice.say("no_key")
        rows.append(((code(party.id), text(" "), name(party.name)), members, key))
    told = any(party.members for party in voice.accord.parties)
    return [
        voice.heading("parties"),
        Table(heads, tuple(rows)),
        *voice.paragraph(voice.say("members_told") if told else ()),
    ]


def languages(voice: Voice) -> list[Block]:
    found = voice.accord.languages
    if found is None:
        return []
    versions = voice.listed(voice.language(language) for language in found.versions)
    return [
        voice.heading("languages"),
        *voice.paragraph(
            voice.say("languages_versions", languages=versions),
            voice.say("languages_authoritative", language=voice.language(found.authoritative)),
        ),
    ]


def validity(voice: Voice) -> list[Block]:
    found = voice.accord.validity
    start = voice.moment(found.start)
    if found.end is None:
        sentence = voice.say("valid_open", start=start)
    else:
        sentence = voice.say("valid_until", start=start, end=voice.moment(found.end))
    return [voice.heading("validity"), *voice.paragraph(sentence, voice.say("sky_time"))]


def area(voice: Voice) -> list[Block]:
    areas = voice.accord.areas
    blocks: list[Block] = [voice.heading("area")]
    if all(one.scope is not None for one in areas):
        blocks += voice.paragraph(voice.say("everywhere"))
    else:
        blocks += voice.paragraph(voice.say("areas_intro"))
    for one in areas:
        blocks.append(Heading((name(one.name),), level=3, own_direction=True))
        blocks += _shape(voice, one)
    return blocks


def _shape(voice: Voice, place: Place) -> list[Block]:
    """A polygon or circle; an area that only rules name says so."""
    only = voice.say("area_rules_only") if isinstance(place, Area) and place.scope is not None else ()
    if place.circle is not None:
        centre = code(coordinates(place.circle.latitude, place.circle.longitude))
        radius = voice.amount("nm", place.circle.radius_nm)
        return voice.paragraph(voice.say("circle", radius=radius, centre=centre), only)
    return [*voice.paragraph(only, voice.say("polygon")), points(place.polygon or ())]


def points(vertices: Iterable[tuple[float, float]]) -> Items:
    """Coordinates, a line each."""
    return Items(tuple((code(coordinates(latitude, longitude)),) for latitude, longitude in vertices))


def _levels(voice: Voice, levels: Levels) -> Inline:
    lower = voice.amount("ft", levels.lower_ft) if levels.lower_ft is not None else ()
    upper = voice.amount("ft", levels.upper_ft) if levels.upper_ft is not None else ()
    if lower and upper:
        return voice.say("levels_between", lower=lower, upper=upper)
    if lower:
        return voice.say("levels_from", lower=lower)
    return voice.say("levels_to", upper=upper) if upper else ()


def lines(voice: Voice) -> list[Block]:
    if not voice.accord.lines:
        return []
    blocks: list[Block] = [voice.heading("lines"), *voice.paragraph(voice.say("lines_intro"))]
    for line in voice.accord.lines:
        who = voice.say("line_nobody")
        if line.parties:
            who = voice.say("line_parties", parties=voice.listed(map(code, line.parties)))
        way = voice.say(f"line_{line.direction}") if line.direction else ()
        blocks.append(voice.part("line", id=code(line.id)))
        blocks += voice.paragraph(who, way, _levels(voice, line), voice.say("line_points"))
        blocks.append(points(line.points))
        blocks += _own(voice, line.text and voice.own(line, "text"))
    return blocks


def zones(voice: Voice) -> list[Block]:
    blocks: list[Block] = []
    if voice.accord.zones:
        blocks.append(voice.heading("zones"))
    for zone in voice.accord.zones:
        blocks.append(voice.part("zone", id=code(zone.id)))
        blocks += voice.paragraph(voice.say("zone_party", party=code(zone.party)), _levels(voice, zone))
        blocks += _shape(voice, zone)
        blocks += _own(voice, zone.text and voice.own(zone, "text"))
    if voice.accord.cautions:
        blocks += [voice.heading("cautions"), *voice.paragraph(voice.say("caution_recorded"))]
    for caution in voice.accord.cautions:
        blocks.append(voice.part("caution", id=code(caution.id)))
        blocks += voice.paragraph(_levels(voice, caution))
        blocks += _shape(voice, caution)
        blocks.append(Prose(voice.own(caution, "text")))
    return blocks


def _own(voice: Voice, words: str | None) -> list[Block]:
    return [Label(voice.say("own_words")), Prose(words)] if words else []


def rules(voice: Voice) -> list[Block]:
    blocks: list[Block] = [voice.heading("rules")]
    for rule in voice.accord.rules:
        blocks += _rule(voice, rule)
    return blocks


def _rule(voice: Voice, rule: Rule) -> list[Block]:
    horizontal, vertical = voice.distance(rule.horizontal_nm), voice.height(rule.vertical_ft)
    sentences = [voice.say(f"rule_{rule.combinator}", horizontal=horizontal, vertical=vertical)]
    if rule.max_dwell_s is None:
        sentences.append(voice.say("no_dwell"))
    else:
        sentences.append(voice.say("dwell", duration=voice.amount("s", rule.max_dwell_s)))
    if rule.classes is not None:
        sentences += [voice.say("rule_classes", **_classes(voice, rule.classes)), voice.say("unknown_class")]
    if rule.areas:
        sentences.append(voice.say("rule_areas", areas=voice.listed(map(name, rule.areas))))
    own = _own(voice, rule.reading and voice.own(rule, "reading"))
    return [voice.part("rule", id=code(rule.id)), *voice.paragraph(*sentences), *own]


def _classes(voice: Voice, names: Iterable[str]) -> dict[str, Run | Inline]:
    """The two classes of a pair in this language."""
    return {place: voice.say(f"class.{class_name}") for place, class_name in zip(_PAIR, names, strict=True)}


def alerts(voice: Voice) -> list[Block]:
    items = tuple(_tier(voice, tier) for tier in voice.accord.tiers)
    watch = voice.accord.watch
    sentences = [voice.say("no_watch")]
    if watch is not None:
        sentences = [voice.say("watch", distance=voice.distance(watch.horizontal_nm))]
        for entry in watch.by_class:
            distance = voice.distance(entry.horizontal_nm)
            sentences.append(voice.say("watch_classes", distance=distance, **_classes(voice, entry.classes)))
        if watch.by_class:
            sentences.append(voice.say("unknown_class"))
    return [voice.heading("alerts"), Items(items), *voice.paragraph(*sentences)]


def _tier(voice: Voice, tier: Tier) -> Inline:
    named = strong(voice.words.text(f"tier.{tier.name}"))
    return voice.say("alert", tier=named, duration=voice.amount("s", tier.lookahead_s))


def roles(voice: Voice) -> list[Block]:
    items = tuple(_role(voice, role) for role in voice.accord.roles)
    return [voice.heading("roles"), *voice.paragraph(voice.say("roles_intro")), Items(items)]


def _role(voice: Voice, role: Role) -> Inline:
    within = voice.amount("s", role.acknowledge_within_s)
    sentences = [
        voice.say("role", title=name(voice.own(role, "title")), id=code(role.id), duration=within),
        voice.say("escalates", next=voice.role(role.escalates_to))
        if role.escalates_to
        else voice.say("last"),
    ]
    if role.deputies:
        sentences.append(voice.say("deputies", deputies=voice.listed(map(voice.role, role.deputies))))
    if role.read_within_s is not None:
        sentences.append(voice.say("read_within", duration=voice.duration(role.read_within_s)))
    if role.respond_within_s is not None:
        sentences.append(voice.say("respond_within", duration=voice.duration(role.respond_within_s)))
    if role.languages:
        spoken = voice.listed(voice.language(language) for language in role.languages)
        sentences.append(voice.say("role_languages", languages=spoken))
    return joined(sentences)

"""Checks between the fields of an accord: each is right alone, do they make sense together?"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Final

from skyaccord.accord.contradiction import Contradiction, Location, repeated
from skyaccord.accord.references import broken_references, untranslated
from skyaccord.airspace.classes import ANY, KINDS, fits, names_of

if TYPE_CHECKING:
    from skyaccord.accord.model import Accord, Watch

TIER_ORDER: Final = ("advisory", "caution", "warning")
"""Rising urgency: an alert passes through them in this order as time runs out."""


def contradictions(accord: Accord) -> tuple[Contradiction, ...]:
    """Everything in the accord that cannot stand together, in the order of the file format."""
    return (
        *repeated("party", "id", (party.id for party in accord.parties)),
        *repeated("party", "name", (party.name.casefold() for party in accord.parties)),
        *repeated("party", "public_key", (party.public_key for party in accord.parties)),
        *repeated("area", "name", (area.name for area in accord.areas)),
        *repeated("line", "id", (line.id for line in accord.lines)),
        *repeated("zone", "id", (zone.id for zone in accord.zones)),
        *repeated("caution", "id", (caution.id for caution in accord.cautions)),
        *repeated("rule", "id", (rule.id for rule in accord.rules)),
        *_classes(accord),
        *_tiers(accord),
        *_watch(accord),
        *repeated("role", "id", (role.id for role in accord.roles)),
        *_escalation(accord),
        *repeated("conduct", "code", (entry.code for entry in accord.conduct)),
        *repeated("frequency", "name", (entry.name for entry in accord.frequencies)),
        *repeated("clause", "title", (clause.title for clause in accord.clauses)),
        *broken_references(accord),
    )


def remarks(accord: Accord) -> tuple[str, ...]:
    """What is allowed but worth a second look before signing; one sentence each."""
    found = [f"draft: party {party} has no key yet" for party in accord.keyless]
    if len(accord.parties) < 2:
        found.append("draft: one party only; to be signed, an accord needs at least two")
    for rule in accord.rules:
        if rule.combinator == "both":
            found.append(
                f'rule {rule.id}: with combinator "both", two aircraft at one level infringe at any '
                "horizontal distance, and two above each other at any vertical distance"
            )
    free = _held_to_nothing(accord)
    if free:
        found.append(
            f"every rule is about certain classes of aircraft; other pairs ({free}, for one) are held to "
            "none: a rule without classes holds for all"
        )
    ends = [role.id for role in accord.roles if role.escalates_to is None]
    if len(accord.roles) > 1 and accord.first_role.escalates_to is None:
        found.append(
            f"role {accord.first_role.id} is asked first and escalates to nobody "
            f"(ends of chains: {', '.join(ends)})"
        )
    for party in accord.parties:
        if len(set(party.members)) < len(party.members):
            found.append(f"party {party.id} names a member twice")
    missing = untranslated(accord)
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        found.append(f"words missing in a language of the accord: {', '.join(missing[:3])}{more}")
    return tuple(found)


def _tiers(accord: Accord) -> list[Contradiction]:
    """Tiers rise in urgency down the file, and a more urgent one looks less far ahead."""
    found = []
    for index in range(1, len(accord.tiers)):
        before, here = accord.tiers[index - 1], accord.tiers[index]
        if TIER_ORDER.index(here.name) <= TIER_ORDER.index(before.name):
            found.append(
                Contradiction(
                    ("tier", index, "name"),
                    f"{here.name} after {before.name}; the order is {', '.join(TIER_ORDER)}, each once",
                )
            )
        elif here.lookahead_s >= before.lookahead_s:
            found.append(
                Contradiction(
                    ("tier", index, "lookahead_s"),
                    f"{here.name} looks {here.lookahead_s:g} s ahead, no less than {before.name} "
                    f"({before.lookahead_s:g} s); a more urgent tier looks less far",
                )
            )
    return found


def _held_to_nothing(accord: Accord) -> str | None:
    """Two kinds of aircraft that no rule is about, in words."""
    pairs = [rule.classes for rule in accord.rules]
    if None in pairs:
        return None
    for one, other in combinations_with_replacement(KINDS, 2):
        if not any(fits(classes, one, other) for classes in pairs if classes is not None):
            return f"{names_of(one)} and {names_of(other)}"
    return None


def _classes(accord: Accord) -> list[Contradiction]:
    """A pair of classes that is about everything is no pair of classes; each is given once in the watch."""
    entries = accord.watch.by_class if accord.watch is not None else ()
    located: list[tuple[Location, tuple[str, ...], str]] = [
        (("rule", index, "classes"), rule.classes, "leave the key out")
        for index, rule in enumerate(accord.rules)
        if rule.classes is not None
    ]
    located += [
        (("watch", "class", index, "classes"), entry.classes, "write it as watch.horizontal_nm")
        for index, entry in enumerate(entries)
    ]
    found = [
        Contradiction(location, f"all aircraft with all aircraft is no choice of classes; {do}")
        for location, classes, do in located
        if classes == (ANY, ANY)
    ]
    pairs = (" and ".join(sorted(entry.classes)) for entry in entries)
    return found + repeated("watch.class", "classes", pairs, ("watch", "class"))


def _watch(accord: Accord) -> list[Contradiction]:
    """A watch rule inside a separation rule would record nothing that is not an alarm already."""
    watch = accord.watch
    if watch is None:
        return []
    found: dict[Location, Contradiction] = {}
    for one, other in combinations_with_replacement(KINDS, 2):
        watched_nm, location = _watched(watch, one, other)
        for rule in accord.rules:
            if watched_nm >= rule.horizontal_nm or location in found:
                continue
            if rule.classes is None or fits(rule.classes, one, other):
                found[location] = Contradiction(
                    location,
                    f"watches {watched_nm:g} NM, less than rule {rule.id} keeps "
                    f"({rule.horizontal_nm:g} NM); make it wider",
                )
    return list(found.values())


def _watched(watch: Watch, one: int, other: int) -> tuple[float, Location]:
    """The distance watched between two kinds, and the field that decides it."""
    watched_nm = watch.between(one, other)
    for index, entry in enumerate(watch.by_class):
        if entry.horizontal_nm == watched_nm and fits(entry.classes, one, other):
            return watched_nm, ("watch", "class", index, "horizontal_nm")
    return watched_nm, ("watch", "horizontal_nm")


def _escalation(accord: Accord) -> list[Contradiction]:
    """Every chain of escalation names known roles and ends."""
    index_of = {role.id: index for index, role in enumerate(accord.roles)}
    found = []
    for index, role in enumerate(accord.roles):
        if role.escalates_to is not None and role.escalates_to not in index_of:
            known = ", ".join(index_of)
            found.append(
                Contradiction(
                    ("role", index, "escalates_to"), f"no role {role.escalates_to!r}; the roles are {known}"
                )
            )
    if found:
        return found
    following = {role.id: role.escalates_to for role in accord.roles}
    for index, role in enumerate(accord.roles):
        chain = [role.id]
        step = role.escalates_to
        while step is not None and step not in chain:
            chain.append(step)
            step = following.get(step)
        if step == role.id:  # reported once for each role on the loop, at that role's own line
            found.append(
                Contradiction(
                    ("role", index, "escalates_to"),
                    f"escalation runs in a loop: {' → '.join([*chain, step])}; one role must be the last",
                )
            )
    return found

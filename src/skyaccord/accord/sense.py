"""Checks between the fields of an accord: each is right alone, do they make sense together?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from skyaccord.accord.model import Accord

TIER_ORDER: Final = ("advisory", "caution", "warning")
"""Rising urgency: an alert passes through them in this order as time runs out."""

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Contradiction:
    """Two fields that cannot both stand. location: keys as in the file, e.g. ("role", 1, "escalates_to")."""

    location: Location
    what: str


def contradictions(accord: Accord) -> tuple[Contradiction, ...]:
    """Everything in the accord that cannot stand together, in the order of the file format."""
    return (
        *_repeated("party", "id", (party.id for party in accord.parties)),
        *_repeated("party", "name", (party.name.casefold() for party in accord.parties)),
        *_repeated("party", "public_key", (party.public_key for party in accord.parties)),
        *_repeated("area", "name", (area.name for area in accord.areas)),
        *_repeated("rule", "id", (rule.id for rule in accord.rules)),
        *_tiers(accord),
        *_watch(accord),
        *_repeated("role", "id", (role.id for role in accord.roles)),
        *_escalation(accord),
        *_repeated("conduct", "code", (entry.code for entry in accord.conduct)),
        *_repeated("frequency", "name", (entry.name for entry in accord.frequencies)),
        *_repeated("clause", "title", (clause.title for clause in accord.clauses)),
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
    ends = [role.id for role in accord.roles if role.escalates_to is None]
    if len(accord.roles) > 1 and accord.first_role.escalates_to is None:
        found.append(
            f"role {accord.first_role.id} is asked first and escalates to nobody "
            f"(ends of chains: {', '.join(ends)})"
        )
    return tuple(found)


def _repeated(table: str, field: str, values: Iterable[str | None]) -> list[Contradiction]:
    seen: dict[str, int] = {}
    found = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if value in seen:
            found.append(
                Contradiction((table, index, field), f"the same {field} as {table}[{seen[value]}]: {value!r}")
            )
        else:
            seen[value] = index
    return found


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


def _watch(accord: Accord) -> list[Contradiction]:
    """A watch rule inside a separation rule would record nothing that is not an alarm already."""
    if accord.watch is None:
        return []
    return [
        Contradiction(
            ("watch", "horizontal_nm"),
            f"watches {accord.watch.horizontal_nm:g} NM, less than rule {rule.id} keeps "
            f"({rule.horizontal_nm:g} NM); make it wider",
        )
        for rule in accord.rules
        if accord.watch.horizontal_nm < rule.horizontal_nm
    ][:1]


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

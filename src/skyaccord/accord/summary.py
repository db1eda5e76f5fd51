"""An accord in a dozen readable lines, and as plain data for programs."""

from __future__ import annotations

from typing import Any

from skyaccord.accord.annexes import annex_digests
from skyaccord.accord.canonical import plain_data
from skyaccord.accord.model import Accord
from skyaccord.accord.reading import areas_reading, exact, rule_reading, validity_reading, watch_readings
from skyaccord.accord.sense import remarks
from skyaccord.accord.source import LoadedAccord, Problem

_LABEL_WIDTH = 11
_PROCEDURES = (
    "languages", "circuit_checks", "drills", "notices", "incident", "disclosure", "retention", "review",
    "suspension", "withdrawal", "frequency_plan",
)  # fmt: skip


def accord_lines(loaded: LoadedAccord) -> list[str]:
    """What `accord check` prints: every number with its reading, the digest, what to look at."""
    accord = loaded.accord
    mark = "EXERCISE " if accord.exercise else ""
    lines = [f"{mark}{accord.title} ({accord.name}, version {accord.version})"]
    lines += _block("party", [_party_line(accord, index) for index in range(len(accord.parties))])
    lines += _block("validity", [validity_reading(accord.validity)])
    lines += _block("area", [areas_reading(accord)])
    for rule in accord.rules:
        lines += _block("rule", [f"{rule.id}: {rule_reading(rule)}"])
        if rule.reading:
            lines += _block("", [f"in the parties' words: {' '.join(rule.reading.split())}"])
    tiers = ", ".join(f"{tier.name} {exact(tier.lookahead_s)} s ahead" for tier in accord.tiers)
    lines += _block("alerts", [tiers])
    if accord.watch is not None:
        lines += _block("watch", watch_readings(accord.watch))
    lines += _block("places", [", ".join(_places(accord))] if _places(accord) else [])
    lines += _block("roles", [_role_line(accord, index) for index in range(len(accord.roles))])
    agreed = [name.replace("_", " ") for name in _PROCEDURES if getattr(accord, name) is not None]
    lines += _block("agreed", [", ".join(agreed)] if agreed else [])
    annexes = [f"{name} version {number}, {short}" for name, (number, short) in annex_digests(accord).items()]
    lines += _block("annexes", annexes)
    prose = f"conduct {len(accord.conduct)}, frequencies {len(accord.frequencies)}"
    lines += _block("prose", [f"{prose}, phrases {len(accord.phrasebook)}, clauses {len(accord.clauses)}"])
    lines += _block("digest", [loaded.digest])
    return lines + list(remarks(accord))


def accord_data(loaded: LoadedAccord) -> dict[str, Any]:
    """The same for programs: the accord's own fields under "accord", what is derived from them beside it."""
    accord = loaded.accord
    return {
        "digest": loaded.digest,
        "accord": plain_data(accord),
        "annexes": {
            annex: {"version": version, "digest": annex_digest}
            for annex, (version, annex_digest) in annex_digests(accord).items()
        },
        "readings": {rule.id: rule_reading(rule) for rule in accord.rules},
        "draft": bool(accord.keyless),
        "keyless": list(accord.keyless),
        "remarks": list(remarks(accord)),
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """One fault of a file for programs."""
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "what": problem.what,
        "do": problem.do,
    }


def _block(label: str, entries: list[str]) -> list[str]:
    return [f"  {label if not index else '':<{_LABEL_WIDTH}}{entry}" for index, entry in enumerate(entries)]


def _places(accord: Accord) -> list[str]:
    """How many lines, zones and areas of caution there are."""
    counted = (("lines", accord.lines), ("zones", accord.zones), ("areas of caution", accord.cautions))
    return [f"{what} {len(found)}" for what, found in counted if found]


def _party_line(accord: Accord, index: int) -> str:
    party = accord.parties[index]
    members = f", with {', '.join(party.members)}" if party.members else ""
    return f"{party.id}: {party.name}{members}; {'key ' + party.public_key if party.public_key else 'no key'}"


def _role_line(accord: Accord, index: int) -> str:
    role = accord.roles[index]
    after = f", then {role.escalates_to}" if role.escalates_to else ""
    return f"{role.id}: {role.title}, acknowledges within {exact(role.acknowledge_within_s)} s{after}"

"""Talks for a terminal: where they stand, the agenda, minutes, one clause with its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skyaccord.cli.talks_clauses import redline_lines

if TYPE_CHECKING:
    from skyaccord.talks.negotiation import Negotiation

SHORT = 19  # "sha256:" and twelve digits


def status_lines(talks: Negotiation, party: str) -> list[str]:
    """The whole of the talks, one line a thing."""
    from skyaccord.talks.outline import outline

    data = outline(talks, party)
    mark = "EXERCISE " if data["exercise"] else ""
    lines = [f"{mark}talks {data['talks']} between {' and '.join(data['between'])}: {data['title']}"]
    for one in data["rounds"]:
        lines.append(_round_line(one))
    if data["agenda"]:
        lines += ["agenda", *(f"  {line}" for line in agenda_lines(talks))]
    lines.append("clauses")
    for path, clause in data["paths"].items():
        if clause["state"] != "agreed":
            lines.append(f"  {path}: {_state(clause)}{'  ← your side' if clause['waits_for_us'] else ''}")
    agreed = [path for path, clause in data["paths"].items() if clause["state"] == "agreed"]
    if agreed:
        lines.append(f"  AGREED: {', '.join(agreed)}")
    counted = ", ".join(f"{count} {state}" for state, count in data["clauses"].items())
    lines.append(f"{counted}; {'everything is agreed' if data['all_agreed'] else 'not everything is agreed'}")
    if data["next_round"]:
        lines.append(f"next: round {data['next_round']['round']}, {data['next_round']['starts']}")
    return lines


def _state(clause: dict[str, Any]) -> str:
    state: str = clause["state"]
    if state == "blocked":
        reasons = "; ".join(f"by {one['party']} because {one['because']!r}" for one in clause["blocked"])
        return f"BLOCKED {reasons}"
    if state == "conflict":
        sides = ", ".join(
            f"{party} for {digest[:SHORT]}…" for party, digest in clause["stands_for"].items() if digest
        )
        return f"CONFLICT: both sides moved at once ({sides})"
    if state in ("proposed", "countered") and clause["said"]:
        last = clause["said"][-1]
        return f"{state} by {last['party']}"
    return state.upper() if state == "agreed" else state


def _round_line(one: dict[str, Any]) -> str:
    who = "; ".join(
        f"{party}: {', '.join(person['name'] for person in people)}"
        for party, people in one["delegations"].items()
    )
    line = f"round {one['round']}: {one['state'].upper()}, {one['starts']} by {one['by']}"
    line += f", {one['place']}" if one["place"] else ""
    line += f", interpreter {one['interpreter']}" if one["interpreter"] else ""
    line += f" ({who})" if who else ""
    if one["conflict"]:
        plans = " or ".join(f"{plan['starts']} by {plan['by']} ({plan['party']})" for plan in one["plans"])
        line += f"; CONFLICT: {plans}"
    return line


def agenda_lines(talks: Negotiation) -> list[str]:
    """One line an item, by number."""
    from skyaccord.talks.outline import items_in_order

    lines = []
    for number, item in enumerate(items_in_order(talks), start=1):
        where = f", round {item.round}" if item.round else ""
        lines.append(f"{number}. {item.title} (asked by {item.party}): {item.state.upper()}{where}")
        lines += [f"     {word.party} {word.step}: {word.because}" for word in item.reasons]
    return lines or ["no agenda items"]


def clause_lines(talks: Negotiation, path: str, party: str) -> list[str]:
    """One clause: every version with what it changed, what was said, what may be done."""
    from skyaccord.base.errors import InputError
    from skyaccord.talks.outline import clause_data

    clause = clause_data(talks.clause(path), party)
    if clause["state"] == "absent":
        raise InputError("no such clause is on the table", where=path, do="see `skyaccord talks status`")
    lines = [f"{path}: {_state(clause)}"]
    changed = {line["to"]: line["changes"] for line in clause["redline"]}
    for text in clause["texts"]:
        lines.append(
            f"version {text['number']} by {text['party']}, {text['at'][:19]}Z, {text['digest'][:SHORT]}…"
        )
        lines += redline_lines(changed.get(text["number"], []))
    for one in clause["said"]:
        about = f" {one['digest'][:SHORT]}…" if one["digest"] else ""
        reason = f": {one['because']}" if one["because"] else ""
        lines.append(f"{one['at'][:19]}Z {one['party']} {one['step']}{about}{reason}")
    lines += [f"{one['at'][:19]}Z {one['party']} remarks: {one['text']}" for one in clause["comments"]]
    lines.append(f"your side can: {', '.join(clause['steps']) or 'nothing'}")
    return lines


def redline_of(
    talks: Negotiation, path: str, between: str | None, languages: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """Two versions of a clause compared, as JSON and as lines: field by field, and in the text of each
    language. between: "1,3"; None: the last two, of which the fields stand beside the versions already.
    """
    from skyaccord.talks.outline import versions_data
    from skyaccord.talks.protocol import text_redline, versions

    pair = None if between is None else _two_numbers(between)
    data: dict[str, Any] = {}
    lines = []
    if pair is not None:
        compared = versions_data(*versions(talks.clause(path), pair))
        data["between"] = compared
        lines += [f"version {pair[1]} against version {pair[0]}", *redline_lines(compared["changes"])]
    if languages:
        data["text_redline"] = {code: text_redline(talks, path, code, pair) for code in languages}
    for code, changed in data.get("text_redline", {}).items():
        lines += [f"text ({code})", *(changed or ["  the same"])]
    return data, lines


def _two_numbers(text: str) -> tuple[int, int]:
    from skyaccord.base.errors import InputError

    first, comma, second = text.partition(",")
    try:
        if comma:
            return int(first), int(second)
    except ValueError:
        pass
    raise InputError(f"--between {text!r} is not M,N", do="name two versions by number, like 1,3")


def minutes_lines(talks: Negotiation, number: int) -> list[str]:
    """Every text of a round's minutes, with the computed lists and who signed."""
    from skyaccord.base.errors import InputError

    held = talks.round(number)
    if not held.minutes:
        raise InputError(
            "no minutes yet",
            where=f"round {number}",
            do="write them with `skyaccord talks minutes … --text en=FILE`",
        )
    lines = []
    for digest, minutes in sorted(held.minutes.items()):
        signed = ", ".join(who for who, stands in held.stands_for.items() if stands == digest) or "nobody now"
        lines += [f"minutes of round {number}, {digest}", f"signed by {signed}"]
        for language, text in sorted(minutes.texts.items()):
            lines += [f"[{language}]", text]
        lines.append(f"agreed: {', '.join(one.path for one in minutes.agreed) or 'nothing'}")
        lines += [f"blocked: {one.path} by {one.party} because {one.because!r}" for one in minutes.blocked]
        lines.append(f"open: {', '.join(minutes.open) or 'nothing'}")
        lines += [f"item: {talks.item(one.item).title}: {one.state}" for one in minutes.agenda]
    return lines

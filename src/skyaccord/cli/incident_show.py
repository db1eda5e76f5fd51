"""Incidents for a terminal: the list, and one record with everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from skyaccord.incidents.case import Case

SHORT = 19  # "sha256:" and twelve digits


def list_lines(cases: Iterable[Case], own: str, now: datetime) -> list[str]:
    """One line an incident, and one for what presses."""
    lines = []
    for case in cases:
        mark = "EXERCISE " if case.exercise else ""
        who = " and ".join(
            sign or address for sign, address in zip(case.callsigns, case.aircraft, strict=True)
        )
        lines.append(
            f"{case.start:%Y-%m-%d %H:%M:%S}Z  {mark}{case.id}  {case.reason}"
            f"{f' of {who}' if who else ''}  {case.state.upper()}"
        )
        lines += [f"    {line}" for line in _pressing(case, own, now)]
    return lines


def _pressing(case: Case, own: str, now: datetime) -> list[str]:
    """What is missed, what is due next, what our side has still to do."""
    dues = [(one, one.state(now)) for one in case.dues()]
    lines = [
        f"MISSED: {one.what} of party {one.party}, due {one.at:%Y-%m-%d %H:%M}Z"
        for one, state in dues
        if state == "missed"
    ]
    waiting = sorted((one for one, state in dues if state == "waiting"), key=lambda one: one.at)
    if waiting:
        lines.append(
            f"next due: {waiting[0].what} of party {waiting[0].party}, {waiting[0].at:%Y-%m-%d %H:%M}Z"
        )
    if case.state != "closed" and own in case.parties:
        lines += [f"to do: {what}" for what in case.missing(own)]
    return lines


def case_lines(case: Case, own: str, now: datetime) -> list[str]:
    """The whole record."""
    lines = list_lines([case], own, now)
    lines += [
        f"accord {case.accord or 'none'}",
        f"between {' and '.join(case.parties)}; record {case.digest}",
    ]
    for opening in case.openings:
        by = "its node" if opening.automatic and opening.role is None else opening.role
        note = f": {opening.note}" if opening.note else ""
        lines.append(f"opened by {by} of party {opening.party}, {opening.reason}{note}")
    lines += _numbers(case)
    lines += ["severity", *(f"  {line}" for line in _severity(case))] if case.severity() else []
    for word in case.conduct:
        said = word.said
        lines.append(f"conduct ({said.party}): {', '.join(said.codes)} {said.conduct}. {said.note}".rstrip())
    for party, account in case.account_of.items():
        lines += [f"account of party {party} [{account.said.language}]", *_quoted(account.said.text)]
    for number, fact in enumerate(case.facts, 1):
        lines.append(f"fact {number} ({fact.stated.party}) {fact.state.upper()}: {fact.text}")
        lines += [
            f"    disputed by party {party}: {word.said.because}"
            for party, word in fact.positions.items()
            if word.said.step == "dispute"
        ]
    for number, question in enumerate(case.questions, 1):
        lines.append(
            f"question {number} ({question.asked.party} to {question.to}) {question.state}: "
            f"{question.asked.said.text}"
        )
        lines += [f"    {question.to}: {word.said.text}" for word in question.answers]
    lines += [f"{word.said.about} ({word.party}): {word.said.text}" for word in case.notes]
    for silence in case.silences:
        body = silence.body
        lines.append(
            f"SILENCE seen by {silence.seen_by}: no {body.what} of party {body.party} "
            f"by {body.due_at:%Y-%m-%d %H:%M}Z"
        )
    if case.closed_by:
        lines.append(f"closed by {', '.join(case.closed_by)}")
    lines += [f"party {party} closed an earlier state of the record" for party in case.outdated_by]
    return lines


def _numbers(case: Case) -> list[str]:
    """What each side's reconstruction says."""
    lines = []
    for party, one in case.reconstructions.items():
        body, closest = one.body, one.body.closest
        seen = ", ".join(
            f"{track.icao24} {track.quality.reports} reports"
            + (f", longest gap {track.quality.longest_gap_s:g} s" if track.quality.longest_gap_s else "")
            for track in body.tracks
        )
        if closest is not None:
            height = "height not known" if closest.vertical_ft is None else f"{closest.vertical_ft:,.0f} ft"
            lines.append(
                f"as {party} saw it: {closest.horizontal_nm:.2f} NM, {height} "
                f"at {closest.time:%H:%M:%S}Z ({seen})"
            )
        else:
            lines.append(f"as {party} saw it: {seen or 'nothing'}")
        lines += [f"    {fault}" for fault in body.faults]
        lines += [f"    {track.icao24}: {doubt}" for track in body.tracks for doubt in track.quality.doubts]
    return lines


def _severity(case: Case) -> list[str]:
    lines = []
    for name, standing in case.severity().items():
        proposed = "nothing" if standing.proposed is None else standing.proposed.value
        grounds = ", ".join(f"{party}: {one.value} ({one.ground})" for party, one in standing.by_side.items())
        said = "; ".join(
            f"{party} says {word.said.value}"
            + (f" because {word.said.because!r}" if word.said.because else "")
            for party, word in standing.given.items()
        )
        lines.append(
            f"{name}: proposed {proposed} [{grounds}], {standing.state}{f': {said}' if said else ''}"
        )
    return lines


def _quoted(text: Any) -> list[str]:
    return [f"  > {line}" for line in str(text).splitlines()]

"""The hotline for a terminal: messages, one message, the state."""

from __future__ import annotations

from typing import Any

from skyaccord.cli.hotline_common import label

Row = dict[str, Any]


def words(row: Row, language: str = "en") -> str:
    """What a message says, in this language where there is a phrase; free text as it was written."""
    phrase = row["said"].get(language) or row["said"].get("en") or row["code"] or ""
    return f"{phrase} {row['text']}".strip()


def message_line(row: Row, language: str = "en") -> str:
    """One line: reference, time, who to whom, words, how far it came."""
    mark = "EXERCISE " if row["exercise"] else ""
    course = "; ".join(_course(one) for one in row["courses"]) or ("EXPIRED" if row["expired"] else "-")
    wrong = "; POSITION MISUNDERSTOOD" if any(one["mismatch"] for one in row["read_backs"]) else ""
    who = f"{row['from']} {row['role']} → {row['to_role']}"
    return (
        f"{mark}{label(row['ref'])} {row['recorded_at'][:19]}Z {who}: "
        f"{words(row, language)} [{course}{wrong}]"
    )


def _course(one: Row) -> str:
    at = one["acknowledged_at"] or one["read_at"] or one["delivered_at"]
    who = f" by {one['acknowledged_role']}" if one["acknowledged_role"] else ""
    asked = f", now {one['role']}" if one["state"] == "silent" and one["passed"] else ""
    state = one["state"].upper() if one["state"] in ("silent", "refused") else one["state"]
    return f"{one['party']} {state}{who}{f' {at[11:19]}Z' if at else ''}{asked}"


def message_lines(row: Row) -> list[str]:
    """Everything about one message."""
    lines = [message_line(row)]
    lines += [f"  {language}: {text}" for language, text in row["said"].items()]
    if row["text"]:
        lines.append(f"  text ({row['language']}): {row['text']}")
    for value in row["params"]:
        worded = f" (said: {value['wording']})" if value.get("wording") else ""
        lines.append(f"  {value['name']}: {value['shown']}{worded}")
    lines += [f"  WRONG: {one['text']}" for one in row["faults"]]
    for one in row["courses"]:
        steps = [("sent", one["sent_at"]), ("delivered", one["delivered_at"])]
        steps += [("read", one["read_at"]), ("acknowledged", one["acknowledged_at"])]
        steps += [("answered", one["answered_at"])]
        told = ", ".join(f"{name} {at[:19]}Z" for name, at in steps if at)
        lines.append(f"  party {one['party']}: {told}")
        for timer in one["timers"]:
            met = f"met {timer['met_at'][:19]}Z" if timer["met_at"] else "not met"
            lines.append(f"    {timer['name']} by {timer['role']} until {timer['due_at'][:19]}Z: {met}")
    for one in row["silences"]:
        why = "nobody on duty" if one["vacant"] else "nobody answered in time"
        lines.append(f"  {one['at'][:19]}Z {one['party']} {one['role']}: {why}")
    for one in row["read_backs"]:
        verdict = f"DIFFERS by {one['distance_nm']} NM" if one["mismatch"] else "agrees"
        lines.append(f"  read back by {one['party']} {one['role']}: {one['shown']}, {verdict}")
    return lines


def roster_lines(row: Row) -> list[str]:
    """One line a shift."""
    lines = []
    for one in row["roster"]:
        now = "ON DUTY" if one["counts"] else one["state"].upper()
        offered = f", offered to {one['offered_name']}" if one["offered_to"] else ""
        note = f" ({one['note']})" if one["note"] else ""
        lines.append(
            f"{label(one['ref'])} {one['party']} {one['role']}: {one['name']}, {one['start'][:16]}Z to "
            f"{one['end'][:16]}Z, {now}{offered}{note}"
        )
    kept = ", ".join(row["rosters_kept"]) or "nobody"
    return [*lines, f"rosters are kept by: {kept}"]


def drill_lines(row: Row) -> list[str]:
    """A drill with one line a phrase."""
    lines = [
        f"EXERCISE {label(row['ref'])} drill of {row['party']}: {row['outcome'].upper()} ({row['state']}), "
        f"each within {row['answer_within_s']:g} s"
    ]
    for one in row["lines"]:
        if one["message"] is None:
            lines.append(f"  {one['code']}: not said")
            continue
        took = one["acknowledged_s"]
        told = "not acknowledged" if took is None else f"acknowledged by {one['role']} after {took:.0f} s"
        lines.append(f"  {one['code']} → {one['party']}: {told}{'' if one['in_time'] else '  ✗'}")
    return lines


def status_lines(row: Row) -> list[str]:
    """The state: alarms first."""
    lines = []
    for one in row["alarms"]:
        mark = "ALARM" if one["loud"] else "alarm"
        far = f", {one['distance_nm']} NM apart" if one["distance_nm"] is not None else ""
        about = f" about {one['said'] or 'message'} {label(one['subject'])}" if one["subject"] else ""
        role = f", {one['role']}" if one["role"] else ""
        lines.append(
            f"{mark} {one['code']}{about}: party {one['party']}{role}, since {one['since'][:19]}Z{far}"
        )
    lines += ["no alarm"] if not lines else []
    for one in row["political"]:
        lines.append(f"accord {one['name']} version {one['version']}: {one['state'].upper()} (political)")
    for one in row["circuits"]:
        heard = f"heard {one['heard_at'][:19]}Z" if one["heard_at"] else "never heard"
        lines.append(
            f"circuit to {one['party']}: {one['state'].upper()}, {heard}, "
            f"next check due {one['due_at'][:19]}Z"
        )
    lines += roster_lines(row)
    lines += [f"waits for the line: {words(one)} to {one['to_role']}" for one in row["waiting"]]
    if row["drill_due_at"]:
        lines.append(f"next drill due {row['drill_due_at'][:16]}Z")
    return lines

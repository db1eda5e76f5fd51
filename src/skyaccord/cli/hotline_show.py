"""The hotline for a terminal: messages, one message, the state."""

from __future__ import annotations

from typing import Any

from skyaccord.base.counting import counted
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


def waiting_line(row: Row, language: str = "en") -> str:
    """One line of a prepared message: what it is called, whom it will ask, until when it says something."""
    until = f", expires {row['expires_at'][:19]}Z" if row["expires_at"] else ""
    return f"{label(row['ref'])} waits for the line: {words(row, language)} to {row['to_role']}{until}"


def alert_target(row: Row, own: str) -> Row | None:
    """What an acknowledgement of this alert names: the other side's newest report, else one's own."""
    newest = sorted(row["alerts"], key=lambda one: one["recorded_at"], reverse=True)
    theirs = [one for one in newest if one["party"] != own]
    found: list[Row] = theirs or newest
    return found[0]["ref"] if found else None


def alert_line(row: Row, own: str) -> str:
    """One line: what to name it by, the pair, the tier, whom it asks, who has acknowledged."""
    mark = "EXERCISE " if row["exercise"] else ""
    names = " and ".join(name or code for name, code in zip(row["callsigns"], row["pair"], strict=False))
    asked = []
    for party, role in row["asked"].items():
        done = [one for one in row["acknowledgements"] if one["party"] == party]
        late = " OVERDUE" if party in row["overdue"] else ""
        asked.append(f"{party} acknowledged by {done[0]['role']}" if done else f"asks {party} {role}{late}")
    return (
        f"{mark}{label(alert_target(row, own))} {row['alerts'][0]['recorded_at'][:19]}Z ALERT {row['tier']} "
        f"{names}, {row['state']} [{'; '.join(asked) or 'asks nobody'}]"
    )


def alert_lines(row: Row, own: str) -> list[str]:
    """Everything about one alert: both sides' reports, who has acknowledged what."""
    lines = [
        alert_line(row, own),
        f"  rule {row['rule']}, least predicted {row['predicted_horizontal_nm']} NM",
    ]
    for one in row["alerts"]:
        lines.append(
            f"  {label(one['ref'])} raised by {one['party']} {one['raised_at'][:19]}Z: {one['tier']}"
        )
    for one in row["acknowledgements"]:
        who = f"{one['party']} {one['role']} {one['name']}{' (automatic)' if one['automatic'] else ''}"
        lines.append(f"  {one['at'][:19]}Z acknowledged by {who}")
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
    if row["alarms_left_out"]:
        lines.append(f"and {counted(row['alarms_left_out'], 'alarm')} more; the oldest loud ones are listed")
    lines += [alert_line(one, row["party"]) for one in row["alerts"]]
    for one in row["political"]:
        lines.append(f"accord {one['name']} version {one['version']}: {one['state'].upper()} (political)")
    for one in row["circuits"]:
        heard = f"heard {one['heard_at'][:19]}Z" if one["heard_at"] else "never heard"
        since = f" since {one['line_since'][:19]}Z" if one["line_since"] else ""
        why = " (no node runs in this folder)" if row["node_running"] is False else ""
        due = f"next check due {one['due_at'][:19]}Z" if one["due_at"] else "no accord asks for checks"
        line = f"line {one['line']}{since}{why}"
        lines.append(f"circuit to {one['party']}: {one['state'].upper()}, {heard}, {due}; {line}")
    lines += roster_lines(row)
    lines += [waiting_line(one) for one in row["waiting"]]
    if row["drill_due_at"]:
        lines.append(f"next drill due {row['drill_due_at'][:16]}Z")
    return lines

"""`skyaccord hotline`, each command of it, typed as in a shell: what it prints, and what a slip is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from skyaccord.base.times import format_utc
from skyaccord.cli.hotline_show import status_lines
from tests.cli.hotline_shell import Rooms

NOW = datetime.now(UTC)
TIME = format_utc(NOW)
PAST, SOON, LATE, NEVER = (format_utc(NOW + timedelta(hours=hours)) for hours in (-3, -2, 8, 24 * 30))
STOP = ("SAFETY_STOP", "--param", "radius=5", "--param", f"time={TIME}")
HERE = ("--param", "place=35.33,40.14", "--place", "Eastern town")
THERE = ("POSITION", "--param", "callsign=ALFA11", "--param", "position=35,40", "--param", f"time={TIME}")


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return Rooms(tmp_path_factory.mktemp("hotline"))


@pytest.fixture(scope="module")
def things(rooms: Rooms) -> dict[str, str]:
    """One thing of each kind, said by A and carried to B; what each is called."""
    found = {
        "message": rooms.said("noor", "send", *STOP, *HERE),
        "shift": rooms.said(
            "noor", "roster", "plan", "duty-officer", "--who", "Amal", "--from", PAST, "--until", LATE
        ),
        "drill": rooms.said("noor", "drill", "start", "--phrase", "GOODWILL", "--within-s", "30"),
        "voice": rooms.said(
            "noor", "voice", "enter", "--at", PAST, "--with", "duty-officer", "--text", "ALFA12 lands north"
        ),
        "radio": rooms.said(
            "noor", "radio", "record", "unknown", "--frequency", "guard-vhf", "--first", PAST, "--times", "22"
        ),
        "alert": rooms.alert("A"),
    }
    rooms.carry()
    return found


def test_a_message_from_one_shell_to_the_other_and_back(rooms: Rooms) -> None:
    ref = rooms.said("noor", "send", *STOP, *HERE, "--text", "Наш борт ниже 500 футов", "--language", "ru")
    rooms.carry()
    (line,) = [one for one in rooms.look("B", "list", "--open").lines if one.startswith(ref)]
    assert "A duty-officer → duty-officer: SAFETY STOP. Stop activity within \u20685\u2069 NM" in line
    assert "Наш борт ниже 500 футов [B delivered" in line
    assert "Прекратите" in rooms.look("B", "list", "--language", "ru").output
    agreed = rooms.act("ivan", "read-back", ref, "35 19.800N, 040 08.400E")
    assert f"read back place of {ref}: it agrees" in agreed.output
    assert f"acknowledged {ref} (entry B:" in rooms.act("lena", "ack", ref).output
    rooms.carry()
    shown = rooms.look("A", "show", ref).output
    assert "B acknowledged by deputy" in shown
    assert "  ar: " in shown
    assert "read back by B duty-officer: 35°19.800′N 040°08.400′E, agrees" in shown
    assert not [one for one in rooms.look("A", "list", "--open").lines if one.startswith(ref)]
    row = json.loads(rooms.look("A", "show", ref, "--format", "json").output)
    assert row["acknowledged_by"] == ["B"]
    assert {one["name"]: one.get("place") for one in row["params"]}["place"] == "Eastern town"


def test_a_position_nine_kilometres_off_is_told_before_it_is_sent_and_after_it_is_read_back(
    rooms: Rooms,
) -> None:
    wrong = ("--param", "place=35.41,40.14", "--place", "Eastern town")
    before = rooms.look("A", "list").output
    told = rooms.act("noor", "send", *STOP, *wrong)
    assert (told.status, told.error.split("; ")[0]) == (
        2,
        "skyaccord: error: place lies 2.8 NM from Eastern town",
    )
    assert rooms.look("A", "list").output == before, "nothing was signed"
    meant = rooms.said("noor", "send", *STOP, *wrong, "--despite-place")
    rooms.carry()
    assert "DIFFERS by 4.79 NM" in rooms.act("ivan", "read-back", meant, "35.33,40.14").output
    rooms.carry()
    for party in "AB":
        status = rooms.look(party, "status")
        assert status.status == 2
        assert any(
            one.startswith(f"ALARM read-back about SAFETY_STOP {meant}") and one.endswith("4.79 NM apart")
            for one in status.lines
        )
    rooms.said("noor", "send", *STOP, *HERE, "--corrects", meant)
    assert f"read-back about SAFETY_STOP {meant}" not in rooms.look("A", "status").output


def test_an_alert_has_a_name_and_is_acknowledged_by_a_person(rooms: Rooms) -> None:
    ref = rooms.alert("B")
    rooms.carry()
    (line,) = [one for one in rooms.look("A", "list", "--open").lines if one.startswith(f"EXERCISE {ref} ")]
    assert "ALERT warning ALFA01 and b00001, active [asks A duty-officer; asks B duty-officer]" in line
    assert line in rooms.look("A", "status").lines
    assert f"acknowledged {ref} (entry A:" in rooms.act("amal", "ack", ref).output
    rooms.carry()
    shown = rooms.look("B", "show", ref).output
    assert "A acknowledged by duty-officer; asks B duty-officer" in shown
    assert "acknowledged by A duty-officer Amal" in shown
    row = json.loads(rooms.look("B", "show", ref, "--format", "json").output)
    assert [one["of"]["sequence"] for one in row["acknowledgements"]] == [int(ref[2:])]
    assert row["acknowledgements"][0]["exercise"] is True


def test_the_roster_from_plan_to_hand_over(rooms: Rooms) -> None:
    shift = rooms.said(
        "noor",
        "roster",
        "plan",
        "deputy",
        "--who",
        "Noor",
        "--from",
        PAST,
        "--until",
        LATE,
        "--note",
        "first",
    )
    assert f"{shift} A deputy: Noor, {PAST[:16]}Z to {LATE[:16]}Z, ON DUTY (first)" in (
        rooms.look("A", "roster", "show").lines
    )
    rooms.said("noor", "roster", "take", shift)
    rooms.said("noor", "roster", "hand-over", shift, "--to", "Amal")
    assert "ON DUTY, offered to Amal" in rooms.look("A", "roster", "show").output
    taken = rooms.said("amal", "roster", "step", shift, "accept")
    assert f"{taken} A deputy: Amal" in rooms.look("A", "roster", "show").output
    rooms.said("noor", "roster", "step", taken, "away", "--note", "at lunch")
    assert "AWAY (at lunch)" in rooms.look("A", "roster", "show").output
    rooms.said("amal", "roster", "step", taken, "back")
    rooms.said("amal", "roster", "step", taken, "end")
    assert f"{taken} " not in rooms.look("A", "roster", "show").output
    rooms.carry()
    kept = json.loads(rooms.look("B", "roster", "show", "--format", "json").output)
    assert kept["rosters_kept"] == ["A"]


def test_a_drill_has_a_result_that_nobody_writes(rooms: Rooms) -> None:
    drill = rooms.said("noor", "drill", "start", "--phrase", "GOODWILL", "--within-s", "600")
    said = rooms.said("noor", "send", "GOODWILL", "--drill", drill)
    rooms.carry()
    assert "drill of A: OPEN (running), each within 600 s" in rooms.look("B", "drill", "list").output
    rooms.said("ivan", "ack", said)
    rooms.carry()
    rooms.said("noor", "drill", "close", drill)
    listed = rooms.look("A", "drill", "list").lines
    at = listed.index(f"EXERCISE {drill} drill of A: PASSED (closed), each within 600 s")
    assert listed[at + 1].startswith("  GOODWILL → B: acknowledged by duty-officer after ")
    called_off = rooms.said("noor", "drill", "start")
    rooms.said("noor", "drill", "close", called_off, "--cancel")
    rows = json.loads(rooms.look("A", "drill", "list", "--format", "json").output)
    (row,) = [one for one in rows["drills"] if f"A:{one['ref']['sequence']}" == called_off]
    assert (row["outcome"], row["answer_within_s"]) == ("cancelled", 60.0)
    assert row["phrases"] == ["SAFETY_STOP", "POSITION", "EMERGENCY"], "the accord's own"


def test_radio_calls_that_nobody_answered_are_counted(rooms: Rooms, things: dict[str, str]) -> None:
    rooms.said(
        "noor", "radio", "record", "heading south", "--frequency", "123.45", "--first", PAST, "--last", SOON,
        "--times", "10", "--icao24", "AB12CD", "--position", "35,40,FL250",
    )  # fmt: skip
    rooms.said(
        "noor", "radio", "record", "BRAVO", "--check", "--frequency", "121.5", "--first", PAST,
        "--readability", "4",
    )  # fmt: skip
    rooms.carry()
    listed = rooms.look("B", "radio", "list").output
    assert "A call to unknown: 22 on 121.500 MHz (guard-vhf): NOT ANSWERED" in listed
    assert "A call to heading south: 10 on 123.450 MHz (NO AGREED FREQUENCY): NOT ANSWERED" in listed
    assert "A check to BRAVO: 1 on 121.500 MHz (guard-vhf): answered, 4 of 5" in listed
    assert listed.splitlines()[-1] == "33 calls, 32 not answered"
    rows = json.loads(rooms.look("B", "radio", "list", "--format", "json").output)
    assert rows[1]["icao24"] == "ab12cd"
    assert rows[1]["shown"] == "35°00.000′N 040°00.000′E 25000 ft STD"


def test_what_was_passed_by_voice_stands_once_both_say_so(rooms: Rooms, things: dict[str, str]) -> None:
    assert (
        f"{things['voice']} {PAST[:19]}Z A said by telephone with duty-officer: ALFA12 lands north [ENTERED]"
        in (rooms.look("B", "voice", "list").lines)
    )
    rooms.said("ivan", "voice", "answer", things["voice"], "dispute", "--text", "south, not north")
    assert "[DISPUTED]" in rooms.look("B", "voice", "list").output
    rooms.said("ivan", "voice", "answer", things["voice"], "confirm")
    rooms.carry()
    assert "[CONFIRMED]" in rooms.look("A", "voice", "list").output
    told = rooms.act("noor", "voice", "answer", things["voice"], "withdraw")
    assert "the other side has confirmed it; it stands" in told.error
    rows = json.loads(rooms.look("A", "voice", "list", "--format", "json").output)
    assert rows[0]["answered_by"] == "B"


def test_what_is_prepared_has_a_name_before_it_goes_out(rooms: Rooms) -> None:
    ref = rooms.said("noor", "send", "GOODWILL", "--prepare", "--expires", LATE)
    (line,) = [one for one in rooms.look("A", "list").lines if one.startswith(ref)]
    assert line.startswith(f"{ref} waits for the line: With thanks")
    assert line.endswith(f"to duty-officer, expires {LATE[:19]}Z")
    assert rooms.look("A", "show", ref).status == 0
    assert "waits for the line; nobody has it yet" in rooms.act("noor", "ack", ref).error


def test_status_says_no_more_of_the_circuit_than_is_known(rooms: Rooms, things: dict[str, str]) -> None:
    status = rooms.look("A", "status").lines
    assert any(one.startswith("alarm circuit-down: party B") for one in status)
    (circuit,) = [one for one in status if one.startswith("circuit to B:")]
    assert circuit.startswith("circuit to B: DOWN, ")
    assert circuit.endswith("line down (no node runs in this folder)")
    assert "accord east version 1: IN FORCE (political)" in status
    data = json.loads(rooms.look("A", "status", "--format", "json").output)
    assert data["circuits"][0]["state"] == "down"


def test_the_phrasebook_in_the_readers_language(rooms: Rooms) -> None:
    told = rooms.look("A", "phrasebook", "--language", "ar").output
    assert "POSITION callsign:callsign position:position level:level time:time" in told
    assert "frequency plan, version 1: guard-vhf 121.5 MHz, guard-uhf 243 MHz" in told
    data = json.loads(rooms.look("A", "phrasebook", "--format", "json").output)
    assert {one["code"] for one in data["phrases"]} >= {"SAFETY_STOP", "GOODWILL", "UNCOORDINATED_FLIGHT"}


SLIPS = """
send
    nothing to send; name a code
send --text blank
    nothing to send
send NO_SUCH
    the phrasebook has no code 'NO_SUCH'; it has CIRCUIT_CHECK
send SAFETY_STOP
    needs the parameter place (position)
stop --param place
    --param: 'place' is not NAME=VALUE
stop --param place=35.41
    place: '35.41' is no position; write LATITUDE,LONGITUDE
stop --param place=95,40
    place: '95,40' is no position (latitude
stop --param place=nan,40
    place: 'nan' is no latitude
stop --param place=35,40,25000
    place: '25000' is no height with its reference; write the height in feet
stop --param place=35,40 --param place=36,40
    --param: place is given twice
stop --param where=35,40
    SAFETY_STOP has no parameter where; it has place, radius, time
stop --param place=35,40 --wording tme=noon
    SAFETY_STOP has no parameter tme
stop --param place=35,40 --wording radius=far
    --wording: radius is no time
there --param level=25000
    level: '25000' is no height with its reference
there
    POSITION needs the parameter level (level)
send RADIO_CHECK --param callsign=A --param frequency=123.45
    not in the frequency plan in force; the plan has guard-vhf
send STOPPING --param time=2016-07-17T11:45
    time: '2016-07-17T11:45' has no time zone; add Z for UTC
send STOPPING --param time=noon
    time: 'noon' is not a time
send TURN_AWAY --param callsign=A --param heading=400
    a heading of 400 lies outside 0 to 360
send TURN_AWAY --param callsign=A --param heading=north
    heading: 'north' is no number
send GOODWILL --place town
    --place: no position is given that could lie there
send --text hi --place town
    belong to a phrase; name its code
send --text hi --language English
    --language: 'English' is no language; write its tag
send --text hi --to nobody
    there is no role 'nobody'; the roles are deputy, duty-officer, representative
send --text hi --about B:99
    B:99: no such thing of the hotline is held here
send --text hi --about nonsense
    'nonsense' names no entry; write PARTY:NUMBER
send --text hi --corrects {drill}
    no such message is held here
send --text hi --drill {message}
    drill: no such drill is known here
send --text hi --expires 2020-01-01T00:00Z
    the message expires before it is sent
send --text hi --accord sha256:00
    --accord: no accord in force has the digest 'sha256:00'; in force: sha256:
show A
    'A' names no entry
show {shift}
    that entry is no message and no alert; see `hotline list`
ack A:999
    A:999: no such thing of the hotline is held here; see `hotline list`
ack {drill}
    asks nobody to acknowledge it; see `hotline list --open`
ack {message} --role captain
    your key is not enrolled for the role 'captain' at party A
read-back {message} 35,40
    that message is your own side's; its receiver reads it back
read-back {message} somewhere
    'somewhere' is no position
read-back {message} 35.33,40.14 --param x
    name one position of the message: it has place
roster plan duty-officer --who Ivan --from {past} --until {late}
    no enrolled persons of party A are called 'Ivan'; enrolled: Amal, Noor
roster plan duty-officer --who Amal --from {late} --until {past}
    a shift ends after it begins, and within a week
roster plan duty-officer --who Amal --from {past} --until {never}
    a shift ends after it begins, and within a week
roster plan cook --who Amal --from {past} --until {late}
    there is no role 'cook'; the roles are deputy
roster take duty-officer
    a shift has an end; give it: --until TIME
roster take {shift}
    only the person whose shift it is can do that
roster hand-over {message} --to Amal
    no such shift is known here
roster step {shift} dance
    'dance' is no step; accept, away, back, end or cancel
roster step {shift} accept
    it was not offered to anybody; its holder hands it over first
roster step {shift} back
    nobody said that its holder is away
drill start --within-s 0
    answer_within_s
drill start --within-s soon
    Invalid value for '--within-s'
drill start --phrase NO_SUCH
    the phrasebook has no code 'NO_SUCH'
drill close {message}
    drill: no such drill is known here
radio record x --frequency 99999 --first {past}
    --frequency: '99999' is no radio frequency; write MHz from
radio record x --frequency nan --first {past}
    --frequency: 'nan' is no radio frequency
radio record x --frequency 121.5 --first {late}
    the attempts lie in the future
radio record x --frequency 121.5 --first {past} --last 2020-01-01T00:00Z
    the last attempt is before the first
radio record x --frequency 121.5 --first {past} --icao24 XYZ
    --icao24: 'XYZ' is no aircraft's address; six hex digits
radio record x --frequency 121.5 --first {past} --readability 9
    Invalid value for '--readability'
voice enter --at {past} --with duty-officer
    nothing was passed; give --text
voice enter --at {late} --with duty-officer --text x
    what was passed by voice lies in the future
voice enter --at {past} --with duty-officer --text x --means pigeon
    --means: 'pigeon' is no means; telephone, radio, in-person
voice enter --at {past} --with duty-officer --code SAFETY_STOP
    SAFETY_STOP needs the parameter place
voice answer {voice} maybe
    'maybe' is no answer; confirm, dispute or withdraw
voice answer {voice} dispute
    --text: say what was otherwise
voice answer {message} confirm
    no such voice entry is held here
nosuch
    No such command 'nosuch'
"""
"""What is typed, and below it what the answer says. stop, there: a phrase that is whole but for its place."""
LINES = SLIPS.strip().splitlines()


@pytest.mark.parametrize(("typed", "why"), list(zip(LINES[::2], LINES[1::2], strict=True)), ids=LINES[::2])
def test_a_slip_is_one_line_that_says_what_to_do(
    rooms: Rooms, things: dict[str, str], typed: str, why: str
) -> None:
    first, *rest = typed.split()
    opening = {"stop": ("send", *STOP), "there": ("send", *THERE)}.get(first, (first,))
    words = [*opening, *(one.format(**things, past=PAST, late=LATE, never=NEVER) for one in rest)]
    words = [" " if one == "blank" else one for one in words]
    answer = rooms.look("A", *words) if first == "show" else rooms.act("noor", *words)
    assert (answer.status, answer.output) == (2, "")
    assert answer.error.startswith("skyaccord: error: ")
    assert "\n" not in answer.error
    assert why.strip() in answer.error


def test_alarms_that_are_not_listed_are_counted() -> None:
    row = {
        "party": "A", "alarms": [], "alerts": [], "political": [], "circuits": [], "roster": [],
        "rosters_kept": [], "waiting": [], "drill_due_at": None, "alarms_left_out": 1,
    }  # fmt: skip
    assert status_lines(row)[1] == "and 1 alarm more; the oldest loud ones are listed"
    assert not any("more" in one for one in status_lines({**row, "alarms_left_out": 0}))

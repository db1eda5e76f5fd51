"""docs/hotline.md shows what the shell prints: what it shows is typed here again, and compared line by line.

Entries' numbers, times and seconds differ from run to run and count as equal.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skyaccord.base.times import format_utc
from tests.cli.hotline_shell import Answer, Rooms

DOC = Path(__file__).parents[2] / "docs" / "hotline.md"
SAME = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z"), "TIME"),
    (re.compile(r"\b[AB]:\d+"), "REF"),
    (re.compile(r"after \d+ s"), "after N s"),
)
SHOWN = {
    re.sub(r"\s+", " ", line)
    for block in re.findall(r"```console\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
    if not line.startswith(("$ ", "…"))
}


def same(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, word in SAME:
        line = pattern.sub(word, line)
    return re.sub(r"\s+", " ", line)


DOC_LINES = {same(line) for line in SHOWN}


def in_the_page(answer: Answer, *beginnings: str) -> None:
    """Every line that begins so stands in the page as it was printed; and there is one."""
    lines = [same(one) for one in (*answer.lines, answer.error) if one.strip()]
    for beginning in beginnings:
        found = [one for one in lines if one.startswith(beginning)]
        assert found, (beginning, lines)
        assert [one for one in found if one not in DOC_LINES] == []


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return Rooms(tmp_path_factory.mktemp("page"))


def test_what_the_page_shows_is_what_is_printed(rooms: Rooms) -> None:
    now = datetime.now(UTC)
    past, late = format_utc(now - timedelta(minutes=1)), format_utc(now + timedelta(hours=8))
    stop = ("SAFETY_STOP", "--param", "radius=5", "--param", f"time={past}", "--place", "Eastern town")
    error = "skyaccord: error: "
    in_the_page(rooms.act("noor", "send", *stop, "--param", "place=35.41,40.14"), error)
    in_the_page(rooms.act("noor", "send", "STOPPING", "--param", "time=2016-07-17T11:45"), error)
    call = ("RADIO_CHECK", "--param", "callsign=ALFA11", "--param", "frequency=123.45")
    in_the_page(rooms.act("noor", "send", *call), error)
    in_the_page(rooms.act("noor", "send", "POSITION", "--param", "level=25000"), error)

    sent = rooms.said("noor", "send", *stop, "--param", "place=35.33,40.14")
    alert = rooms.alert("B")
    rooms.carry()
    in_the_page(rooms.act("ivan", "read-back", sent, "35 19.800N, 040 08.400E"), "read back place")
    rooms.carry()
    in_the_page(rooms.look("A", "show", sent), "  read back by"[1:])
    in_the_page(rooms.look("A", "list", "--open"), "EXERCISE REF TIME ALERT")
    in_the_page(rooms.act("noor", "ack", alert), "acknowledged REF")
    status = rooms.look("A", "status")
    in_the_page(status, "alarm circuit-down", "accord east", "circuit to B", "rosters are kept", "next drill")

    shift = rooms.said("ivan", "roster", "take", "duty-officer", "--until", late)
    rooms.said("lena", "roster", "take", "deputy", "--until", late)
    rooms.said("lena", "roster", "step", shift, "away", "--note", "at the tower")
    rooms.carry()
    in_the_page(
        rooms.look("A", "roster", "show"), "REF B deputy", "REF B duty-officer", "rosters are kept by"
    )

    started = rooms.act("noor", "drill", "start", "--phrase", "GOODWILL", "--within-s", "30")
    in_the_page(started, "drill started")
    drill = started.output.rsplit("(entry ", 1)[1].rstrip(")\n")
    said = rooms.said("noor", "send", "GOODWILL", "--drill", drill)
    rooms.carry()
    rooms.said("ivan", "ack", said)
    rooms.carry()
    rooms.said("noor", "drill", "close", drill)
    in_the_page(rooms.look("A", "drill", "list"), " GOODWILL → B: acknowledged by", "next drill due")

    spoken = rooms.said(
        "noor", "voice", "enter", "--at", past, "--with", "duty-officer", "--name", "Ivan",
        "--text", "ALFA12 lands at the northern field",
    )  # fmt: skip
    rooms.carry()
    rooms.said("ivan", "voice", "answer", spoken, "confirm")
    rooms.carry()
    in_the_page(rooms.look("A", "voice", "list"), "REF TIME A said by telephone")
    for times, frequency, mark in ((22, "guard-vhf", ("--exercise",)), (10, "123.45", ("--exercise",))):
        rooms.said(
            "noor", "radio", "record", "unknown, heading south", "--frequency", frequency, "--first", past,
            "--times", str(times), *mark,
        )  # fmt: skip
    in_the_page(rooms.look("A", "radio", "list"), "EXERCISE TIME A call to", "32 calls, 32 not answered")

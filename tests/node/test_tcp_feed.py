"""Live feeds against a real TCP server on this machine: lines in, states out, reconnecting for ever."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skyaccord.accord.model import Rule, Tier
from skyaccord.base.errors import InputError
from skyaccord.node.feed import DATA_STALE_S
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.feeds import open_feed
from skyaccord.node.tcp_feed import TcpFeed
from skyaccord.node.watch import Watch
from skyaccord.separation.events import AlertRaised, MonitorEvent
from skyaccord.separation.policy import MonitorPolicy, RuleInForce
from skyaccord.tracks.states import STATE_SCHEMA

NETJSON = Path(__file__).parents[1] / "data" / "readsb_netjson_1.jsonl"
WAIT_S = 10.0


class Receiver:
    """A receiver's port: takes connections, sends what it is told, hangs up when told."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self._server.settimeout(0.05)
        self.port: int = self._server.getsockname()[1]
        self._connection: socket.socket | None = None
        self.taken = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._connection = connection
            self.taken += 1

    def send(self, data: bytes) -> None:
        wait_for(lambda: self._connection is not None)
        assert self._connection is not None
        self._connection.sendall(data)

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        self._stop.set()
        self.hang_up()
        self._server.close()
        self._thread.join()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., TcpFeed]]:
    feeds: list[TcpFeed] = []

    def make(kind: str, port: int, **more: object) -> TcpFeed:
        settings = FeedSettings.model_validate({"kind": kind, "host": "127.0.0.1", "port": port, **more})
        feeds.append(TcpFeed(settings, retry_s=(0.05, 0.1)))
        return feeds[-1]

    yield make
    for feed in feeds:
        feed.close()


def drained(feed: TcpFeed, rows: int) -> list[dict[str, object]]:
    """Poll until this many states have come."""
    found: list[dict[str, object]] = []

    def enough() -> bool:
        batch = feed.poll(datetime.now(UTC))
        assert dict(batch.schema) == STATE_SCHEMA
        found.extend(batch.to_dicts())
        return len(found) >= rows

    wait_for(enough)
    return found


def test_a_real_json_port_stream_becomes_states(receiver: Receiver, listen: Callable[..., TcpFeed]) -> None:
    feed = listen("readsb", receiver.port, name="roof", attribution="ours")
    receiver.send(NETJSON.read_bytes() + b"\n")
    positioned = [
        record
        for line in NETJSON.read_text().splitlines()
        if "lat" in (record := json.loads(line.rstrip(",")))
    ]
    states = drained(feed, len(positioned) - 1)
    first = next(state for state in states if state["icao24"] == "aa6abc")
    assert first["callsign"] == "TIV770"
    assert first["altitude"] == 38_875
    assert first["groundspeed"] == 477.1
    assert first["latitude"] == pytest.approx(35.546497)
    age_s = (datetime.now(UTC) - first["timestamp"]).total_seconds()  # type: ignore[operator]
    assert 2.4 <= age_s < 2.4 + WAIT_S + 1  # made `seen_pos` before it arrived
    status = feed.status(datetime.now(UTC))
    assert (status.state, status.name, status.attribution, status.replay) == ("live", "roof", "ours", False)
    assert status.states == len(states)


def test_sbs_messages_are_put_together(receiver: Receiver, listen: Callable[..., TcpFeed]) -> None:
    feed = listen("sbs", receiver.port, timezone="Europe/Paris")
    when = "2026/02/24,15:57:36.250,2026/02/24,15:57:36.300"
    receiver.send(
        f"MSG,1,0,0,1012B,0,{when},MSR778,,,,,,,,,,,\r\n"
        f"MSG,4,0,0,1012B,0,{when},,,476.9,113.6,,,64,,,,,\r\n"
        f"MSG,6,0,0,1012B,0,{when},,,,,,,,1234,0,0,0,0\r\n"
        f"MSG,3,0,0,1012B,0,{when},,37000,,,50.690460,3.128951,,,0,0,0,0\r\n"
        f"MSG,2,0,0,abc,0,{when},,,12,90,50.6,3.1,,,0,0,0,-1\r\n".encode()
    )
    flying, parked = drained(feed, 2)
    assert flying["icao24"] == "01012b"
    assert flying["timestamp"] == datetime(2026, 2, 24, 14, 57, 36, 250_000, tzinfo=UTC)
    assert (flying["callsign"], flying["squawk"]) == ("MSR778", "1234")
    assert (flying["altitude"], flying["groundspeed"], flying["track"]) == (37_000, 476.9, 113.6)
    assert flying["vertical_rate"] == 64
    assert parked["icao24"] == "000abc"
    assert parked["onground"] is True
    assert parked["altitude"] is None


def test_bad_lines_are_counted_and_the_good_ones_stay(
    receiver: Receiver, listen: Callable[..., TcpFeed]
) -> None:
    feed = listen("sbs", receiver.port)
    receiver.send(
        b"hello\nMSG,3,0,0,abc,0,,,,,,9000,,,4330.0,3.1,,,,,,\nMSG,3,0,0,zz,0,,,,,,9000,,,43.0,3.1,,,,,,\n"
    )
    receiver.send(b"\xff\xfe\n" + b"MSG,3,0,0,abc,0,,,,,,9000,,,43.0,3.1,,,,,,\n")
    [state] = drained(feed, 1)
    assert state["latitude"] == 43.0
    counts = feed.counts
    assert counts["accepted"] == 1
    assert counts["refused: not an SBS message"] == 2
    assert counts["refused: latitude outside -90..90"] == 1
    assert counts["refused: icao24 is not six hex digits"] == 1


def test_it_connects_again_after_a_hang_up_and_a_restart(listen: Callable[..., TcpFeed]) -> None:
    first = Receiver()
    feed = listen("sbs", first.port)
    line = b"MSG,3,0,0,abc%03d,0,,,,,,9000,,,43.0,3.1,,,,,,\n"
    first.send(line % 1)
    drained(feed, 1)
    first.hang_up()
    wait_for(lambda: first.taken == 2)
    first.send(line % 2)
    drained(feed, 1)
    first.close()
    wait_for(lambda: "trying again" in feed.status(datetime.now(UTC)).reason)
    second = Receiver(first.port)
    try:
        second.send(line % 3)
        assert drained(feed, 1)[0]["icao24"] == "abc003"
        assert feed.counts["connections"] >= 3
        assert feed.status(datetime.now(UTC)).reason == ""
    finally:
        second.close()


def test_nobody_there_is_stale_with_the_reason(listen: Callable[..., TcpFeed]) -> None:
    closed = Receiver()
    closed.close()
    feed = listen("readsb", closed.port)
    wait_for(lambda: "trying again" in feed.status(datetime.now(UTC)).reason)
    status = feed.status(datetime.now(UTC) + timedelta(seconds=DATA_STALE_S + 1))
    assert status.state == "stale"
    assert "nothing heard" in status.reason
    assert f"127.0.0.1:{closed.port}" in status.reason
    assert status.age_s is None


def test_a_line_cut_in_two_packets_is_one_line(receiver: Receiver, listen: Callable[..., TcpFeed]) -> None:
    feed = listen("sbs", receiver.port)
    receiver.send(b"MSG,3,0,0,abc123,0,,,,,,90")
    time.sleep(0.05)
    assert feed.poll(datetime.now(UTC)).is_empty()
    receiver.send(b"00,,,43.0,3.1,,,,,,\n")
    assert drained(feed, 1)[0]["altitude"] == 9000


def test_a_watch_on_a_live_feed_raises_an_alert(receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "parties.csv").write_text("icao24,party\naaaaaa,A\nbbbbbb,B\n")
    settings = FeedSettings(kind="readsb", host="127.0.0.1", port=receiver.port, party_map="parties.csv")
    feed = open_feed(settings, tmp_path)
    rule = RuleInForce(
        None,
        Rule(id="r", horizontal_nm=3.0, vertical_ft=1000.0),
        (Tier(name="warning", lookahead_s=60.0),),
    )
    events: list[MonitorEvent] = []
    watch = Watch(
        feed, MonitorPolicy((rule,), None, feed.parties), on_events=lambda _time, heard: events.extend(heard)
    )
    try:
        began = datetime.now(UTC)
        for address, longitude, track in (("aaaaaa", 3.0, 90.0), ("bbbbbb", 3.2, 270.0)):
            record = {
                "hex": address,
                "lat": 43.0,
                "lon": longitude,
                "alt_baro": 9000,
                "gs": 400,
                "track": track,
            }
            receiver.send(json.dumps(record).encode() + b"\n")

        def stepped() -> bool:
            watch.advance(datetime.now(UTC))
            return len(watch.picture) == 2

        wait_for(stepped)
        watch.advance(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5))  # the clock moves on
        assert [type(event) for event in events] == [AlertRaised]
        assert events[0].sky_time >= began.replace(microsecond=0)
        assert events[0].parties == ("A", "B")
    finally:
        feed.close()


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"kind": "sbs"}, "host"),
        ({"kind": "sbs", "host": "a", "port": 1, "files": ["x"]}, "files"),
        ({"kind": "readsb", "host": "a", "port": 1, "speed": 10}, "speed"),
        ({"kind": "replay"}, "at least one file"),
        ({"kind": "replay", "files": ["a"], "port": 30003}, "port"),
        ({"kind": "sbs", "host": "a", "port": 70000}, "port"),
    ],
)
def test_wrong_settings_say_what(table: dict[str, object], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        FeedSettings.model_validate(table)


def test_a_zone_that_is_none_is_refused(tmp_path: Path) -> None:
    settings = FeedSettings(kind="sbs", host="127.0.0.1", port=1, timezone="Moscow time")
    with pytest.raises(InputError, match="'Moscow time' is no time zone"):
        open_feed(settings, tmp_path)

"""Flight logs that SkyAccord does not read, taken apart just far enough to try the cleaning on them.

MAVLink telemetry, PX4 logs and Remote ID say heights by satellite or above take-off, and not the pressure
altitude that aircraft are separated by: that is why there are no readers for them. The cleaning looks at
positions and at how altitudes change, so for its sake the height stands in for the altitude here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from skyaccord.airspace.units import KT_TO_MPS, M_PER_FT
from skyaccord.tracks.states import STATE_SCHEMA, conform

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TLOG, ULOG, PCAP, PCAPNG = "MAVLink tlog", "PX4 ULog", "pcap", "pcapng"


def foreign_format(data: bytes) -> str | None:
    """Which of these formats it is, if any."""
    if data.startswith(b"ULog"):
        return ULOG
    if data.startswith(b"\xd4\xc3\xb2\xa1"):
        return PCAP
    if data.startswith(b"\n\r\r\n"):
        return PCAPNG
    return TLOG if data[:1] == b"\0" and data[8:9] in (b"\xfe", b"\xfd") else None


def foreign_states(data: bytes) -> pl.DataFrame:
    """States of one of these files; columns of STATE_SCHEMA, and the altitude is a height by satellite."""
    kind = foreign_format(data)
    rows = list(
        _tlog(data) if kind == TLOG else _ulog(data) if kind == ULOG else _remote_id(_packets(data, kind))
    )
    schema = {name: STATE_SCHEMA[name] for name in rows[0]} if rows else STATE_SCHEMA
    return conform(pl.DataFrame(rows, schema=schema))


def _state(micros: float, name: str, latitude: float, longitude: float, height_m: float) -> dict[str, Any]:
    return {
        "timestamp": EPOCH + timedelta(microseconds=micros),
        "icao24": name,
        "latitude": latitude,
        "longitude": longitude,
        "altitude": height_m / M_PER_FT,
    }


def _tlog(data: bytes) -> Iterator[dict[str, Any]]:
    """GLOBAL_POSITION_INT (33) of MAVLink 1: https://mavlink.io/en/messages/common.html"""
    place = 0
    while place + 17 <= len(data):
        (micros,) = struct.unpack_from(">Q", data, place)
        if data[place + 8] != 0xFE:
            place += 1
            continue
        length, message = data[place + 9], data[place + 13]
        if message == 33:
            _, latitude, longitude, height, _, north, east, _, _ = struct.unpack_from(
                "<IiiiihhhH", data, place + 14
            )
            speed = (north**2 + east**2) ** 0.5 / 100 / KT_TO_MPS
            state = _state(micros, "~00000a", latitude / 1e7, longitude / 1e7, height / 1000)
            yield {**state, "groundspeed": speed}
        place += 8 + 6 + length + 2


def _ulog(data: bytes) -> Iterator[dict[str, Any]]:
    """vehicle_gps_position: https://docs.px4.io/main/en/dev_log/ulog_file_format.html"""
    sizes = {"int64_t": 8, "uint64_t": 8, "int32_t": 4, "uint32_t": 4, "float": 4, "double": 8}
    sizes |= {"int16_t": 2, "uint16_t": 2, "int8_t": 1, "uint8_t": 1, "bool": 1, "char": 1}
    offsets: dict[str, int] = {}
    wanted: int | None = None
    place = 16
    while place + 3 <= len(data):
        length, kind = struct.unpack_from("<HB", data, place)
        body = data[place + 3 : place + 3 + length]
        place += 3 + length
        if kind == ord("F") and body.startswith(b"vehicle_gps_position:"):
            offset = 0
            for field in body.decode().partition(":")[2].split(";"):
                if field:
                    what, name = field.split(" ")
                    what, _, count = what.partition("[")
                    offsets[name] = offset
                    offset += sizes[what] * int(count.rstrip("]") or 1)
        elif kind == ord("A") and body[3:] == b"vehicle_gps_position" and body[0] == 0:
            (wanted,) = struct.unpack_from("<H", body, 1)
        elif kind == ord("D") and struct.unpack_from("<H", body)[0] == wanted:
            values = [
                struct.unpack_from(form, body, 2 + offsets[name])[0]
                for name, form in (("time_utc_usec", "<Q"), ("lat", "<i"), ("lon", "<i"), ("alt", "<i"))
            ]
            yield _state(values[0], "~00000b", values[1] / 1e7, values[2] / 1e7, values[3] / 1000)


def _packets(data: bytes, kind: str | None) -> Iterator[tuple[float, bytes]]:
    """Microseconds since 1970, bytes of each packet; little-endian captures."""
    if kind == PCAP:
        place = 24
        while place + 16 <= len(data):
            seconds, micros, length, _ = struct.unpack_from("<IIII", data, place)
            yield seconds * 1e6 + micros, data[place + 16 : place + 16 + length]
            place += 16 + length
        return
    place = 0
    while place + 12 <= len(data):
        block, length = struct.unpack_from("<II", data, place)
        if block == 6:
            _, high, low, captured, _ = struct.unpack_from("<IIIII", data, place + 8)
            packet = data[place + 28 : place + 28 + captured]
            if packet[8] & 1:  # the sniffer's own header says whether the packet's checksum was right
                yield float(high << 32 | low), packet
        place += max(length, 12)


def _remote_id(packets: Iterator[tuple[float, bytes]]) -> Iterator[dict[str, Any]]:
    """Location messages (type 1, 25 bytes), alone or in a pack: ASTM F3411, by opendroneid-core-c."""
    for micros, packet in packets:
        for start in range(len(packet) - 24):
            message = packet[start : start + 25]
            before = packet[max(0, start - 4) : start]
            follows = before[-3:-1] in (b"\xf0\x19", b"\xf1\x19", b"\xf2\x19") or before[-2:-1] == b"\x0d"
            in_pack = start >= 28 and packet[start - 25] >> 4 == 0 and packet[start - 28] >> 4 == 15
            if message[0] >> 4 != 1 or not (follows or in_pack):
                continue
            latitude, longitude, _, height = struct.unpack_from("<iiHH", message, 5)
            if (latitude or longitude) and abs(latitude) <= 9e8 and abs(longitude) <= 18e8:
                speed = message[3] * (0.75 if message[1] & 1 else 0.25) + 63.75 * (message[1] & 1)
                state = _state(micros, "~00000c", latitude / 1e7, longitude / 1e7, height * 0.5 - 1000)
                yield {**state, "groundspeed": speed / KT_TO_MPS}

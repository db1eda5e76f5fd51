"""What is written out by hand, for speed, is byte for byte what the general way writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as DsseEnvelope

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import pae, payload_type, sign_dsse, write_dsse
from skyaccord.record.envelope import Header, make_header, open_envelope, seal, seal_next, write_body
from skyaccord.record.fields import EVERY_PEER, SEQUENCE_MAX
from skyaccord.record.keys import PartyKey

KEY = PartyKey.generate(SeededRandomness(3))
PARTIES = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z")
HASHES = st.from_regex(r"\A[0-9a-f]{64}\Z")
KINDS = st.from_regex(r"\A[a-z][a-z0-9-]{0,8}(\.[a-z0-9-]{1,8}){0,3}\Z")
TIMES = st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30)).map(  # noqa: DTZ001 (given a zone next)
    lambda moment: moment.replace(tzinfo=UTC)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
HEADERS = st.builds(
    lambda party, digits, **more: Header(origin=f"skyaccord.journal/{party}/{digits}", **more),
    PARTIES,
    st.from_regex(r"\A[0-9a-f]{16}\Z"),
    sequence=st.integers(0, SEQUENCE_MAX),
    previous=HASHES,
    kind=KINDS,
    accord=st.none() | HASHES.map("sha256:{}".format),
    recipients=st.just([EVERY_PEER]) | st.lists(PARTIES, unique=True, max_size=4),
    sky_time=TIMES,
    recorded_at=TIMES,
    exercise=st.booleans(),
)


@given(HEADERS, st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_an_envelope_is_the_canonical_json_of_header_and_body(header: Header, body: dict[str, Any]) -> None:
    try:
        payload = canonical_json({**header.model_dump(), "body": body})
    except UnicodeEncodeError:
        with pytest.raises(RefusedError, match="not JSON"):
            seal(header, body, KEY)
        return
    assert seal(header, body, KEY) == canonical_json(sign_dsse(header.kind, payload, KEY))


@given(HEADERS)
def test_the_next_envelope_is_that_of_its_header(header: Header) -> None:
    assert _next(header) == seal(header, {"a": 1}, KEY)


def _next(header: Header, **other: Any) -> bytes:
    fields = {**header.model_dump(), **_times(header), "previous": bytes.fromhex(header.previous), **other}
    return seal_next(
        KEY, fields["origin"], fields["sequence"], fields["previous"], fields["kind"], fields["accord"],
        tuple(fields["recipients"]), fields["sky_time"], fields["recorded_at"], fields["exercise"],
        write_body({"a": 1}),
    )  # fmt: skip


def _times(header: Header) -> dict[str, datetime]:
    return {"sky_time": header.sky_time, "recorded_at": header.recorded_at}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "A"),
        ("sequence", -1),
        ("sequence", SEQUENCE_MAX + 1),
        ("previous", bytes(31)),
        ("kind", "Note"),
        ("accord", "sha256:1"),
        ("recipients", ["A", "A"]),
        ("recipients", [["A"]]),
        ("recipients", ['A"']),
        ("sky_time", datetime(1899, 12, 31, tzinfo=UTC)),
        ("sky_time", datetime(2025, 6, 2)),  # noqa: DTZ001 (that is the point)
        ("recorded_at", datetime(3000, 1, 1, tzinfo=UTC)),
        ("exercise", 1),
    ],
)
def test_the_next_envelope_is_refused_as_its_header_is(name: str, value: Any) -> None:
    moment = datetime(2025, 6, 2, tzinfo=UTC)
    fields: dict[str, Any] = {
        "origin": "skyaccord.journal/A/0123456789abcdef", "sequence": 1, "previous": "ab" * 32,
        "kind": "note", "accord": None, "recipients": ["*"], "sky_time": moment, "recorded_at": moment,
        "exercise": True,
    }  # fmt: skip
    header = make_header(**fields)
    assert _next(header) == seal(header, {"a": 1}, KEY)
    text = value.hex() if isinstance(value, bytes) else value
    with pytest.raises(RefusedError) as expected:
        make_header(**{**fields, name: text})
    with pytest.raises(RefusedError) as found:
        _next(header, **{name: value})
    assert str(found.value) == str(expected.value)


@given(KINDS, st.binary(max_size=300))
def test_dsse_is_what_securesystemslib_signs(kind: str, payload: bytes) -> None:
    assert pae(kind, payload) == DsseEnvelope(payload, payload_type(kind), {}).pae()
    assert write_dsse(kind, payload, KEY) == canonical_json(sign_dsse(kind, payload, KEY))


@pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": b""}, {"x": datetime(2025, 1, 1, tzinfo=UTC)}])
def test_what_is_no_json_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="the body is not JSON"):
        write_body(body)


def test_a_body_nested_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"x": deep}
    with pytest.raises(RefusedError, match="the body is not JSON"):
        write_body(deep)
    while deep:  # taken apart one by one: a chain this long is not to be freed in one go
        deep = deep["x"]


def test_half_a_surrogate_pair_is_refused() -> None:
    moment = datetime(2025, 6, 2, tzinfo=UTC) + timedelta(milliseconds=5)
    header = Header(
        origin="skyaccord.journal/A/0123456789abcdef", sequence=1, previous="ab" * 32, kind="note",
        accord=None, recipients=["*"], sky_time=moment, recorded_at=moment, exercise=True,
    )  # fmt: skip
    with pytest.raises(RefusedError, match="not JSON"):
        seal(header, {"text": "\ud800"}, KEY)
    assert open_envelope(seal(header, {"text": "ф"}, KEY), KEY.public).header == header

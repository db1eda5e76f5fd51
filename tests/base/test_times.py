"""UTC in, UTC out; a time without a zone is refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc, from_epoch, parse_utc


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_what_is_written_reads_back_as_the_same_instant(naive: datetime, offset_h: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(hours=offset_h)))
    text = format_utc(moment)
    assert text.endswith("Z")
    assert abs(parse_utc(text) - moment) < timedelta(milliseconds=1)
    assert parse_utc(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["2025-06-02T20:11:56", "2025-06-02", "2025-06-02 20:11"])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"day\.toml, line 3: .* has no time zone; add Z for UTC"):
        parse_utc(text, where="day.toml, line 3")


def test_what_is_no_time_is_refused_with_an_example() -> None:
    with pytest.raises(InputError, match="'noon' is not a time; write it like 2025-06-02T20:11:56Z"):
        parse_utc("noon")


def test_a_naive_datetime_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_utc(datetime(2025, 6, 2))  # noqa: DTZ001


def test_epoch_seconds_are_utc() -> None:
    assert format_utc(from_epoch(1748822400)) == "2025-06-02T00:00:00.000Z"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_is_none_in_utc_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="outside the years 1 to 9999"):
        parse_utc(text)

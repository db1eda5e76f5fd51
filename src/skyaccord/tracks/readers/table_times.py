"""Times of tables. With a zone, or as an epoch, they are UTC; without a zone they are refused, not guessed.

Numbers are seconds, milliseconds, microseconds or nanoseconds since 1970 (told by their size), as pandas,
Polars and OpenSky write them. Texts are ISO 8601, with `T` or a blank, with `Z`, `UTC` or an offset.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from skyaccord.base.errors import InputError

NOT_UNDERSTOOD: Final = "time is not understood"

_MICROSECONDS: Final = ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (float("inf"), 1e-3))
"""(below this size, times this gives microseconds): 1e11 s is the year 5138, 1e11 ms is 1973."""

_MICROSECONDS_MAX: Final = 6e16
"""Some 1,900 years either way of 1970: what Python's own times can hold. Nothing real is lost."""

_ISO: Final = (
    r"^\s*(?P<date>\d{4}-\d{2}-\d{2})[T ](?P<clock>\d{2}:\d{2})(?P<seconds>:\d{2}(?:\.\d{1,9})?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?\s*$"
)


class TableTimes:
    """Turns a time column into UTC. `timezone`: what times without a zone are in; None refuses them.

    `localised` is True once a time without a zone was read, so that provenance can say with which zone.
    Raises InputError for a zone that does not exist, and (`read`) for a time without a zone if none was
    given.
    """

    def __init__(self, timezone: str | None, where: str) -> None:
        self.timezone = check_timezone(timezone) if timezone is not None else None
        self.localised = False
        self._where = where

    def read(self, times: pl.Series, lines: pl.Series) -> pl.DataFrame:
        """Columns `timestamp` (UTC, null where there is none) and `problem` (a reason, or null).

        lines: the line or row number of each time, for messages.
        """
        dtype = times.dtype
        if dtype.is_numeric():
            return _result(_from_epoch(times))
        if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
            return _result(times.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC")))
        if isinstance(dtype, pl.Datetime) or dtype == pl.Date:
            naive = times.cast(pl.Datetime("us"))
            utc = self._localise(naive, naive.is_not_null(), naive.cast(pl.String), lines)
            return _result(utc, self._clock_change(naive, utc))
        return self._from_text(times.cast(pl.String, strict=False), lines)

    def _from_text(self, times: pl.Series, lines: pl.Series) -> pl.DataFrame:
        text = times.str.strip_chars()
        missing = text.is_null() | text.str.to_lowercase().is_in(["", "nan", "nat", "none", "null"])
        epoch = _from_epoch(text.cast(pl.Float64, strict=False))
        parts = text.str.extract_groups(_ISO).struct.unnest()
        naive = (parts["date"] + " " + parts["clock"] + parts["seconds"].fill_null(":00")).str.to_datetime(
            "%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False
        )
        minutes = parts["hours"].cast(pl.Int64).fill_null(0) * 60 + parts["minutes"].cast(pl.Int64).fill_null(
            0
        )
        offset_min = pl.select(pl.when(parts["sign"] == "-").then(-minutes).otherwise(minutes)).to_series()
        zoned = (naive - (offset_min * 60_000_000).cast(pl.Duration("us"))).dt.replace_time_zone("UTC")
        zoneless = naive.is_not_null() & parts["zone"].is_null()
        utc = pl.select(pl.when(zoneless).then(None).otherwise(pl.coalesce(zoned, epoch))).to_series()
        if zoneless.any():
            local = self._localise(naive, zoneless, text, lines)
            utc = pl.select(pl.when(zoneless).then(local).otherwise(utc)).to_series()
        change = self._clock_change(pl.select(pl.when(zoneless).then(naive)).to_series(), utc)
        other = pl.select(utc.is_null() & ~missing & ~zoneless).to_series()
        if other.any():
            utc = self._other_iso(text, utc, other, lines)
        problem = pl.select(
            pl.when(change.is_not_null())
            .then(change)
            .when(utc.is_null() & ~missing)
            .then(pl.lit(NOT_UNDERSTOOD))
            .otherwise(None)
        ).to_series()
        return _result(utc, problem)

    def _other_iso(self, text: pl.Series, utc: pl.Series, other: pl.Series, lines: pl.Series) -> pl.Series:
        """The rarer ISO forms (20250602T201156Z, a date alone), one at a time."""
        found: list[datetime | None] = utc.to_list()
        for index in other.arg_true().to_list():
            try:
                moment = datetime.fromisoformat(text[index])
                if moment.tzinfo is None:
                    local = self._localise(
                        pl.Series([moment], dtype=pl.Datetime("us")),
                        pl.Series([True]),
                        text[index : index + 1],
                        lines[index : index + 1],
                    )
                    found[index] = local[0]
                else:
                    found[index] = moment.astimezone(UTC)
            except (ValueError, OverflowError):
                continue
        return pl.Series(found, dtype=pl.Datetime("us", "UTC"))

    def _localise(
        self, naive: pl.Series, zoneless: pl.Series, shown: pl.Series, lines: pl.Series
    ) -> pl.Series:
        if not zoneless.any():
            return naive.dt.replace_time_zone("UTC")
        if self.timezone is None:
            index = zoneless.arg_true()[0]
            raise InputError(
                f"time {shown[index]} has no zone",
                where=f"{self._where}, line {lines[index]}, column timestamp",
                do="pass --timezone with the zone it was written in, such as --timezone UTC",
            )
        self.localised = True
        local = naive.dt.replace_time_zone(self.timezone, ambiguous="null", non_existent="null")
        return local.dt.convert_time_zone("UTC")

    def _clock_change(self, naive: pl.Series, utc: pl.Series) -> pl.Series:
        """A reason where a local time exists twice or not at all, because the clocks were changed."""
        reason = f"time falls into a clock change of {self.timezone}"
        lost = naive.is_not_null() & utc.is_null()
        return pl.select(
            pl.when(lost).then(pl.lit(reason)).otherwise(pl.lit(None, dtype=pl.String))
        ).to_series()


def check_timezone(timezone: str) -> str:
    """The name as given. Raises InputError if there is no such zone."""
    try:
        if not timezone.strip():
            raise ValueError("empty")
        pl.Series([datetime(2000, 1, 1)]).dt.replace_time_zone(timezone)  # noqa: DTZ001 (that is the point)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise InputError(
            f"{timezone!r} is no time zone",
            where="--timezone",
            do="write UTC or a name such as Europe/Zurich",
        ) from error
    return timezone


def _from_epoch(numbers: pl.Series) -> pl.Series:
    value = pl.Series("epoch", numbers).cast(pl.Float64)
    size = value.abs()
    scaled: Any = pl.when(~value.is_finite()).then(None)
    for below, factor in _MICROSECONDS:
        scaled = scaled.when(size < below).then(value * factor)
    micros = pl.select(scaled.otherwise(None).alias("us")).to_series()
    return (
        pl.select(
            pl.when(micros.abs() < _MICROSECONDS_MAX)
            .then(micros.round())
            .otherwise(None)
            .cast(pl.Int64, strict=False)
        )
        .to_series()
        .cast(pl.Datetime("us", "UTC"))
    )


def _result(utc: pl.Series, problem: pl.Series | None = None) -> pl.DataFrame:
    reasons = problem if problem is not None else pl.Series([None] * len(utc), dtype=pl.String)
    return pl.DataFrame({"timestamp": utc, "problem": reasons})

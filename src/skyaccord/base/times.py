"""UTC in, UTC out. A time without a zone is refused (DOMAIN: "11:45 am Eastern *Standard* Time" in July)."""

from __future__ import annotations

from datetime import UTC, datetime

from skyaccord.base.errors import InputError


def parse_utc(text: str, *, where: str | None = None) -> datetime:
    """An ISO 8601 time with a zone, as aware UTC. Raises InputError for no zone or no time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a time", where=where, do="write it like 2025-06-02T20:11:56Z"
        ) from error
    if moment.tzinfo is None:
        raise InputError(
            f"{text!r} has no time zone", where=where, do="add Z for UTC, or an offset like +03:00"
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # year 1 far in the east, year 9999 far in the west: it is none in UTC
        raise InputError(f"{text!r} is outside the years 1 to 9999", where=where) from None


def format_utc(moment: datetime) -> str:
    """ISO 8601 with milliseconds and `Z`. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be written")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_epoch(seconds: float) -> datetime:
    """Seconds since 1970-01-01T00:00:00Z as aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def span(seconds: float) -> str:
    """A length of time as a person would say it, without its sign: `400 days`, `26 hours`, `61.0 s`.

    >>> span(400 * 86_400.0), span(-93_600.0), span(61.0)
    ('400 days', '26 hours', '61.0 s')
    """
    for unit, size_s in (("days", 86_400.0), ("hours", 3_600.0)):
        if abs(seconds) >= 2.0 * size_s:
            return f"{abs(seconds) / size_s:.0f} {unit}"
    return f"{abs(seconds):.1f} s"

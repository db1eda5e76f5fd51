"""The small types: times that can be computed with, and lines that read as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from skyaccord.record.fields import Name, UtcTime

TIME: TypeAdapter[Any] = TypeAdapter(UtcTime)
NAME: TypeAdapter[Any] = TypeAdapter(Name)


@pytest.mark.parametrize(
    "text", ["1900-01-01T00:00:00Z", "2015-10-20T09:00:00.5+03:00", "2999-12-31T23:59:59Z"]
)
def test_times_of_the_years_of_aviation_are_taken(text: str) -> None:
    assert TIME.validate_python(text) == datetime.fromisoformat(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z"])
def test_times_at_the_ends_of_the_calendar_are_refused(text: str) -> None:
    for value in (text, datetime.fromisoformat(text)):
        with pytest.raises(ValidationError, match="outside the years 1900 to 2999"):
            TIME.validate_python(value)
    with pytest.raises(ValidationError, match="outside the years"):
        TIME.validate_python(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize("name", ["Капитан Иванов", "ضابط\u200cالخدمة", "Ms. O'Neil-Smith"])
def test_names_of_any_script_are_taken(name: str) -> None:
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["two\nlines", "bell\x07", "\x85", "a\u2028b", "\u202eB ytraP", "\u2066x", "  "]
)
def test_a_name_that_reads_otherwise_than_it_is_stored_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"one line|invisible"):
        NAME.validate_python(name)

"""What is said of a circuit follows from when a person there was last heard, and from its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from skyaccord.accord.procedures import CircuitChecks
from skyaccord.hotline.alarms import of_circuit
from skyaccord.hotline.circuit import Circuit, Heard, LineWord, Owed, Wire, circuit, unchecked

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)
TERMS = CircuitChecks(every_s=3600, role="duty-officer", answer_within_s=60, missed_max=2)


class Check:
    """A check that was sent so many seconds after T0; answered so many seconds later, or not."""

    def __init__(self, sent_s: float, took_s: float | None = None) -> None:
        self.sent_at = T0 + timedelta(seconds=sent_s)
        self.acknowledged_at = None if took_s is None else self.sent_at + timedelta(seconds=took_s)

    def seconds(self, moment: datetime | None) -> float | None:
        return None if moment is None else (moment - self.sent_at).total_seconds()


def at(
    after_s: float, *checks: Check, heard_s: float | None = None, line: LineWord = "up", since_s: float = 0.0
) -> Circuit:
    """The circuit so many seconds after T0, when the accord came into force."""
    heard_at = None if heard_s is None else T0 + timedelta(seconds=heard_s)
    found: Any = Heard(heard_at, tuple(checks))  # type: ignore[arg-type]
    wire = Wire(line, T0 + timedelta(seconds=since_s))
    return circuit("B", Owed(TERMS, T0), found, T0 + timedelta(seconds=after_s), wire)


@pytest.mark.parametrize(
    ("after_s", "checks", "heard_s", "line", "state"),
    [
        (10, (), None, "up", "untried"),
        (3599, (), None, "up", "untried"),
        (3600, (), None, "up", "due"),
        (3660, (), None, "up", "overdue"),
        (10, (), 5, "up", "good"),
        (3604, (), 5, "up", "good"),
        (3606, (), 5, "up", "due"),
        (3666, (), 5, "up", "overdue"),
        (30, (Check(0),), None, "up", "asked"),
        (61, (Check(0),), None, "up", "missed"),
        (200, (Check(0), Check(100)), None, "up", "silent"),
        (200, (Check(0), Check(100, 5)), 105, "up", "good"),
        (200, (Check(0), Check(100)), 150, "up", "good"),  # heard since, by whatever they said
        (10, (), 5, "down", "down"),
        (10, (), 5, "refused", "down"),
        (10, (), None, "down", "down"),
        (4000, (), None, "down", "down"),
        (200, (Check(0), Check(100)), None, "down", "silent"),  # the graver word stands
        (10, (), 5, "unknown", "good"),
    ],
)
def test_a_circuit_is_good_only_while_somebody_there_was_lately_heard(
    after_s: float, checks: tuple[Check, ...], heard_s: float | None, line: LineWord, state: str
) -> None:
    assert at(after_s, *checks, heard_s=heard_s, line=line).state == state


def test_a_line_that_is_down_is_an_alarm_since_it_fell_whatever_was_heard_before() -> None:
    (alarm,) = of_circuit(at(500, heard_s=490, line="down", since_s=495), "duty-officer", T0)
    assert (alarm.code, alarm.loud) == ("circuit-down", False)
    assert alarm.since == T0 + timedelta(seconds=495)
    both = of_circuit(at(200, Check(0), Check(100), line="down"), "duty-officer", T0)
    assert [(one.code, one.loud) for one in both] == [("circuit-silent", True), ("circuit-down", False)]
    assert of_circuit(at(500, heard_s=490), "duty-officer", T0) == []


def test_without_an_accord_that_asks_for_checks_nothing_good_is_said() -> None:
    lately = Heard(T0, ())
    assert unchecked("B", lately, Wire("up", T0)).state == "unchecked"
    assert unchecked("B", lately, Wire("down", T0)).state == "down"
    assert unchecked("B", lately, Wire("down", T0)).due_at is None

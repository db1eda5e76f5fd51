"""Entries about the sky as two nodes would journal them, without keys: header, body, reference."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef

T0 = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)
WALL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "ab" * 32
PAIR = ("a00001", "b00001")

Said = tuple[EntryRef, Header, dict[str, Any]]


def sky(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def text(seconds: float) -> str:
    return format_utc(sky(seconds))


@dataclass
class Teller:
    """One party's journal, as projections see it."""

    party: str
    entries: list[Said] = field(default_factory=list)

    def say(self, kind: str, body: dict[str, Any], at_s: float, accord: str | None = DIGEST) -> Said:
        sequence = len(self.entries)
        origin = f"skyaccord.journal/{self.party}/{ord(self.party):016x}"
        header = Header(
            origin=origin,
            sequence=sequence,
            previous="0" * 64,
            kind=kind,
            accord=accord,
            recipients=["*"],
            sky_time=sky(at_s),
            recorded_at=WALL + timedelta(seconds=at_s / 10),
            exercise=True,
        )
        leaf = f"{ord(self.party):032x}{sequence:032x}"
        said = (EntryRef(origin=origin, sequence=sequence, leaf=leaf), header, body)
        self.entries.append(said)
        return said

    def alert(
        self, state: str, at_s: float, *, name: str = "k1", raised_s: float | None = None,
        cpa_s: float | None = None, pair=PAIR, tier: str = "advisory", accord: str | None = DIGEST,
    ) -> Said:  # fmt: skip
        body = {
            **common(pair),
            "alert": name,
            "state": state,
            "rule": "three",
            "tier": tier,
            "raised_at": text(at_s if raised_s is None else raised_s),
            "inside": False,
            "time_to_cpa_s": 0.0 if cpa_s is None else cpa_s - at_s,
            "cpa_time": text(at_s if cpa_s is None else cpa_s),
            "predicted_horizontal_nm": 1.0,
            "predicted_vertical_ft": 0.0,
            "horizontal_nm": 5.0,
            "vertical_ft": None,
            "closing_kt": 120.0,
            "asks": {"A": "duty-officer", "B": "duty-officer"},
        }
        return self.say("alert", body, at_s, accord)

    def encounter(
        self, state: str, at_s: float, *, start_s: float = 100, end_s: float | None = None,
        verdict: str = "infringement", pair=PAIR, accord: str | None = DIGEST,
    ) -> Said:  # fmt: skip
        body = {"state": state, "observation": encounter(start_s, end_s, verdict, pair)}
        return self.say("encounter", body, at_s, accord)

    def approach(self, state: str, at_s: float, *, start_s: float = 0, end_s: float | None = None) -> Said:
        return self.say("approach", {"state": state, "observation": approach(start_s, end_s)}, at_s, None)

    def opening(
        self, at_s: float, reason: str, observation: dict[str, Any] | None, *, about: Said | None = None,
        accord: str | None = DIGEST, statement: dict[str, Any] | None = None, pair=PAIR,
    ) -> Said:  # fmt: skip
        body = {
            "pair": list(pair),
            "reason": reason,
            "about": about[0].model_dump(mode="json") if about else None,
            "observation": observation,
            "statement": statement,
        }
        return self.say("incident.opened", body, at_s, accord)


def common(pair=PAIR) -> dict[str, Any]:
    return {
        "pair": list(pair),
        "callsigns": ["ALFA01", None],
        "parties": ["A", "B"],
        "confident": True,
        "reason": "they close at 120 kt",
    }


def encounter(start_s: float, end_s: float | None, verdict: str, pair=PAIR) -> dict[str, Any]:
    return {
        **common(pair),
        "rule": "three",
        "start_time": text(start_s),
        "end_time": None if end_s is None else text(end_s),
        "dwell_s": 70.0,
        "cpa_time": text(start_s),
        "cpa_horizontal_nm": 0.5,
        "cpa_vertical_ft": 0.0,
        "min_horizontal_nm": 0.5,
        "min_horizontal_time": text(start_s),
        "min_vertical_ft": 0.0,
        "verdict": verdict,
    }


def approach(start_s: float, end_s: float | None) -> dict[str, Any]:
    return {
        **common(),
        "start_time": text(start_s),
        "end_time": None if end_s is None else text(end_s),
        "min_horizontal_nm": 15.0,
        "min_horizontal_time": text(start_s),
        "vertical_ft": 0.0,
        "verdict": "approach",
    }

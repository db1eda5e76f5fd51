"""What the monitor says: alerts, encounters, approaches, each with its numbers and its reason in words.

Sequences are well formed, for every key:

    AlertRaised → AlertUpdated* → AlertCleared          key: `alert_key`
    EncounterOpened → EncounterBreached* → EncounterClosed    key: accord, rule, pair, `start_time`
    ApproachOpened → ApproachClosed                     key: pair, `start_time`

`pair` is in ascending order of address; `callsigns` and `parties` follow it. Times are sky time, aware UTC.
Vertical distances are None when an altitude is not known. `confident` is False when a track is stale or
suspect or lacks an altitude or a velocity; `reason` then says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from skyaccord.accord.model import TierName

Verdict = Literal["infringement", "breach", "nmac"]


@dataclass(frozen=True, kw_only=True)
class PairEvent:
    """What every event has. sky_time: the step that said it."""

    sky_time: datetime
    pair: tuple[str, str]
    callsigns: tuple[str | None, str | None]
    parties: tuple[str | None, str | None]
    confident: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Alert(PairEvent):
    """A predicted or present infringement.

    inside: the limits are broken now. time_to_cpa_s, cpa_time, predicted_*: the closest point of approach
    (smallest cylindrical norm) if both go on straight, within the rule's longest look-ahead; 0 s and the
    present
    distances once it is over. closing_kt: rate at which the horizontal distance shrinks, negative when it
    grows. apart_since: when the limits were left, while no straight way leads back inside; else None.
    """

    alert_key: str
    accord: str | None
    rule: str
    tier: TierName
    raised_at: datetime
    inside: bool
    time_to_cpa_s: float
    cpa_time: datetime
    predicted_horizontal_nm: float
    predicted_vertical_ft: float | None
    horizontal_nm: float
    vertical_ft: float | None
    closing_kt: float
    apart_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AlertRaised(Alert):
    """The first event of an alert."""


@dataclass(frozen=True, kw_only=True)
class AlertUpdated(Alert):
    """The tier, the confidence, inside or not has changed, or the prediction has moved materially."""


@dataclass(frozen=True, kw_only=True)
class AlertCleared(Alert):
    """The last event of an alert. nuisance: it was raised and cleared without the limits ever being
    broken."""

    nuisance: bool


@dataclass(frozen=True, kw_only=True)
class Encounter(PairEvent):
    """One interval inside a rule's limits so far (end_time None) or whole.

    cpa_*: at the smallest cylindrical norm max(h/H, v/V), ties by smaller horizontal, then earlier.
    min_*: least horizontal and least vertical distance, each for itself. dwell_s: inside so far.
    """

    accord: str | None
    rule: str
    start_time: datetime
    end_time: datetime | None
    dwell_s: float
    cpa_time: datetime
    cpa_horizontal_nm: float
    cpa_vertical_ft: float | None
    min_horizontal_nm: float
    min_horizontal_time: datetime
    min_vertical_ft: float | None
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class EncounterOpened(Encounter):
    """The limits are broken."""


@dataclass(frozen=True, kw_only=True)
class EncounterBreached(Encounter):
    """The verdict has risen, to `breach` (the dwell is exceeded while inside) or to `nmac`."""


@dataclass(frozen=True, kw_only=True)
class EncounterClosed(Encounter):
    """The pair is outside again, or what held the encounter open has ended (`reason`)."""


@dataclass(frozen=True, kw_only=True)
class Approach(PairEvent):
    """One interval inside the watch rule. Horizontal only, never an alert, no accord needed.

    vertical_ft: at the time of the least horizontal distance.
    """

    start_time: datetime
    end_time: datetime | None
    min_horizontal_nm: float
    min_horizontal_time: datetime
    vertical_ft: float | None


@dataclass(frozen=True, kw_only=True)
class ApproachOpened(Approach):
    """A pair has come inside the watch rule."""


@dataclass(frozen=True, kw_only=True)
class ApproachClosed(Approach):
    """The pair is outside again. contains_encounter: limits were broken meanwhile, so that it is no
    approach."""

    contains_encounter: bool


@dataclass(frozen=True, kw_only=True)
class ApproachNow(Approach):
    """An open approach as of the last step; no event. horizontal_nm: now, None while a track is stale."""

    horizontal_nm: float | None


MonitorEvent = (
    AlertRaised
    | AlertUpdated
    | AlertCleared
    | EncounterOpened
    | EncounterBreached
    | EncounterClosed
    | ApproachOpened
    | ApproachClosed
)

"""The reconciliation: two parties' events side by side, and why they differ where they do.

    seen() of each party ──► offset() of the clocks ──► matched() rows ──► differences, each with its causes

Tolerances say how far two honest accounts of one meeting may lie apart; a difference within them is none.
Evidence is looked for at the side that saw less, in that side's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from skyaccord.base.times import format_utc
from skyaccord.pack.causes import CAUSES, NOT_SIGNED, Cause, Difference, What
from skyaccord.pack.clocks import Offset, offset
from skyaccord.pack.coverage import Gap
from skyaccord.pack.ledger import Ledger
from skyaccord.pack.matching import Row, laid, matched
from skyaccord.pack.seen import VERDICTS, Seen
from skyaccord.pack.side_by_side import Line, Reconciliation
from skyaccord.record.fields import EntryRef

TIME_TOLERANCE_S: Final = 5.0
"""Two receivers hear an aircraft at other instants, some seconds apart; the monitor steps once a second."""
DISTANCE_TOLERANCE_NM: Final = (
    0.1  # what an aircraft at 480 kt flies in 0.75 s, the jitter of its time stamps
)
VERTICAL_TOLERANCE_FT: Final = 125.0  # altitude is reported in steps of 25 or 100 ft
GAP_SLACK_S: Final = 15.0  # a gap acts on what is seen until the monitor has new reports of the aircraft
ABSENT_SHARE: Final = 0.5
"""An event is missed because of gaps if they cover at least this share of it: through shorter ones the
monitor draws a straight line."""


def reconcile(ledger: Ledger, events: Sequence[Seen], first: str, second: str) -> Reconciliation:
    """Lay the events of two parties side by side. events: `seen(ledger, window)`."""
    ours = [one for one in events if one.party == first]
    theirs = [one for one in events if one.party == second]
    clock = offset(ours, theirs, first, second)
    rows = matched(ours, theirs, clock)
    work = _Explaining(ledger, (first, second), clock, rows)
    return Reconciliation(first, second, clock, tuple(Line(row, tuple(work.of(row))) for row in rows))


def name_of(ref: EntryRef) -> str:
    """`A:17`, as everywhere."""
    return f"{ref.origin.split('/')[1]}:{ref.sequence}"


class _Explaining:
    """Finds a row's differences and looks for evidence."""

    def __init__(
        self, ledger: Ledger, parties: tuple[str, str], clock: Offset | None, rows: list[Row]
    ) -> None:
        self._ledger = ledger
        self._parties = parties
        self._clock = clock
        self._rows = rows

    def of(self, row: Row) -> Iterator[Difference]:
        """The differences of one row."""
        first, second = self._parties
        for party, other in ((first, second), (second, first)):
            if not row.of(party):
                yield self._not_observed(row, party, other)
                return
        if row.thing in ("approach", "crossing"):
            yield from self._values(row, ("distance",) if row.thing == "approach" else ())
            return
        yield from self._rules(row)
        if len(row.of(first)) != len(row.of(second)):
            yield self._difference(
                "count", row, {p: str(len(row.of(p))) for p in self._parties}, row.start, row.end
            )
            return
        if row.thing == "encounter":
            yield from self._values(row, ("start", "end", "dwell", "distance"))
            yield from self._verdicts(row)

    # ── one side saw nothing ────────────────────────────────────────────────────────────────────────────

    def _not_observed(self, row: Row, party: str, other: str) -> Difference:
        told = row.of(other)
        values = {other: ", ".join(f"{name_of(one.ref)} {one.verdict}" for one in told), party: ""}
        shift = self._clock.shift(party) if self._clock else timedelta(0)
        start, end = row.start + shift, row.end + shift
        causes = [
            *self._not_held(party, end),
            *self._sealed(row, party),
            *self._not_in_force(told, party, end),
            *self._gaps(row.aircraft, party, start, end, absent=True),
            *self._near_the_limit(told),
            *self._doubtful(told),
            *self._follows(row, party),
        ]
        return Difference("observed", values, _in_order(causes), self._note(party, start, end, causes))

    def _not_held(self, party: str, end: datetime) -> list[Cause]:
        held = self._ledger.held.get(party)
        if held is not None and held.newest is not None and held.newest >= end:
            return []
        newest = "" if held is None or held.newest is None else format_utc(held.newest)
        return [Cause("not-held", party, {"newest_sky_time": newest, "needed_until": format_utc(end)})]

    def _sealed(self, row: Row, party: str) -> list[Cause]:
        """What is never disclosed cannot be missed: approaches, and what no accord is about."""
        own_business = row.thing == "approach" or all(
            one.accord is None for told in row.sides.values() for one in told
        )
        held = self._ledger.held.get(party)
        if party == self._ledger.own or not own_business or held is None or held.sealed == 0:
            return []
        return [Cause("sealed", party, {"sealed_entries": str(held.sealed), "kind": row.thing})]

    def _not_in_force(self, told: Sequence[Seen], party: str, end: datetime) -> list[Cause]:
        digest = told[0].accord
        if digest is None:
            return []
        standing = next((one for one in self._ledger.book.standings(end) if one.digest == digest), None)
        if standing is None:
            return []
        signature = next((one for one in standing.signatures if one.party == party), None)
        if signature is None:
            return [Cause("not-in-force", party, {"accord": digest[:19], "signed": NOT_SIGNED})]
        if signature.sky_time <= end:
            return []
        evidence = {
            "accord": digest[:19],
            "signed": f"{party}:{signature.sequence}",
            "signed_sky_time": format_utc(signature.sky_time),
        }
        return [Cause("not-in-force", party, evidence)]

    def _follows(self, row: Row, party: str) -> list[Cause]:
        """An alert's meeting that the same side did not see either: the alert's absence follows from it."""
        if row.thing != "alert":
            return []
        for one in self._rows:
            same = one.thing == "encounter" and one.aircraft == row.aircraft and not one.of(party)
            if same and one.start <= row.end and one.end >= row.start:
                other = next(iter(one.sides))
                return [Cause("follows", party, {"encounter": name_of(one.of(other)[0].ref)})]
        return []

    # ── evidence ────────────────────────────────────────────────────────────────────────────────────────

    def _gaps(
        self, aircraft: Sequence[str], party: str, start: datetime, end: datetime, *, absent: bool
    ) -> list[Cause]:
        """Where this party's feed was silent. absent: only what covers enough of the event to hide it.

        An aircraft is not heard either by a feed that is down: that is said, and not the aircraft's silence.
        """
        low, high = start - timedelta(seconds=GAP_SLACK_S), end + timedelta(seconds=GAP_SLACK_S)
        need_s = ABSENT_SHARE * max((end - start).total_seconds(), 1.0) if absent else 0.0
        down: list[Cause] = []
        silent: list[Cause] = []
        for icao24 in aircraft:
            gaps = self._ledger.coverage.gaps(party, icao24, low, high)
            for of, found in ((None, down), (icao24, silent)):
                some = [gap for gap in gaps if gap.icao24 == of]
                if some and _inside_s(some, start, end) >= need_s:
                    found += [_gap_cause(gap, party) for gap in some]
        return down or silent

    def _near_the_limit(self, told: Sequence[Seen]) -> list[Cause]:
        """What one side just saw, and the other need not have."""
        for one in told:
            limits = self._limits(one)
            if one.thing != "encounter" or limits is None:
                continue
            horizontal_nm, vertical_ft, _ = limits
            near_h = horizontal_nm - one.numbers["horizontal_nm"] <= DISTANCE_TOLERANCE_NM
            vertical = one.numbers.get("vertical_ft")
            near_v = vertical is not None and vertical_ft - vertical <= VERTICAL_TOLERANCE_FT
            short = one.numbers["dwell_s"] <= TIME_TOLERANCE_S
            if near_h or near_v or short:
                return [
                    Cause(
                        "tolerance",
                        None,
                        {
                            "horizontal_nm": f"{one.numbers['horizontal_nm']:.2f} of {horizontal_nm:g}",
                            "vertical_ft": "" if vertical is None else f"{vertical:.0f} of {vertical_ft:g}",
                            "dwell_s": f"{one.numbers['dwell_s']:.0f}",
                        },
                    )
                ]
        return []

    def _limits(self, one: Seen) -> tuple[float, float, float | None] | None:
        accord = self._ledger.as_it_runs(one.accord)
        rule = None if accord is None else next((rule for rule in accord.rules if rule.id == one.rule), None)
        return None if rule is None else (rule.horizontal_nm, rule.vertical_ft, rule.max_dwell_s)

    def _doubtful(self, told: Sequence[Seen]) -> list[Cause]:
        return [
            Cause("doubtful", one.party, {"entry": name_of(one.ref)}) for one in told if not one.confident
        ][:1]

    def _note(self, party: str, start: datetime, end: datetime, causes: Sequence[Cause]) -> str:
        if causes:
            return ""
        if not self._ledger.coverage.told(party, start, end):
            return "coverage-not-told"
        return "coverage-whole"

    # ── both saw it ─────────────────────────────────────────────────────────────────────────────────────

    def _rules(self, row: Row) -> Iterator[Difference]:
        under = {
            party: sorted({(one.accord or "", one.rule or "") for one in row.of(party)})
            for party in self._parties
        }
        first, second = self._parties
        if under[first] == under[second]:
            return
        values = {
            party: ", ".join(
                f"{self._ledger.accord_name(accord or None) or '-'} {rule}" for accord, rule in told
            )
            for party, told in under.items()
        }
        evidence = {
            f"under.{party}": ", ".join(f"{accord[:19] or 'no accord'} {rule}" for accord, rule in told)
            for party, told in under.items()
        }
        yield Difference("rule", values, (Cause("other-rule", None, evidence),))

    def _values(self, row: Row, names: Sequence[str]) -> Iterator[Difference]:
        """Times and distances of two accounts that belong together one to one."""
        first, second = self._parties
        if len(row.of(first)) != 1 or len(row.of(second)) != 1:
            return
        mine, other = row.of(first)[0], row.of(second)[0]
        if "start" in names:
            yield from self._times(row, "start", mine, other)
        if "end" in names and mine.over and other.over:
            yield from self._times(row, "end", mine, other)
        if "dwell" in names and mine.over and other.over:
            apart = abs(mine.numbers["dwell_s"] - other.numbers["dwell_s"])
            if apart > 2 * TIME_TOLERANCE_S:
                values = {one.party: f"{one.numbers['dwell_s']:.0f} s" for one in (mine, other)}
                yield self._difference("dwell", row, values, row.start, row.end)
        if "distance" in names:
            apart = abs(mine.numbers["horizontal_nm"] - other.numbers["horizontal_nm"])
            if apart > DISTANCE_TOLERANCE_NM:
                values = {one.party: f"{one.numbers['horizontal_nm']:.2f} NM" for one in (mine, other)}
                near = sorted((mine.closest, other.closest))  # a gap elsewhere moves no closest point
                yield self._difference("distance", row, values, near[0], near[1])

    def _times(
        self, row: Row, what: Literal["start", "end"], mine: Seen, other: Seen
    ) -> Iterator[Difference]:
        one, two = (mine.start, other.start) if what == "start" else (mine.end, other.end)
        apart_s = abs((one - two).total_seconds())
        if apart_s <= TIME_TOLERANCE_S and (self._clock is None or apart_s < self._clock.seconds / 2):
            return
        values = {mine.party: format_utc(one), other.party: format_utc(two)}
        if self._clock is not None:
            at = 0 if what == "start" else 1
            left_s = abs((laid(mine, self._clock)[at] - laid(other, self._clock)[at]).total_seconds())
            if left_s <= TIME_TOLERANCE_S:
                yield Difference(what, values, (self._clock_cause(),))
                return
            apart_s = left_s
        if apart_s > TIME_TOLERANCE_S:
            yield self._difference(what, row, values, min(one, two), max(one, two))

    def _clock_cause(self) -> Cause:
        clock = self._clock
        assert clock is not None  # noqa: S101 (asked only with one)
        evidence = {
            "ahead": clock.later,
            "offset_s": f"{clock.seconds:g}",
            "meetings": str(clock.meetings),
            "spread_s": f"{clock.spread_s:g}",
        }
        return Cause("other-clock", None, evidence)

    def _verdicts(self, row: Row) -> Iterator[Difference]:
        gravest = {
            party: max((one.verdict for one in row.of(party)), key=VERDICTS.index) for party in self._parties
        }
        first, second = self._parties
        if gravest[first] == gravest[second]:
            return
        difference = self._difference("verdict", row, gravest, row.start, row.end)
        near = self._near_the_dwell(row)
        yield Difference(
            "verdict", gravest, _in_order([*difference.causes, *near]), "" if near else difference.note
        )

    def _near_the_dwell(self, row: Row) -> list[Cause]:
        for told in row.sides.values():
            for one in told:
                limits = self._limits(one)
                limit_s = None if limits is None else limits[2]
                if limit_s is not None and abs(one.numbers["dwell_s"] - limit_s) <= TIME_TOLERANCE_S:
                    dwells = {p: f"{max(o.numbers['dwell_s'] for o in row.of(p)):.0f}" for p in self._parties}
                    return [
                        Cause(
                            "tolerance",
                            None,
                            {
                                "limit_dwell_s": f"{limit_s:g}",
                                **{f"dwell_s.{p}": d for p, d in dwells.items()},
                            },
                        )
                    ]
        return []

    def _difference(
        self, what: What, row: Row, values: dict[str, str], start: datetime, end: datetime
    ) -> Difference:
        """A difference between two accounts of one meeting: gaps at either side, or doubt, may explain it."""
        causes = [
            cause
            for party in self._parties
            for cause in self._gaps(row.aircraft, party, start, end, absent=False)
        ]
        for told in row.sides.values():
            causes += self._doubtful(told)
        note = ""
        if not causes:
            told_all = all(self._ledger.coverage.told(party, start, end) for party in self._parties)
            note = "coverage-whole" if told_all else "coverage-not-told"
        return Difference(what, values, _in_order(causes), note)


def _inside_s(gaps: Sequence[Gap], start: datetime, end: datetime) -> float:
    """How long these gaps last between start and end, in seconds."""
    return sum(max(0.0, (min(gap.end, end) - max(gap.start, start)).total_seconds()) for gap in gaps)


def _gap_cause(gap: Gap, party: str) -> Cause:
    evidence = {
        "silent_from": format_utc(gap.start),
        "silent_to": format_utc(gap.end),
        "coverage": name_of(gap.ref),
    }
    if gap.icao24 is None:
        return Cause("feed-gap", party, evidence)
    return Cause("one-sensor", party, {"icao24": gap.icao24, **evidence})


def _in_order(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """By the order of CAUSES, each once."""
    found: list[Cause] = []
    for cause in sorted(causes, key=lambda one: (CAUSES.index(one.name), one.party or "")):
        if cause not in found:
            found.append(cause)
    return tuple(found)

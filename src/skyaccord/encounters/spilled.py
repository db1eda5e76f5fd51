"""A sky that does not fit in memory: laid out by aircraft to be cleaned, then by time to be searched.

    files → piles by address → cleaned pile by pile → windows of time → intervals → parts of the result

Windows overlap by the longest gap, so that every link is whole in each window that it touches. A piece is
solved in the window where it starts, and intervals that reach a window's end wait for the next one: hence the
result is that of the whole, to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.encounters.coverage import Counted
from skyaccord.encounters.flights import US_PER_S, Flights, flights_of, speaking
from skyaccord.encounters.kinds import kinds_of_tracks
from skyaccord.encounters.label import WINDOW_S
from skyaccord.encounters.search import SLICES_S, Inside, stretches
from skyaccord.encounters.shelf import Shelf, load, write
from skyaccord.encounters.sky import Part
from skyaccord.separation.join import join_stretches
from skyaccord.separation.walk import COLUMNS, END, JOIN_AFTER, START
from skyaccord.tracks.cleaning import Cleaned, clean, lost_tracks
from skyaccord.tracks.cleaning.cleaned import ECHOES
from skyaccord.tracks.cleaning.nearby import Neighbourhood
from skyaccord.tracks.states import empty_states, in_order

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SLICE_US: Final = round(SLICES_S[-1] * US_PER_S)
"""Windows begin and end where the longest slices do, so that every slice lies in one window."""


class SpilledSky:
    """States on a shelf, cleaned and searched in parts. See `skyaccord.encounters.sky.Sky`."""

    def __init__(
        self, shelf: Shelf, rules: Collection[str], max_gap_s: float, *, keep_ghosts: bool = False
    ) -> None:
        self._shelf = shelf
        self._max_gap_s = max_gap_s
        self._reach_us = round(max_gap_s * US_PER_S) + SLICE_US
        dropped: Counter[str] = Counter()
        taken: list[pl.DataFrame] = []
        lost: list[pl.DataFrame] = []
        own_rules = [rule for rule in rules if rule != ECHOES]
        near = Neighbourhood()
        piles = 0
        for pile, paths in enumerate(shelf.piles()):
            cleaned = clean(load(paths), rules=own_rules, census=shelf.census)
            dropped.update(cleaned.dropped)
            taken.append(cleaned.dropped_states)
            if ECHOES in rules:
                near.add_targets(cleaned.states)
            lost.append(lost_tracks(cleaned).filter(~pl.col("icao24").is_in(near.targets)))
            write(cleaned.states, shelf.path(f"clean-{pile:02}.parquet"))
            for path in paths:
                path.unlink()
            piles = pile + 1
        ghosts = self._echoes(near, piles, keep_ghosts=keep_ghosts)
        dropped.update(ghosts.dropped)
        taken.append(ghosts.dropped_states)
        self.dropped = dict(dropped.most_common())
        self.dropped_states = pl.concat(taken).sort("icao24", "timestamp", maintain_order=True)
        of_targets = self.dropped_states.filter(pl.col("icao24").is_in(near.targets))
        lost.append(lost_tracks(Cleaned(states=ghosts.states, dropped_states=of_targets)))
        self.lost = pl.concat(lost).sort("dropped", "icao24", descending=[True, False])
        self._lay_out(piles, near.targets, ghosts.states.filter(pl.col("icao24").is_in(near.targets)))

    def _echoes(self, near: Neighbourhood, piles: int, *, keep_ghosts: bool) -> Cleaned:
        """Radar targets judged beside everything that comes near them; of hosts, whole tracks."""
        if not near.targets:
            return clean(empty_states(), rules=[])
        for pile in range(piles):
            near.add_hosts(pl.read_parquet(self._shelf.path(f"clean-{pile:02}.parquet")))
        wanted = near.targets | near.hosts
        states = pl.concat(
            pl.scan_parquet(self._shelf.path(f"clean-{pile:02}.parquet"))
            .filter(pl.col("icao24").is_in(wanted))
            .collect()
            for pile in range(piles)
        )
        return clean(states, keep_ghosts=keep_ghosts, rules=[ECHOES])

    def _lay_out(self, piles: int, targets: Collection[str], kept: pl.DataFrame) -> None:
        """Cleaned states by time. targets: whose states are those in `kept`, whatever the piles say."""
        left_out: Counter[str] = Counter()
        times: Counter[int] = Counter()
        names: list[str] = []
        kinds: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        firsts: list[int] = []
        counted = Counted()
        for pile in range(piles):
            path = self._shelf.path(f"clean-{pile:02}.parquet")
            states = pl.read_parquet(path)
            if targets:
                own = states.filter(pl.col("icao24").is_in(targets))["icao24"].unique()
                states = pl.concat(
                    [
                        states.filter(~pl.col("icao24").is_in(targets)),
                        kept.filter(pl.col("icao24").is_in(own.to_list())),
                    ]
                )
            states = in_order(states)
            flights = flights_of(states, self._max_gap_s)
            left_out.update(flights.left_out)
            counted.add(flights)
            names += flights.names
            kinds.append(kinds_of_tracks(flights))
            if flights.names:
                firsts.append(flights.epoch_us)
            bins, counts = np.unique(
                states["timestamp"].to_physical().to_numpy() // SLICE_US, return_counts=True
            )
            times.update(dict(zip(bins.tolist(), counts.tolist(), strict=True)))
            write(speaking(states), path)
        self.left_out = dict(left_out)
        self.coverage = counted.coverage()
        self._epoch_us = min(firsts, default=0)
        self._names = np.array(sorted(names), dtype=str)
        self._kinds = np.concatenate(kinds)[np.argsort(np.array(names, dtype=str))]
        self._borders_us = self._windows(times)
        for pile in range(piles):
            path = self._shelf.path(f"clean-{pile:02}.parquet")
            states = pl.read_parquet(path)
            time = states["timestamp"].to_physical()
            for window, (low, high) in enumerate(self._spans()):
                part = states.filter((time >= low - self._reach_us) & (time < high + self._reach_us))
                if part.height:
                    write(part, self._shelf.path(f"window-{window:05}-{pile:02}.parquet"))
            path.unlink()

    def _windows(self, times: Counter[int]) -> list[int]:
        """Borders between windows of at most half of what memory holds, on slices counted from time zero."""
        borders: list[int] = []
        rows = 0
        for number in sorted(times):
            if rows and rows + times[number] > self._shelf.rows_in_memory // 2:
                past = (number * SLICE_US - self._epoch_us) // SLICE_US
                borders.append(self._epoch_us + past * SLICE_US)
                rows = 0
            rows += times[number]
        return borders

    def _spans(self) -> list[tuple[float, float]]:
        borders = [-np.inf, *self._borders_us, np.inf]
        return list(pairwise(borders))

    def _window(self, window: int) -> pl.DataFrame:
        paths = sorted(self._shelf.path("").glob(f"window-{window:05}-*.parquet"))
        return pl.concat([empty_states(), *(pl.read_parquet(path) for path in paths)])

    def intervals(self, inside: Inside) -> tuple[Integers, Floats]:
        pairs, rows = np.empty((0, 2), np.int64), np.empty((0, COLUMNS))
        done: list[tuple[Integers, Floats]] = []
        for window, span in enumerate(self._spans()):
            flights = flights_of(self._window(window), self._max_gap_s, epoch_us=self._epoch_us)
            low_s, high_s = ((border - self._epoch_us) / US_PER_S for border in span)
            found, measured = stretches(flights, inside, between_s=(low_s, high_s))
            pairs = np.concatenate((pairs, self._numbers(flights)[found]))
            rows = np.concatenate((rows, measured))
            joined = join_stretches(pairs, rows, inside.horizontal_m)
            is_open = joined[1][:, JOIN_AFTER] >= high_s
            done.append((joined[0][~is_open], joined[1][~is_open]))
            waits = _belonging(pairs, rows, joined[0][is_open], joined[1][is_open, START])
            pairs, rows = pairs[waits], rows[waits]
        all_pairs, all_rows = (np.concatenate([part[i] for part in done]) for i in (0, 1))
        order = np.lexsort((all_rows[:, END], all_rows[:, START], all_pairs[:, 1], all_pairs[:, 0]))
        return all_pairs[order], all_rows[order]

    def kinds(self) -> NDArray[np.int32]:
        return self._kinds

    def _numbers(self, flights: Flights) -> Integers:
        """The number in this sky of each track of one window."""
        return np.searchsorted(self._names, np.array(flights.names, dtype=self._names.dtype)).astype(np.int64)

    def around(self, pairs: Integers, rows: Floats) -> Iterator[Part]:
        starts_us = self._epoch_us + rows[:, START] * US_PER_S
        told = False
        for low, high in self._spans():
            places = np.flatnonzero((starts_us >= low) & (starts_us < high))
            if len(places):
                told = True
                flights = self._flights_near(pairs[places], rows[places])
                numbers = self._numbers(flights)
                yield places, flights, np.searchsorted(numbers, pairs[places]).astype(np.int64)
        if not told:
            yield np.arange(0), flights_of(empty_states(), self._max_gap_s, epoch_us=self._epoch_us), pairs

    def _flights_near(self, pairs: Integers, rows: Floats) -> Flights:
        """The aircraft of these rows, for as long around them as anything about them is judged by."""
        reach_us = WINDOW_S * US_PER_S + 2 * self._reach_us
        first_us = self._epoch_us + rows[:, START].min() * US_PER_S - reach_us
        last_us = self._epoch_us + rows[:, END].max() * US_PER_S + reach_us
        names = self._names[np.unique(pairs)].tolist()
        parts = [empty_states()]
        for window, (low, high) in enumerate(self._spans()):
            if low <= last_us and high >= first_us:
                for path in sorted(self._shelf.path("").glob(f"window-{window:05}-*.parquet")):
                    time = pl.col("timestamp").to_physical()
                    parts.append(
                        pl.scan_parquet(path)
                        .filter(
                            pl.col("icao24").is_in(names)
                            & (time >= max(low, first_us))
                            & (time < min(high, last_us))
                        )
                        .collect()
                    )
        return flights_of(pl.concat(parts), self._max_gap_s, epoch_us=self._epoch_us)

    def flights_of_rows(self, table: pl.DataFrame) -> Flights:
        names = pl.concat([table["icao24_a"], table["icao24_b"]]).unique().to_list()
        pairs = np.searchsorted(self._names, np.array(names, dtype=str)).astype(np.int64)
        if not len(pairs):
            return flights_of(empty_states(), self._max_gap_s, epoch_us=self._epoch_us)
        rows = np.zeros((len(table), COLUMNS))
        for column, name in ((START, "start_time"), (END, "end_time")):
            rows[:, column] = (table[name].to_physical().to_numpy() - self._epoch_us) / US_PER_S
        return self._flights_near(pairs, rows)


def _belonging(pairs: Integers, rows: Floats, open_pairs: Integers, open_since: Floats) -> NDArray[np.bool_]:
    """Which stretches are part of an interval that is still open: its pair's, from its start on."""
    since = {(a, b): start for (a, b), start in zip(open_pairs.tolist(), open_since.tolist(), strict=True)}
    return np.array(
        [row[START] >= since.get((a, b), np.inf) for (a, b), row in zip(pairs.tolist(), rows, strict=True)],
        dtype=np.bool_,
    )

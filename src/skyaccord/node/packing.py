"""From a node's folder to what a pack is computed from: every journal that it holds, replayed.

The same projections as the running node's, and the same entries: a pack says nothing that the console did
not show.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import ValidationError

from skyaccord.hotline.acts import DRILL, VOICE
from skyaccord.hotline.asking import RoleTerms
from skyaccord.incidents.crossings import CROSSING, Crossed, CrossingBody
from skyaccord.node.projections import Projections
from skyaccord.pack.coverage import Coverage
from skyaccord.pack.ledger import Held, Ledger
from skyaccord.record.acts import ACTS
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef
from skyaccord.record.journal import Journal


def read_ledger(journal: Journal, card: Card, terms_without_accord: RoleTerms) -> Ledger:
    """Replay every journal of this store."""
    return LedgerReader(card, terms_without_accord).read(journal)


class LedgerReader:
    """Takes entries in order of arrival, and keeps what the projections do not."""

    def __init__(self, card: Card, terms_without_accord: RoleTerms) -> None:
        self.projections = Projections(card, terms_without_accord)
        self._coverage = Coverage()
        self._crossings: list[Crossed] = []
        self._held: dict[str, Held] = {}
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._machine_exercise: dict[
            str, bool
        ] = {}  # journal → whether its node is in exercise, by its last word
        self._real_drills: set[EntryRef] = set()
        self._sky_times: dict[EntryRef, datetime] = {}
        self._now = datetime.min.replace(tzinfo=UTC)

    def read(self, journal: Journal) -> Ledger:
        """Everything in the store."""
        while found := journal.since(self.projections.position):
            for entry in found:
                self.take(entry)
        return self.ledger()

    def take(self, entry: Entry) -> None:
        """One entry."""
        self.projections.apply(entry)
        held = self._held.get(entry.party, Held(entry.party, entry.origin, 0, 0, None))
        held = replace(held, entries=held.entries + 1, sealed=held.sealed + entry.sealed)
        if not entry.sealed:
            newest = entry.header.sky_time if held.newest is None else max(held.newest, entry.header.sky_time)
            held = replace(held, newest=newest)
            self._now = max(self._now, entry.header.recorded_at)
        self._held[entry.party] = held
        if entry.sealed or entry.refused is not None:
            return
        self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        ref, header, kind = entry.ref, entry.header, entry.header.kind
        self._kinds[entry.party, kind] += 1
        if ACTS.of_kind(kind) is None:
            self._machine_exercise[entry.origin] = header.exercise
        if kind in (DRILL, VOICE):
            self._sky_times[ref] = header.sky_time
            if kind == DRILL and not self._machine_exercise.get(entry.origin, True):
                self._real_drills.add(ref)
        with suppress(ValidationError):
            self._coverage.add(ref, header, entry.body)
            if kind == CROSSING:
                self._crossings.append(Crossed(ref, header, CrossingBody.model_validate(entry.body)))

    def ledger(self) -> Ledger:
        """What was taken so far."""
        of = self.projections
        return Ledger(
            own=of.own.party,
            now=self._now,
            held=dict(sorted(self._held.items())),
            book=of.book,
            sightings=of.sightings,
            crossings=tuple(self._crossings),
            cases=of.cases,
            messages=of.messages,
            courses=of.courses,
            line=of.line,
            asking=of.asking,
            receipts=of.receipts,
            coverage=self._coverage,
            phrases=of.phrases,
            as_it_runs=of.accord_as_it_runs,
            kinds=self._kinds,
            real_drills=frozenset(self._real_drills),
            sky_times=self._sky_times,
        )

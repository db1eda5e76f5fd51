"""What was passed by voice while the line was down, entered afterwards; both sides' words make it stand.

Nothing here is made equal to a signed message: an entry says what one side wrote down, and who on the other
side confirmed that it was so. The state follows from each side's last word, in whatever order they arrive:

    confirmed   another party's last word confirms it (a withdrawal that crossed it changes nothing)
    withdrawn   else, if the side that entered it has withdrawn it
    disputed    else, if another party's last word disputes it
    entered     else
"""

from __future__ import annotations

from dataclasses import dataclass

from skyaccord.base.errors import InputError
from skyaccord.base.machine import Side
from skyaccord.hotline import acts
from skyaccord.hotline.tables import VOICE
from skyaccord.record.fields import EntryRef


@dataclass(frozen=True)
class VoiceEntry:
    """One thing passed by voice. words: every party's last word after its entering, by party."""

    ref: EntryRef
    said: acts.Voice
    words: dict[str, acts.Voice]

    @property
    def party(self) -> str:
        return self.said.party

    @property
    def state(self) -> str:
        steps = {party: word.step for party, word in self.words.items()}
        others = {step for party, step in steps.items() if party != self.party}
        if "confirm" in others:
            return "confirmed"
        if steps.get(self.party) == "withdraw":
            return "withdrawn"
        return "disputed" if "dispute" in others else "entered"

    @property
    def answer(self) -> acts.Voice | None:
        """The newest word of another party."""
        others = [word for party, word in self.words.items() if party != self.party]
        return max(others, key=lambda word: word.at, default=None)


class Voices:
    """Every voice entry, and what was said of it; words may arrive before the entry they are about."""

    def __init__(self) -> None:
        self._said: dict[EntryRef, acts.Voice] = {}
        self._words: dict[EntryRef, dict[str, acts.Voice]] = {}

    def check(self, said: acts.Voice) -> str:
        """The state that this step leads to. InputError says why it cannot be taken."""
        held = None if said.entry is None else self.get(said.entry)
        if said.entry is not None and held is None:
            raise InputError("no such voice entry is held here", do="wait for it to arrive")
        side: Side = "own" if held is None or held.party == said.party else "other"
        return VOICE.next("absent" if held is None else held.state, said.step, side, where="voice entry")

    def take(self, ref: EntryRef, said: acts.Voice) -> EntryRef:
        """Take a verified word; the entry it is about."""
        if said.entry is None:
            self._said[ref] = said
            return ref
        own = said.entry.origin == ref.origin
        if (said.step == "withdraw") == own:  # a side neither confirms its own word nor withdraws another's
            self._words.setdefault(said.entry, {})[said.party] = said
        return said.entry

    def get(self, ref: EntryRef) -> VoiceEntry | None:
        """The entry that was opened there."""
        said = self._said.get(ref)
        return None if said is None else VoiceEntry(ref, said, dict(self._words.get(ref, {})))

    def all(self) -> list[VoiceEntry]:
        """Every entry, by when it was spoken."""
        found = [VoiceEntry(ref, said, dict(self._words.get(ref, {}))) for ref, said in self._said.items()]
        return sorted(
            found, key=lambda one: (one.said.spoken_at or one.said.at, one.ref.origin, one.ref.sequence)
        )

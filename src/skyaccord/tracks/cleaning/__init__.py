"""Cleaning: what recordings hold beside aircraft. Each dropped state is counted, with a reason, and returned.

    cleaned = clean(recording.states)
    cleaned.states, cleaned.dropped, cleaned.dropped_states

One file a rule. Rules drop only what the data itself proves to be no aircraft of its own; formations, tows
and tankers are real and stay. docs/cleaning.md tells each rule, its constants, and what it does to real
recordings.
"""

from skyaccord.tracks.cleaning.cleaned import RULES, Cleaned, clean, rules_without
from skyaccord.tracks.cleaning.second_opinion import lost_tracks

__all__ = ["RULES", "Cleaned", "clean", "lost_tracks", "rules_without"]

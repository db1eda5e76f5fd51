"""Readers: one file a format, one gate for all, one table of states out.

    recording = read_recording(["day.jsonl.gz"])
    recording.states, recording.counts, recording.provenance

A bad record among good ones is refused and counted by reason; a file that cannot be read, or holds nothing
usable, is an error that says so. What a format is, is told by its content.
"""

from skyaccord.tracks.readers.reading import finish, read_into, read_recording, states_from_table
from skyaccord.tracks.readers.recognise import FORMATS
from skyaccord.tracks.readers.recording import Recording, Rejected, RejectSink, Source

__all__ = [
    "FORMATS",
    "Recording",
    "RejectSink",
    "Rejected",
    "Source",
    "finish",
    "read_into",
    "read_recording",
    "states_from_table",
]

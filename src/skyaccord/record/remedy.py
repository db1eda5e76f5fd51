"""What a person does about a journal that takes nothing any more, by why it does not."""

from __future__ import annotations

from skyaccord.record.journals import REVOKED

NEW_KEY = "bring a new key: skyaccord node rotate-key DIR --root FILE"
MAKE_WHOLE = (
    "restore the newer folder, start again when a peer that holds the rest can be reached, or take a bundle "
    "that it exported: skyaccord journal restore BUNDLE --node DIR"
)
PEOPLE = "it signed two histories: a person must look, see docs/record.md, Behind"


def remedy(halted: str) -> str:
    """For the line that says why a journal is halted."""
    if halted == REVOKED:
        return NEW_KEY
    return MAKE_WHOLE if halted.startswith("behind:") else PEOPLE

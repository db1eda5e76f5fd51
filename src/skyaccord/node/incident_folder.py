"""The incidents of a node's folder, read without a running node: the same projection of the same entries."""

from __future__ import annotations

from typing import Final

from skyaccord.hotline.asking import RoleTerms
from skyaccord.incidents.crossings import CROSSING
from skyaccord.incidents.dues import SILENCE
from skyaccord.incidents.reconstruction import RECONSTRUCTION
from skyaccord.incidents.sightings import MODELS
from skyaccord.incidents.statements import REPORTED, WORD_KINDS
from skyaccord.node.projections import Projections
from skyaccord.record.cards import Card
from skyaccord.record.envelope import ROOT_KINDS
from skyaccord.record.journal import Journal
from skyaccord.record.kinds import NODE_OPENED, PEER_PINNED
from skyaccord.talks.folder import ACCORD_KINDS

KINDS_READ: Final = (
    NODE_OPENED,
    PEER_PINNED,
    *sorted(ROOT_KINDS),
    *ACCORD_KINDS,
    *MODELS,
    CROSSING,
    REPORTED,
    RECONSTRUCTION,
    SILENCE,
    *WORD_KINDS,
)
"""What incidents are made of: cards, accords, what was seen, what was said of it."""


def read_incidents(journal: Journal, own: Card) -> Projections:
    """Projections with everything about incidents in them; own: the folder's card. Deadlines of the hotline
    are not asked here."""
    projections = Projections(own, RoleTerms(0.0, None))
    held = sorted(journal.journals(), key=lambda info: info.origin != own.origin)  # cards first: our own
    for info in held:
        for entry in journal.entries(info.origin, kinds=KINDS_READ):
            projections.apply(entry)
    return projections

"""Recordings in, encounters out. `scan` is the face; it is exported as `skyaccord.scan`."""

from skyaccord.encounters.result import ENCOUNTER_SCHEMA, Encounters
from skyaccord.encounters.scanning import scan

__all__ = ["ENCOUNTER_SCHEMA", "Encounters", "scan"]

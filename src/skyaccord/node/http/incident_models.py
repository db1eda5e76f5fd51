"""What the incidents' routes answer: what `incidents/outline.py` makes. A test holds both together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from skyaccord.node.http.row_models import IncidentRow


class IncidentRecord(IncidentRow):
    """One incident whole. entries: what the digest is over, as a closing names them; erased: how many of
    them are leaves alone by now. steps: what this node's party may do now (say, close, reopen).
    confirmed_by: the role that the accord asks for severity and closing.
    reconstructions: party → what its node computed. fact_list, question_list: each with the steps that this
    node's party may take.
    """

    start: datetime
    end: datetime
    entries: list[dict[str, Any]]
    erased: int
    confirmed_by: str | None
    outdated_by: list[str]
    steps: list[str]
    crossings: dict[str, dict[str, Any]]
    reconstructions: dict[str, dict[str, Any]]
    accounts: list[dict[str, Any]]
    fact_list: list[dict[str, Any]]
    question_list: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    conduct: list[dict[str, Any]]
    severities: list[dict[str, Any]]
    closings: list[dict[str, Any]]
    silences: list[dict[str, Any]]

"""The order in which a reader wants encounters: the gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skyaccord.encounters.verdicts import VERDICTS

if TYPE_CHECKING:
    from skyaccord.encounters.result import Encounters


def by_severity(encounters: Encounters) -> list[dict[str, Any]]:
    """The rows, the gravest first: by verdict, those without an explaining label before those with one, then
    by the cylindrical norm at the CPA; ties in order of time."""
    rank = {verdict: index for index, verdict in enumerate(VERDICTS)}
    evidence = encounters.evidence

    def order(row: dict[str, Any]) -> tuple[int, bool, float]:
        norm = evidence.severity(row) if evidence is not None else row["cpa_horizontal_nm"]
        return -rank[row["verdict"]], bool(row["label"]), norm

    return sorted(encounters.to_dicts(), key=order)

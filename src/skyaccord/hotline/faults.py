"""What is wrong with words before they are said: a code and its values for pages, one line of English for
the shell and the node's refusals. A page words the code in its reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FaultCode = Literal[
    "code", "missing", "unknown", "kind", "place", "volume", "frequency", "plan", "late", "begun"
]
"""code: the phrasebook has no such phrase. missing, unknown, kind: a parameter that is needed, that a phrase
does not have, that is of another kind. place: a position lies elsewhere than its name. volume: the place of a
notice without borders. frequency, plan: not in the plan in force, or of another version. late, begun: a
notice that comes too late, or after its start."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, in words, and what to do about it. values: what fills a page's own words."""

    code: FaultCode
    text: str
    do: str | None = None
    values: Mapping[str, str | float] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """As a page gets it."""
        return {"code": self.code, "values": dict(self.values), "text": self.text}

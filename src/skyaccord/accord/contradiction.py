"""What two fields of an accord that cannot both stand are reported as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Contradiction:
    """Two fields that cannot both stand. location: keys as in the file, e.g. ("role", 1, "escalates_to")."""

    location: Location
    what: str


def repeated(
    table: str, field: str, values: Iterable[str | None], location: Location | None = None
) -> list[Contradiction]:
    """Values that must be unique and are not. location: of the table, where its name is not all of it."""
    seen: dict[str, int] = {}
    found = []
    for index, value in enumerate(values):
        if value is None:
            continue
        if value in seen:
            place = (*(location or (table,)), index, field)
            found.append(Contradiction(place, f"the same {field} as {table}[{seen[value]}]: {value!r}"))
        else:
            seen[value] = index
    return found

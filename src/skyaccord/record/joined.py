"""Up to where the receipts in a peer's journal have come, for each journal that they are about.

The receipts of one journal about another join: each begins where the last one ended. A receipt that goes
back, or leaves a gap, is refused. So a party can prepare none for what it has receipted already, and the last
of them always tells which of our entries it had at that place of its journal.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from skyaccord.record.entries import read_entries
from skyaccord.record.kinds import RECEIPT, Receipt
from skyaccord.record.store import read_setting, write_setting

ABOUT_MAX: Final = 1000
"""Journals that the receipts of one journal may be about: peers of one party over all years. The places are
read and written with every batch that brings a receipt."""
_NAME: Final = "joined"


class Joined:
    """The receipts of the journal `origin`, as they are taken; of one transaction."""

    def __init__(self, connection: Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin
        self._ends: dict[str, int] | None = None
        self._changed = False

    def end(self, about: str) -> int:
        """How many entries of the journal `about` they cover."""
        return self._known().get(about, 0)

    def fault(self, body: dict[str, Any]) -> str | None:
        """Why a receipt does not join those before it, or None. Its body has been checked."""
        receipt = Receipt.model_validate(body)
        expected = self.end(receipt.origin)
        if receipt.last < receipt.first:
            return f"the receipt ends at entry {receipt.last}, before it begins"
        if receipt.first != expected:
            return f"the receipt begins at entry {receipt.first}, expected {expected}"
        if receipt.origin not in self._known() and len(self._known()) >= ABOUT_MAX:
            return f"receipts about more than {ABOUT_MAX} journals"
        return None

    def add(self, body: dict[str, Any]) -> None:
        """Take a receipt without a fault."""
        receipt = Receipt.model_validate(body)
        self._known()[receipt.origin] = receipt.last + 1
        self._changed = True

    def keep(self) -> None:
        """Write what was taken, in the transaction."""
        if self._changed:
            write_setting(self._connection, f"{_NAME}/{self._origin}", self._known())
            self._changed = False

    def _known(self) -> dict[str, int]:
        if self._ends is None:
            stored = read_setting(self._connection, f"{_NAME}/{self._origin}")
            self._ends = self._read_all() if stored is None else dict(stored)
        return self._ends

    def _read_all(self) -> dict[str, int]:
        """From the entries themselves: a store of a version that did not keep them."""
        found: dict[str, int] = {}
        for entry in read_entries(self._connection, self._origin, kinds=(RECEIPT,)):
            if entry.refused is None and not entry.sealed:
                receipt = Receipt.model_validate(entry.body)
                found[receipt.origin] = max(found.get(receipt.origin, 0), receipt.last + 1)
        return found

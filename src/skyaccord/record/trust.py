"""Whom to trust beyond a pinned card: what the node passes down, since the record knows nothing of accords.

A card is pinned at first contact. Once an accord is in force it names each party's key as well, under every
party's signature; the two must agree, or be linked by rotations that the pinned root key signed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from skyaccord.record.keychain import KeyChain


class TrustPolicy(Protocol):
    """What else says which key is a party's."""

    def agreed_keys(self, party: str) -> Collection[str]:
        """The keys that accords in force name for this party. Called from worker threads."""
        ...


class AgreedKeys:
    """A policy that is told. agreed: party → keys; replaced as a whole, so a reader never sees half of it."""

    def __init__(self, agreed: Mapping[str, frozenset[str]] | None = None) -> None:
        self._agreed = dict(agreed or {})

    def agreed_keys(self, party: str) -> Collection[str]:
        """The keys that were told for this party."""
        return self._agreed.get(party, frozenset())

    def tell(self, agreed: Mapping[str, frozenset[str]]) -> None:
        """Replace what was told before."""
        self._agreed = dict(agreed)


def trust_fault(policy: TrustPolicy, party: str, chain: KeyChain) -> str | None:
    """Why nothing of this party is taken: an accord in force names a key that is not linked to its card's."""
    if all(key in chain.keys for key in policy.agreed_keys(party)):
        return None
    return (
        f"the accord in force names another key for party {party} than its card, and no rotation signed by "
        "its root key links the two"
    )

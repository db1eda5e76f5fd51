"""Acts: what a person can say with their own key, and where other rooms add theirs.

A room that has something for people to say registers the strict model of the statement and the kind of the
envelope that carries it, when it is imported:

    class Withdraw(PersonStatement):
        act: Literal["withdraw"]
        of: EntryRef

    register_kind("accord.withdrawn", WithdrawnBody)        # body: `statement`, and what it may repeat of it
    register_act("withdraw", Withdraw, kind="accord.withdrawn")

One act, one kind. A statement whose act nobody registered is refused; an envelope whose kind nobody
registered is held opaque, as ever (`kinds.py`).
"""

from __future__ import annotations

import re
from typing import Final, get_args

from skyaccord.record.fields import (
    KIND_PATTERN,
    Digest,
    PartyId,
    PublicKeyText,
    RecordModel,
    RoleId,
    UtcTime,
)

ACT_CHARS_MAX: Final = 64  # as a kind's; it stands in the payload type
_ACT = re.compile(KIND_PATTERN)


class PersonStatement(RecordModel):
    """What every statement says: whose key, for which party and role, when, under which accord.

    person: the public key (base64). at: wall time of signing. automatic: a program's key, in an exercise.
    A subclass narrows `act` to its own word (`act: Literal["…"]`) and adds what it needs; strict, frozen,
    extras refused.
    """

    act: str
    person: PublicKeyText
    party: PartyId
    role: RoleId
    at: UtcTime
    accord: Digest | None
    exercise: bool
    automatic: bool


class ActRegistry:
    """Which statement model an act has, and which kind of envelope carries it."""

    def __init__(self) -> None:
        self._models: dict[str, type[PersonStatement]] = {}
        self._act_of_kind: dict[str, str] = {}
        self._dated: set[str] = set()
        self._carried: dict[str, str] = {}

    def register(self, act: str, model: type[PersonStatement], *, kind: str, dated: bool = False) -> None:
        """Add an act. ValueError: its model's `act` is another, or act or kind are taken already."""
        if not _ACT.match(act) or len(act) > ACT_CHARS_MAX:
            raise ValueError(f"{act!r} is no name for an act")
        field = model.model_fields.get("act")
        if field is None or get_args(field.annotation) != (act,):
            raise ValueError(f'{model.__name__} needs the field `act: Literal["{act}"]`')
        if self._models.get(act, model) is not model:
            raise ValueError(f"the act {act!r} has a model already")
        if self._act_of_kind.get(kind, act) != act or self.kind_of(act) not in (None, kind):
            raise ValueError(f"one act, one kind: {act!r} and {kind!r} do not go together")
        self._models[act] = model
        self._act_of_kind[kind] = act
        if dated:
            self._dated.add(act)

    def register_carrier(self, kind: str, act: str) -> None:
        """Let a kind pass on statements of an act that stand in earlier entries, named in its `prepared`.
        ValueError: the act is unknown, or the kind is taken.
        """
        if act not in self._models or kind in self._act_of_kind or self._carried.get(kind, act) != act:
            raise ValueError(f"{kind!r} cannot carry the act {act!r}")
        self._carried[kind] = act

    def carried(self, kind: str | None) -> str | None:
        """The act whose earlier statements envelopes of this kind pass on, or None."""
        return None if kind is None else self._carried.get(kind)

    def is_dated(self, act: str | None) -> bool:
        """Whether something runs from the date of this act's entry, so that the date is held against clocks
        (`dating.py`).
        """
        return act in self._dated

    def known(self) -> list[str]:
        """The registered acts, sorted."""
        return sorted(self._models)

    def kinds(self) -> list[str]:
        """The kinds that carry statements, sorted."""
        return sorted(self._act_of_kind)

    def model(self, act: str) -> type[PersonStatement] | None:
        """The model of an act, or None if nobody registered it."""
        return self._models.get(act)

    def of_kind(self, kind: str | None) -> str | None:
        """The act that envelopes of this kind carry under `statement`, or None."""
        return None if kind is None else self._act_of_kind.get(kind)

    def kind_of(self, act: str) -> str | None:
        """The kind of envelope that carries this act, or None."""
        return next((kind for kind, carried in self._act_of_kind.items() if carried == act), None)


ACTS: Final = ActRegistry()
"""The acts this program knows. Rooms register theirs when they are imported."""


def register_act(act: str, model: type[PersonStatement], *, kind: str, dated: bool = False) -> None:
    """Add an act to `ACTS`. kind: of the envelope that carries it, which `register_kind` knows too. dated:
    a period runs from its entry's date.
    """
    ACTS.register(act, model, kind=kind, dated=dated)


def register_carrier(kind: str, act: str) -> None:
    """Let `kind` pass on statements of `act` made earlier: its body has `statement`, and in `prepared` the
    entry of the same journal in which the statement was journalled first.
    """
    ACTS.register_carrier(kind, act)

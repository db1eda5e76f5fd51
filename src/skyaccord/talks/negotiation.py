"""The talks of one name between the same parties: rounds, agenda, clauses, and the draft they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import singledispatchmethod
from typing import Any, Final

from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import AccordError, InputError, RefusedError
from skyaccord.record.acts import PersonStatement
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.talks import acts, paths
from skyaccord.talks.agenda import Item, ItemWord
from skyaccord.talks.clauses import Clause, ClauseWord, Comment
from skyaccord.talks.positions import Said
from skyaccord.talks.rounds import MinutesWord, Round, RoundWord

WORDS_OF_A_PARTY_MAX: Final = 20_000
"""Statements of one party in one negotiation: ten a day for five years."""
CLAUSES_OF_A_PARTY_MAX: Final = 2000
ITEMS_OF_A_PARTY_MAX: Final = 2000
COMMENTS_OF_A_PARTY_MAX: Final = 500
"""Beside one clause. Limits count one party's own words, so that they do not depend on what arrived first."""


class Negotiation:
    """Fed with statements in any order between journals; the same statements give the same negotiation."""

    def __init__(self, name: str, between: tuple[str, ...]) -> None:
        self.name = name
        self.between = between
        self.openings: dict[EntryRef, LoadedAccord] = {}
        self.rounds: dict[int, Round] = {}
        self.items: dict[EntryRef, Item] = {}
        self.clauses: dict[str, Clause] = {}
        self.newest: dict[str, EntryRef] = {}
        self.exercise = False
        self.opened: dict[EntryRef, Said] = {}
        self._count: dict[str, int] = {}
        self._paths: dict[str, frozenset[str]] = {}

    def take(self, ref: EntryRef, header: Header, statement: acts.TalksStatement) -> None:
        """Take one verified statement. RefusedError: it does not fit, and counts for nothing."""
        count = self._count.get(statement.party, 0) + 1
        if count > WORDS_OF_A_PARTY_MAX:
            raise RefusedError(f"party {statement.party} has said {count - 1} things in these talks")
        said = _said(ref, header, statement)
        self._take(statement, said)
        self._count[statement.party] = count
        self.exercise |= said["exercise"]
        held = self.newest.get(statement.party)
        if held is None or ref.sequence > held.sequence:
            self.newest[statement.party] = ref

    @property
    def said(self) -> int:
        """How many statements these talks have seen."""
        return sum(self._count.values())

    def clause(self, path: str) -> Clause:
        """The clause at this path, absent if nobody has proposed one."""
        return self.clauses.get(path) or Clause(path, self.between)

    def round(self, number: int) -> Round:
        """The round of this number, absent if nobody has planned it."""
        return self.rounds.get(number) or Round(number, self.between)

    def item(self, ref: EntryRef) -> Item:
        """The agenda item requested in this entry."""
        return self.items.get(ref) or Item(ref, self.between)

    @property
    def base(self) -> LoadedAccord | None:
        """The draft that texts are filled into: of the first party by name that has put one on the table."""
        first = min(self.openings, key=lambda ref: (ref.origin, ref.sequence), default=None)
        return None if first is None else self.openings[first]

    def seen_by(self, party: str) -> list[dict[str, Any]]:
        """What a statement of `party` made here now has read, as its `seen`."""
        return [
            {"origin": ref.origin, "sequence": ref.sequence}
            for other, ref in sorted(self.newest.items())
            if other != party
        ]

    @singledispatchmethod
    def _take(self, statement: PersonStatement, said: dict[str, Any]) -> None:
        raise RefusedError(f"{type(statement).__name__} is no step of talks")

    @_take.register
    def _(self, statement: acts.OpenTalks, said: dict[str, Any]) -> None:
        loaded = read_draft(statement)
        values = paths.clauses_of(loaded.accord)
        self._check_room(statement.party, values)
        for path, value in values.items():
            digest = paths.digest_of_value(value)
            word = ClauseWord(**said, step="propose", digest=digest, because="")
            self._clause(path).add(word, value)
        self.openings[said["ref"]] = loaded
        self.opened[said["ref"]] = Said(**said)

    @_take.register
    def _(self, statement: acts.RoundStatement, said: dict[str, Any]) -> None:
        word = RoundWord(
            **said,
            step=statement.step,
            starts=statement.starts,
            by=statement.by,
            place=statement.place,
            interpreter=statement.interpreter,
            delegation=tuple(statement.delegation),
            agenda=tuple(statement.agenda),
            because=statement.because,
        )
        self.rounds.setdefault(statement.round, Round(statement.round, self.between)).add(word)

    @_take.register
    def _(self, statement: acts.AgendaStatement, said: dict[str, Any]) -> None:
        ref = statement.item or said["ref"]
        asked = sum(item.party == statement.party for item in self.items.values())
        if statement.item is None and asked >= ITEMS_OF_A_PARTY_MAX:
            raise RefusedError(f"more than {ITEMS_OF_A_PARTY_MAX} agenda items of one party")
        if ref.origin.split("/")[1] not in self.between:
            raise RefusedError("an item of a party that takes no part in these talks")
        word = ItemWord(
            **said,
            step=statement.step,
            title=statement.title,
            about=statement.about,
            subject=statement.subject,
            round=statement.round,
            because=statement.because,
        )
        self.items.setdefault(ref, Item(ref, self.between)).add(word)

    @_take.register
    def _(self, statement: acts.ClauseStatement, said: dict[str, Any]) -> None:
        self._check_room(statement.party, [part.path for part in statement.clauses])
        for part in statement.clauses:
            word = ClauseWord(**said, step=statement.step, digest=part.digest, because=statement.because)
            self._clause(part.path).add(word, part.value)

    @_take.register
    def _(self, statement: acts.CommentStatement, said: dict[str, Any]) -> None:
        clause = self._clause(statement.path)
        if sum(one.party == statement.party for one in clause.comments) >= COMMENTS_OF_A_PARTY_MAX:
            raise RefusedError(f"more than {COMMENTS_OF_A_PARTY_MAX} comments of one party beside one clause")
        clause.comment(Comment(**said, text=statement.text, language=statement.language))

    @_take.register
    def _(self, statement: acts.MinutesStatement, said: dict[str, Any]) -> None:
        word = MinutesWord(**said, step=statement.step, digest=statement.digest)
        held = self.rounds.setdefault(statement.round, Round(statement.round, self.between))
        held.sign(word, statement.minutes)

    def _check_room(self, party: str, more: Iterable[str]) -> None:
        """RefusedError if this party would speak about too many clauses."""
        own = self._paths.get(party, frozenset()) | set(more)
        if len(own) > CLAUSES_OF_A_PARTY_MAX:
            raise RefusedError(f"party {party} speaks about more than {CLAUSES_OF_A_PARTY_MAX} clauses")
        self._paths[party] = frozenset(own)

    def _clause(self, path: str) -> Clause:
        return self.clauses.setdefault(path, Clause(path, self.between))


def read_draft(statement: acts.OpenTalks) -> LoadedAccord:
    """The draft of an opening. RefusedError: it is no accord, has another name or is between others."""
    try:
        loaded = parse_accord(statement.draft, "the draft of the talks")
    except AccordError as error:
        raise RefusedError(str(error)) from None
    if loaded.accord.name != statement.talks:
        raise RefusedError(f"the draft is of {loaded.accord.name!r}, the talks are about {statement.talks!r}")
    if sorted(party.id for party in loaded.accord.parties) != statement.between:
        raise RefusedError("the draft is between other parties than the talks")
    return loaded


def _said(ref: EntryRef, header: Header, statement: acts.TalksStatement) -> dict[str, Any]:
    return {
        "ref": ref,
        "party": statement.party,
        "person": statement.person,
        "role": statement.role,
        "at": statement.at,
        "recorded_at": header.recorded_at,
        "exercise": statement.exercise or header.exercise,
        "seen": {one.origin: one.sequence for one in statement.seen},
    }


def check(talks: Negotiation, statement: acts.TalksStatement) -> None:
    """Whether this statement can be made now, by the tables. InputError says why not; RefusedError: it does
    not fit at all."""
    if isinstance(statement, acts.OpenTalks):
        read_draft(statement)
        if any(ref.origin.split("/")[1] == statement.party for ref in talks.openings):
            raise InputError(
                f"party {statement.party} has put a draft of {talks.name} on the table already",
                do="propose or counter its clauses",
            )
        return
    if not talks.openings:
        raise InputError(
            f"no talks {talks.name!r} between {' and '.join(talks.between)} here",
            do="open them with `skyaccord talks open`, or wait for the other side's draft",
        )
    _CHECKS[type(statement)](talks, statement)


def _check_round(talks: Negotiation, statement: acts.RoundStatement) -> None:
    talks.round(statement.round).check(statement.party, statement.step)
    talks.round(statement.round).check_date(statement.step, statement.at)
    for item in statement.agenda:
        state = talks.item(item).state
        if state not in ("requested", "accepted"):
            raise InputError(f"an agenda item is {state}", where=f"round {statement.round}")


def _check_item(talks: Negotiation, statement: acts.AgendaStatement) -> None:
    number = statement.round
    if statement.item is not None:
        item = talks.item(statement.item)
        item.check(statement.party, statement.step)
        number = item.round if number is None and statement.step == "deal" else number
    if number is not None and statement.step in ("request", "accept", "deal"):
        talks.round(number).check_item(statement.step, statement.at)


def _check_clauses(talks: Negotiation, statement: acts.ClauseStatement) -> None:
    for part in statement.clauses:
        talks.clause(part.path).check(statement.party, statement.step, part.digest)


def _check_comment(talks: Negotiation, statement: acts.CommentStatement) -> None:
    talks.clause(statement.path).check(statement.party, "comment", None)


def _check_minutes(talks: Negotiation, statement: acts.MinutesStatement) -> None:
    held = talks.round(statement.round)
    held.check(statement.party, statement.step, statement.digest)
    held.check_date(statement.step, statement.at)
    if statement.step == "sign" and statement.digest not in held.minutes:
        raise InputError("no minutes with this digest are here", where=f"round {statement.round}")
    if held.stands_for.get(statement.party) == statement.digest:
        raise InputError("your side has signed these minutes already", where=f"round {statement.round}")


_CHECKS: Final[dict[type[acts.TalksStatement], Callable[[Negotiation, Any], None]]] = {
    acts.RoundStatement: _check_round,
    acts.AgendaStatement: _check_item,
    acts.ClauseStatement: _check_clauses,
    acts.CommentStatement: _check_comment,
    acts.MinutesStatement: _check_minutes,
}

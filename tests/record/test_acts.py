from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from skyaccord.base.errors import RefusedError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.record.acts import ACTS, ActRegistry, PersonStatement
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.keys import PersonKey
from skyaccord.record.kinds import KINDS
from skyaccord.record.statement import make_statement, read_statement, sign_statement
from tests.record.worlds import enrol, exchange_all, make_pair, said

PERSON = PersonKey.generate(SeededRandomness(5))
SAID: dict[str, Any] = {
    "person": PERSON.public,
    "party": "A",
    "role": "duty-officer",
    "at": "2015-10-14T09:01:00Z",
    "accord": None,
    "exercise": True,
    "automatic": False,
}


class Wave(PersonStatement):
    act: Literal["wave"]
    times: int


class Nod(PersonStatement):
    act: Literal["nod"]


def registry() -> ActRegistry:
    found = ActRegistry()
    found.register("wave", Wave, kind="greeting")
    return found


def test_a_room_adds_an_act_with_its_kind() -> None:
    acts = registry()
    acts.register("wave", Wave, kind="greeting")  # imported twice
    assert (acts.known(), acts.kinds()) == (["wave"], ["greeting"])
    assert (acts.of_kind("greeting"), acts.kind_of("wave")) == ("wave", "greeting")
    assert acts.of_kind(None) is None
    assert acts.of_kind("message") is None
    assert acts.kind_of("nod") is None
    statement = make_statement({**SAID, "act": "wave", "times": 2}, acts)
    assert isinstance(statement, Wave)
    with pytest.raises(ValidationError, match="frozen"):
        statement.times = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("act", "model", "kind", "says"),
    [
        ("wave", Nod, "greeting", 'needs the field `act: Literal\\["wave"\\]`'),
        ("nod", Nod, "greeting", "one act, one kind"),
        ("wave", Wave, "farewell", "one act, one kind"),
        ("Wave!", Wave, "greeting", "no name for an act"),
        ("w" * 65, Wave, "greeting", "no name for an act"),
        ("statement", PersonStatement, "greeting", "needs the field"),
    ],
)
def test_what_does_not_fit_together_is_a_mistake_of_the_program(
    act: str, model: type[PersonStatement], kind: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        registry().register(act, model, kind=kind)


def test_another_model_for_an_act_is_a_mistake_too() -> None:
    class Wave2(PersonStatement):
        act: Literal["wave"]

    with pytest.raises(ValueError, match="has a model already"):
        registry().register("wave", Wave2, kind="greeting")


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({**SAID, "act": "nod"}, "the act 'nod' is not known here"),
        ({**SAID}, "names no act"),
        ({**SAID, "act": ["wave"]}, "names no act"),
        (["wave"], "names no act"),
        ({**SAID, "act": "wave", "times": 2, "place": "x"}, "place: there is no such field"),
        ({**SAID, "act": "wave", "times": "2"}, "times"),
    ],
)
def test_what_is_no_statement_of_a_known_act_is_refused(payload: Any, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        make_statement(payload, registry())


def test_an_unknown_act_inside_a_known_kind_is_refused_and_an_unknown_kind_stays_opaque(
    tmp_path: Path,
) -> None:
    a, b = make_pair(tmp_path)
    enrol(a, PERSON)
    waved = sign_dsse("statement.wave", canonical_json({**SAID, "act": "wave"}), PERSON)
    with pytest.raises(RefusedError, match="'wave' is not known"):
        a.journal.append("message", {"statement": waved}, recipients=["*"])
    with pytest.raises(RefusedError, match="'wave' is not known"):
        read_statement(waved)
    a.journal.append("greeting", {"statement": waved}, recipients=["*"])
    exchange_all(a, b)
    (held,) = b.journal.entries(a.card.origin, kinds=("greeting",))
    assert (held.refused, held.body["statement"]) == (None, waved)


def test_an_act_in_the_kind_of_another_is_refused(tmp_path: Path) -> None:
    a, _ = make_pair(tmp_path)
    enrol(a, PERSON)
    with pytest.raises(
        RefusedError, match="acknowledgement carries the act 'message', expected 'acknowledge'"
    ):
        a.journal.append_statement("acknowledgement", said(a, PERSON), recipients=["*"])


def test_every_kind_that_carries_an_act_is_a_kind_with_a_model() -> None:
    """Otherwise its body would be opaque, and its statement checked in an envelope that nobody reads."""
    assert set(ACTS.kinds()) <= set(KINDS.known())
    assert {"acknowledge", "message", "open-incident"} <= set(ACTS.known())


def test_the_payload_type_names_the_act() -> None:
    payload = {**SAID, "act": "message", "to_role": "duty-officer", "text": "x", "language": "en"}
    dsse = sign_statement(payload, PERSON)
    other = {**dsse, "payloadType": "application/vnd.skyaccord.statement.acknowledge+json"}
    with pytest.raises(RefusedError, match="payload type"):
        read_statement(other)

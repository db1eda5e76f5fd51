"""Nothing shows acknowledged without a person's signature, whatever a node puts into its journal."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skyaccord.base.randomness import SeededRandomness
from skyaccord.base.times import format_utc
from skyaccord.hotline.acknowledgements import take
from skyaccord.hotline.asking import Asking, RoleTerms
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Header
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PartyKey, PersonKey

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORIGIN = "skyaccord.journal/B/" + "1" * 16
SUBJECT = EntryRef(origin="skyaccord.journal/A/" + "0" * 16, sequence=4, leaf="ab" * 32)
OFFICER, OTHER = PersonKey.generate(SeededRandomness(1)), PersonKey.generate(SeededRandomness(2))
NODE = PartyKey.generate(SeededRandomness(3))
PLACE = 20  # of the acknowledgement in B's journal


def header(sequence: int, kind: str) -> Header:
    return Header(
        origin=ORIGIN, sequence=sequence, previous="0" * 64, kind=kind, accord=None, recipients=["*"],
        sky_time=T0, recorded_at=T0 + timedelta(seconds=sequence), exercise=True,
    )  # fmt: skip


FIELDS: dict[str, list[Any]] = {
    "party": ["A", "C"], "role": ["commander"], "automatic": [True], "act": ["message", "nod"],
    "at": [format_utc(T0 + timedelta(hours=2)), format_utc(T0 - timedelta(hours=2))],
    "person": [OTHER.public, NODE.public],
}  # fmt: skip
CHANGES = st.sampled_from([(name, value) for name, values in FIELDS.items() for value in values])


@given(
    change=st.none() | CHANGES,
    signer=st.sampled_from([OFFICER, OTHER, NODE]),
    enrolled=st.none() | st.integers(1, 40),
    dismissed=st.none() | st.integers(2, 40),
    broken=st.none() | st.integers(0, 63),
)
def test_only_what_the_enrolled_person_signed_counts(
    change: tuple[str, Any] | None,
    signer: PersonKey | PartyKey,
    enrolled: int | None,
    dismissed: int | None,
    broken: int | None,
) -> None:
    entries: list[tuple[int, str, dict[str, Any]]] = []
    if enrolled is not None:
        person = {"public_key": OFFICER.public, "name": "N.", "role": "duty-officer", "automatic": False}
        entries.append((enrolled, "person.enrolled", person))
    if dismissed is not None:
        entries.append((dismissed, "person.dismissed", {"public_key": OFFICER.public, "reason": "EXERCISE"}))
    said: dict[str, Any] = {
        "act": "acknowledge", "of": SUBJECT.model_dump(), "person": OFFICER.public, "party": "B",
        "role": "duty-officer", "at": format_utc(T0 + timedelta(seconds=PLACE)), "accord": None,
        "exercise": True, "automatic": False,
    }  # fmt: skip
    if change is not None:
        said[change[0]] = change[1]
    dsse = sign_dsse(f"statement.{said['act']}", canonical_json(said), signer)
    if broken is not None:
        dsse = copy.deepcopy(dsse)
        letter = dsse["signatures"][0]["sig"]
        dsse["signatures"][0]["sig"] = (
            letter[:broken] + ("A" if letter[broken] != "A" else "B") + letter[broken + 1 :]
        )
    enrolments = Enrolments()
    for sequence, kind, body in sorted(entries, key=lambda entry: entry[0]):
        enrolments.add(header(sequence, kind), body)
    asking = Asking(lambda _accord, _role: RoleTerms(30.0, None))
    asking.ask(SUBJECT, None, {"B": "duty-officer"}, T0)
    ref = EntryRef(origin=ORIGIN, sequence=PLACE, leaf="cd" * 32)
    take(asking, enrolments, ref, header(PLACE, "acknowledgement"), {"statement": dsse})
    standing = asking.standing(SUBJECT, "B")
    assert standing is not None
    there = enrolled is not None and enrolled < PLACE
    gone = there and dismissed is not None and enrolled is not None and enrolled < dismissed < PLACE
    honest = change is None and signer is OFFICER and broken is None
    assert standing.acknowledged == (honest and there and not gone)

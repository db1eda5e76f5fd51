"""Suspension, resumption, withdrawal with their notices; who was told; annexes in versions of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from skyaccord.accord.annexes import parse_amendment
from skyaccord.accord.canonical import canonical_bytes
from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import AccordError, InputError, RefusedError
from skyaccord.record.dsse import sign_dsse
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from skyaccord.talks.amending import ANNEX_SIGNED, DSSE_NAME, sign_amendment
from skyaccord.talks.book import AccordBook, Standing
from skyaccord.talks.course import COURSE, check_step
from skyaccord.talks.machines import ACCORD, No
from skyaccord.talks.signing import sign_accord
from skyaccord.talks.told import TOLD, ToldStatement, check_told
from tests.talks.world import KEYS, PINS, START, accord_text, header

PERSON = PersonKey.generate()
DAY = timedelta(days=1)
NOTICES = "\n[suspension]\nnotice_s = 86400\nresumption_notice_s = 3600\n\n[withdrawal]\nnotice_s = 172800\n"
FREQUENCIES = """
[frequency_plan]
version = 1

[[frequency]]
name = "guard-vhf"
mhz = 121.5
use = "Guard."

[[annex]]
id = "frequencies"
title = "Frequency plan"
version = 1
parts = ["frequency_plan", "frequency"]
"""


def signed(more: str = "", members: str = "") -> tuple[AccordBook, LoadedAccord]:
    """A book with an accord of A and B in force."""
    text = accord_text().replace('name = "Party A"', f'name = "Party A"\n{members}') + more
    loaded = parse_accord(text, "accord.toml")
    book = AccordBook(PINS)
    for party in "AB":
        book.add(header(party), sign_accord(loaded, party, KEYS[party]))
    return book, loaded


def say(  # noqa: PLR0917
    book: AccordBook, loaded: LoadedAccord, act: str, party: str, at: datetime, sequence: int, **fields: Any
) -> None:
    """A statement about the accord, on the record at this sky time."""
    kind = COURSE if act == "accord-course" else TOLD
    dsse = sign_statement(
        {
            "act": act,
            "party": party,
            "role": "representative",
            "at": at,
            "accord": loaded.digest,
            "exercise": False,
            "automatic": False,
            **fields,
        },
        PERSON,
    )
    stands = header(party, sequence, kind=kind, sky_time=at, accord=loaded.digest)
    ref = EntryRef(origin=stands.origin, sequence=sequence, leaf="0" * 64)
    assert book.take(ref, stands, {"statement": dsse})


def step(book: AccordBook, loaded: LoadedAccord, what: str, party: str, at: datetime, sequence: int) -> None:  # noqa: PLR0917
    say(book, loaded, "accord-course", party, at, sequence, step=what, because="politics")


def at(book: AccordBook, loaded: LoadedAccord, moment: datetime) -> Standing:
    found = book.standing(loaded.digest, moment)
    assert found is not None
    return found


def test_a_suspension_takes_effect_after_its_notice_and_is_watched_as_before() -> None:
    book, loaded = signed(NOTICES)
    step(book, loaded, "suspend", "B", START, 5)
    announced = at(book, loaded, START + DAY / 2)
    assert announced.state == "in force"
    assert "party B has announced to suspend it from 2020-06-02" in announced.reason
    suspended = at(book, loaded, START + DAY)
    assert suspended.state == "suspended"
    assert suspended.reason.endswith("monitoring, hotline and record go on")
    assert book.in_force(START + DAY) == ()
    assert [one.digest for one in book.watched(START + DAY)] == [loaded.digest]
    with pytest.raises(AccordError, match="not in force: party B has suspended it"):
        book.require_in_force(loaded, START + DAY)
    step(book, loaded, "resume", "B", START + 2 * DAY, 6)
    assert at(book, loaded, START + 2 * DAY).state == "suspended"
    assert at(book, loaded, START + 2 * DAY + timedelta(hours=1)).state == "in force"


def test_what_is_only_announced_can_be_taken_back() -> None:
    book, loaded = signed(NOTICES)
    step(book, loaded, "suspend", "B", START, 5)
    step(book, loaded, "resume", "B", START + DAY / 2, 6)
    assert at(book, loaded, START + 3 * DAY).state == "in force"
    assert at(book, loaded, START + 3 * DAY).course.told == ""


def test_two_parties_suspend_and_both_must_resume() -> None:
    book, loaded = signed()
    step(book, loaded, "suspend", "A", START, 5)
    step(book, loaded, "suspend", "B", START, 5)
    step(book, loaded, "resume", "A", START + DAY, 6)
    assert at(book, loaded, START + DAY).state == "suspended"
    step(book, loaded, "resume", "B", START + DAY, 6)
    assert at(book, loaded, START + DAY).state == "in force"


def test_a_withdrawal_ends_the_watch_under_the_accord_after_its_notice() -> None:
    book, loaded = signed(NOTICES)
    step(book, loaded, "withdraw", "A", START, 5)
    assert at(book, loaded, START + DAY).state == "in force"
    left = at(book, loaded, START + 2 * DAY)
    assert left.state == "withdrawn"
    assert book.watched(START + 2 * DAY) == ()
    step(book, loaded, "resume", "A", START + 3 * DAY, 6)
    assert at(book, loaded, START + 4 * DAY).state == "withdrawn"


def test_a_stranger_to_the_accord_changes_nothing() -> None:
    book, loaded = signed()
    step(book, loaded, "suspend", "C", START, 5)
    assert at(book, loaded, START + DAY).state == "in force"


@pytest.mark.parametrize("state", [one for one in ACCORD.states if one != "unsigned"])
@pytest.mark.parametrize("what", ["suspend", "resume", "withdraw"])
@pytest.mark.parametrize("who", ["A", "B"])
def test_the_accords_steps_do_what_their_table_says(state: str, what: str, who: str) -> None:
    """From every state, by either side; without notices the table's next state is there at once."""
    book, loaded, moment = in_state(state)
    found = at(book, loaded, moment)
    own = any(word.party == who for word in (*found.course.suspended, *found.course.announced))
    expected = ACCORD.cell(state, what, "own" if own else "other")
    if isinstance(expected, No):
        with pytest.raises(InputError) as caught:
            check_step(found.state, found.course, who, what, where="it")  # type: ignore[arg-type]
        assert expected.why in str(caught.value)
        return
    assert check_step(found.state, found.course, who, what, where="it") == expected  # type: ignore[arg-type]
    step(book, loaded, what, who, moment, 9)
    later = moment if loaded.accord.suspension is None else moment + 3 * DAY
    assert at(book, loaded, later).state in (expected, found.state if state == "not yet valid" else expected)


def in_state(state: str) -> tuple[AccordBook, LoadedAccord, datetime]:
    """A book whose accord is in this state at this moment."""
    if state == "proposed":
        loaded = parse_accord(accord_text(), "accord.toml")
        book = AccordBook(PINS)
        book.add(header("A"), sign_accord(loaded, "A", KEYS["A"]))
        return book, loaded, START
    book, loaded = signed(NOTICES if state == "announced" else "")
    if state == "not yet valid":
        return book, loaded, datetime(2019, 1, 1, tzinfo=START.tzinfo)
    if state == "expired":
        loaded = parse_accord(
            loaded.text.replace("[validity]", "[validity]\nend = 2020-05-01T00:00:00Z"), "x"
        )
        for party in "AB":
            book.add(header(party, 2), sign_accord(loaded, party, KEYS[party]))
    if state == "superseded":
        second = parse_accord(loaded.text.replace("version = 1", "version = 2", 1), "x")
        for party in "AB":
            book.add(header(party, 2), sign_accord(second, party, KEYS[party]))
    if state in ("announced", "suspended"):
        step(book, loaded, "suspend", "B", START, 5)
    if state == "withdrawn":
        step(book, loaded, "withdraw", "B", START, 5)
    return book, loaded, START + timedelta(hours=1)


def test_members_confirm_that_they_were_told_and_who_has_not_is_shown() -> None:
    book, loaded = signed(members='members = ["Member 1", "Member 2"]')
    told = at(book, loaded, START).told
    assert {party: list(members) for party, members in told.items()} == {
        "A": ["Member 1", "Member 2"],
        "B": ["Party B"],
    }
    say(book, loaded, "accord-told", "A", START, 5, members=["Member 2"], confirmed_by="chief of staff")
    told = at(book, loaded, START).told
    assert [name for name, one in told["A"].items() if one is None] == ["Member 1"]
    assert told["A"]["Member 2"] is not None
    assert told["A"]["Member 2"].confirmed_by == "chief of staff"


def test_only_members_of_ones_own_party_can_be_said_to_be_told() -> None:
    _, loaded = signed(members='members = ["Member 1"]')
    statement = ToldStatement.model_validate(
        {
            "act": "accord-told", "person": PERSON.public, "party": "A", "role": "representative",
            "at": START,
            "accord": loaded.digest, "exercise": False, "automatic": False, "members": ["Party B"],
        }
    )  # fmt: skip
    with pytest.raises(InputError, match="is no member of party A"):
        check_told(loaded.accord, statement)


def amendment(loaded: LoadedAccord, version: int, mhz: float, start: str = "") -> Any:
    return parse_amendment(
        f'format = "skyaccord.annex/1"\naccord = "{loaded.digest}"\nannex = "frequencies"\n'
        f"version = {version}\n{start}\n[frequency_plan]\nversion = {version}\n\n"
        f'[[frequency]]\nname = "guard-vhf"\nmhz = {mhz}\nuse = "Guard."\n',
        "annex.toml",
    )


def put(book: AccordBook, loaded: LoadedAccord, one: Any, party: str, when: datetime, sequence: int) -> bool:  # noqa: PLR0917
    body = sign_amendment(one, loaded.accord, party, KEYS[party])
    stands = header(party, sequence, kind=ANNEX_SIGNED, sky_time=when, accord=loaded.digest)
    return book.take(EntryRef(origin=stands.origin, sequence=sequence, leaf="0" * 64), stands, body)


def test_an_amendment_runs_when_both_have_signed_it_and_the_accord_keeps_its_digest() -> None:
    book, loaded = signed(FREQUENCIES)
    second = amendment(loaded, 2, 123.45)
    assert put(book, loaded, second, "A", START, 5)
    (first, waiting) = at(book, loaded, START).annexes
    assert (first.version, first.state) == (1, "in force")
    assert (waiting.version, waiting.state, waiting.missing) == (2, "proposed", ("B",))
    assert put(book, loaded, second, "B", START + DAY, 5)
    assert [one.accord.frequencies[0].mhz for one in book.watched(START)] == [121.5]
    (running,) = book.watched(START + DAY)
    assert running.accord.frequencies[0].mhz == 123.45
    assert running.digest == loaded.digest
    assert [one.state for one in at(book, loaded, START + DAY).annexes] == ["superseded", "in force"]


def test_an_amendment_waits_for_its_own_start() -> None:
    book, loaded = signed(FREQUENCIES)
    later = amendment(loaded, 2, 123.45, "start = 2020-07-01T00:00:00Z")
    for party in "AB":
        put(book, loaded, later, party, START, 5)
    assert at(book, loaded, START).annexes[1].state == "not yet valid"
    assert at(book, loaded, START + 40 * DAY).annexes[1].state == "in force"


def test_new_frequencies_are_not_signed_under_the_plans_old_version() -> None:
    """Messages name the plan's version: under one version there are not two lists."""
    _, loaded = signed(FREQUENCIES)
    second = amendment(loaded, 2, 123.45)
    text = second.text.replace("[frequency_plan]\nversion = 2", "[frequency_plan]\nversion = 1")
    for changed in (
        text,
        text.replace("mhz = 123.45", "mhz = 121.5").replace('"guard-vhf"', '"guard"'),
        text.replace("mhz = 123.45", "mhz = 121.5")
        + '[[frequency]]\nname = "second"\nmhz = 122.0\nuse = "Second."\n',
    ):
        with pytest.raises(AccordError, match=r"frequency_plan\.version: .*; make it 2"):
            sign_amendment(parse_amendment(changed, "x"), loaded.accord, "A", KEYS["A"])
    other_words = text.replace("mhz = 123.45", "mhz = 121.5").replace('"Guard."', '"Guard, all crews."')
    assert sign_amendment(parse_amendment(other_words, "x"), loaded.accord, "A", KEYS["A"])
    assert sign_amendment(second, loaded.accord, "A", KEYS["A"])


def test_two_amendments_of_one_version_run_alike_on_every_node() -> None:
    """Both sides sign two texts of version 2 in different order: one of them runs, the same everywhere."""
    _, loaded = signed(FREQUENCIES)
    one, other = amendment(loaded, 2, 123.45), amendment(loaded, 2, 130.0)
    frequencies = set()
    for order in ((one, other), (other, one)):
        book, _ = signed(FREQUENCIES)
        for sequence, text in enumerate(order, start=5):
            for party in "AB":
                put(book, loaded, text, party, START, sequence)
        frequencies.add(book.watched(START)[0].accord.frequencies[0].mhz)
    assert len(frequencies) == 1


def test_amendments_of_one_party_are_bounded_over_all_accords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to accords that nobody signed, each with a digest of its own."""
    monkeypatch.setattr("skyaccord.talks.amending.AMENDMENTS_OF_A_PARTY_MAX", 2)
    book, loaded = signed(FREQUENCIES)
    texts = [
        amendment(loaded, 2, 123.45).text.replace(loaded.digest, f"sha256:{place:064x}") for place in range(3)
    ]

    def sign(party: str, sequence: int, text: str) -> None:
        one = parse_amendment(text, "amendment.toml")
        signature = sign_dsse(DSSE_NAME, canonical_bytes(one.amendment), KEYS[party])
        stands = header(party, sequence, kind=ANNEX_SIGNED, accord=one.amendment.accord)
        ref = EntryRef(origin=stands.origin, sequence=sequence, leaf="0" * 64)
        assert book.take(ref, stands, {"digest": one.digest, "text": text, "signature": signature})

    for sequence in (50, 51):
        sign("A", sequence, texts[sequence - 50])
    sign("A", 52, texts[1])  # the same again is nothing new
    with pytest.raises(RefusedError, match="party A has signed 2 amendments already"):
        sign("A", 53, texts[2])
    sign("B", 54, texts[2])
    monkeypatch.setattr("skyaccord.talks.amending.AMENDMENTS_OF_A_PARTY_MAX", 9)
    monkeypatch.setattr("skyaccord.talks.amending.AMENDMENTS_BYTES_MAX", 2 * len(texts[0]))
    with pytest.raises(RefusedError, match="bytes of them"):
        sign("A", 55, texts[2])


def test_an_amendment_that_was_changed_after_signing_counts_for_nothing_and_is_shown() -> None:
    book, loaded = signed(FREQUENCIES)
    body = sign_amendment(amendment(loaded, 2, 123.45), loaded.accord, "A", KEYS["A"])
    forged = {**body, "text": body["text"].replace("123.45", "130.0")}
    stands = header("A", 5, kind=ANNEX_SIGNED, accord=loaded.digest)
    with pytest.raises(RefusedError, match="changed after signing"):
        book.take(EntryRef(origin=stands.origin, sequence=5, leaf="0" * 64), stands, forged)
    assert "changed after signing" in book.refusals[-1].reason

"""What people do at a console: statements that hold are journalled once, all others refused in one line."""

from pathlib import Path

import anyio
import pytest

from skyaccord.base.times import format_utc
from skyaccord.record.canonical import canonical_json
from skyaccord.record.dsse import sign_dsse
from tests.node.tabletop import Seat, Table, play


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"party": "B"}, 403, "statement is of 'B'"),
        ({"role": "commander"}, 403, "not enrolled"),
        ({"at": "2026-11-22T08:00:00Z"}, 403, "signed before the person was enrolled"),
        ({"at": "2026-11-22T18:00:00Z"}, 403, "future"),
        ({"automatic": True}, 403, "automatic"),
        (
            {"of": {"origin": "skyaccord.journal/B/" + "0" * 16, "sequence": 1, "leaf": "0" * 64}},
            422,
            "no such",
        ),
        ({"act": "message", "to_role": "x", "text": "y" * 4001, "language": "en"}, 403, "text"),
        ({"act": "message", "to_role": "x", "text": "y", "language": "en", "target": "z"}, 403, "target"),
    ],
)
def test_statements_that_do_not_hold_are_refused_in_one_line(
    tmp_path: Path, change: dict, status: int, says: str
) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        a.enrol()
        await table.prepare()
        said = {"act": "acknowledge", "of": None, **change}
        if said["act"] == "message":
            said.pop("of")
        elif said["of"] is None:
            said["of"] = next(iter(a.journal.entries())).ref.model_dump(mode="json")
        statement = sign_loosely(a, said)
        async with a.browser() as client:
            answer = await client.post("/api/acts", json=statement)
        assert answer.status_code == status, answer.text
        assert says in answer.json()["error"]
        assert "\n" not in answer.json()["error"]
        assert a.kinds() == ["node.opened", "person.enrolled"]

    play(tmp_path, story, "A")


def sign_loosely(seat: Seat, payload: dict) -> dict:
    """Sign whatever the payload says, as a console that is not ours could."""
    said = {
        "party": seat.party, "role": "duty-officer", "at": format_utc(seat.table.clock.now()), "accord": None,
        "exercise": False, "automatic": False, "person": seat.officer.public, **payload,
    }  # fmt: skip
    if said["act"] == "message":
        said.setdefault("about", None)
    return sign_dsse(f"statement.{said['act']}", canonical_json(said), seat.officer)


def test_one_statement_twice_is_one_entry_and_a_flood_is_stopped(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        a.enrol()
        await table.prepare()
        message = {"act": "message", "to_role": "duty-officer", "text": "EXERCISE", "language": "en"}
        first = (await a.act(message)).json()["ref"]
        acknowledge = a.statement({"act": "acknowledge", "of": first})
        async with a.browser() as client:
            refs = [(await client.post("/api/acts", json=acknowledge)).json()["ref"] for _ in range(2)]
        assert refs[0] == refs[1]
        assert a.kinds().count("acknowledgement") == 1
        again = a.statement({**message, "text": "EXERCISE again"})
        found: list[dict] = []

        async def post() -> None:
            async with a.browser() as client:
                found.append((await client.post("/api/acts", json=again)).json()["ref"])

        async with anyio.create_task_group() as tasks:  # a console that lost patience
            tasks.start_soon(post)
            tasks.start_soon(post)
        assert found[0] == found[1]
        assert a.kinds().count("message") == 2
        a.node.desk.acts._per_minute_max = 3
        answers = [await a.act(message) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [429, 429, 429]
        table.clock.advance(61.0)
        assert (await a.act(message)).status_code == 201

    play(tmp_path, story, "A")


def test_persons_ask_to_be_enrolled_and_are_forgotten_once_they_are(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        await table.prepare()
        wish = {"public_key": a.officer.public, "name": "N. N.", "role": "duty-officer"}
        async with a.browser() as client:
            for _ in range(2):
                assert (await client.post("/api/enrolments", json=wish)).status_code == 202
            bad = await client.post("/api/enrolments", json={**wish, "public_key": "short"})
            assert bad.status_code == 422
            me = (await client.get("/api/me", params={"public_key": a.officer.public})).json()
            assert (me["enrolled"], me["waiting"], me["party"]) == (False, True, "A")
        assert (await a.get("status"))["enrolments_waiting"] == [wish]
        assert a.journal.store.setting("enrolments_waiting") == [wish]
        a.enrol()
        await a.node.desk.keeper.catch_up()
        await table.second()
        status = await a.get("status")
        assert status["enrolments_waiting"] == []
        assert [one["role"] for one in status["persons"]] == ["duty-officer"]
        async with a.browser() as client:
            me = (await client.get("/api/me", params={"public_key": a.officer.public})).json()
        assert (me["enrolled"], me["role"], me["name"]) == (True, "duty-officer", "Officer of A")

    play(tmp_path, story, "A")

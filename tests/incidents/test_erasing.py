"""Contents of incidents go when their time is over; what both sides agreed stays provable by leaves alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.cli.app import app
from skyaccord.incidents.covering import Covered, covered, covers, digest_of
from skyaccord.incidents.statements import CLOSE
from skyaccord.record.erasure import Retention, erase
from skyaccord.record.fields import EntryRef
from tests.incidents.desk import Desk
from tests.node.tabletop import Seat, Table, play
from tests.node.test_incident_story import in_force, say

KINDS = ("incident.account", "incident.reported", "incident.fact", "incident.silence")


def ref(party: str, sequence: int) -> EntryRef:
    return EntryRef(
        origin=f"skyaccord.journal/{party}/{ord(party):016x}", sequence=sequence, leaf=f"{sequence:064x}"
    )


def test_what_a_closing_names_is_what_it_is_over() -> None:
    refs = [ref("B", 7), *(ref("A", n) for n in (3, 4, 5, 9))]
    named = covered(refs)
    assert [(one.origin[18], [(s.first, s.last) for s in one.spans]) for one in named] == [
        ("A", [(3, 5), (9, 9)]),
        ("B", [(7, 7)]),
    ]
    assert all(covers(named, one) for one in refs)
    assert not any(covers(named, ref(party, n)) for party, n in (("A", 6), ("A", 2), ("B", 8), ("C", 7)))
    assert covered(reversed(refs)) == named
    assert digest_of(refs) == digest_of(list(reversed(refs))) != digest_of(refs[1:])
    for spans in ([(5, 3)], [(3, 5), (6, 7)], [(9, 9), (3, 5)]):
        with pytest.raises(ValueError, match="span"):
            Covered.model_validate(
                {
                    "origin": refs[0].origin,
                    "spans": [{"first": first, "last": last} for first, last in spans],
                }
            )


def closed() -> tuple[Desk, Desk, EntryRef]:
    """Both sides have closed one record."""
    a, b = Desk("A"), Desk("B")
    incident = a.open()
    b.hear(a)
    for desk in (a, b):
        desk.say(incident, "incident-account", text="So.", language="en")
    a.hear(b)
    b.hear(a)
    for desk in (a, b):
        close(desk, incident)
    a.hear(b)
    b.hear(a)
    assert a.case.state == b.case.state == "closed"
    return a, b, incident


def close(desk: Desk, incident: EntryRef, **more: Any) -> None:
    named = [one.model_dump(mode="json") for one in covered(desk.case.refs)]
    fields = {"record": desk.case.digest, "entries": named, **more}
    desk.say(incident, "incident-close", step="close", **fields)


def without(*sides: Desk, gone: EntryRef) -> Desk:
    """What a node shows that reads these journals after one entry's contents have gone."""
    again = Desk("A")
    for side in sides:
        for said in side.teller.entries:
            if said[0] == gone:
                again.cases.erased(gone)
            else:
                again.take(said)
    return again


def test_a_closed_record_stays_closed_when_an_account_is_erased() -> None:
    a, b, _ = closed()
    account = a.case.account_of["B"].ref
    after = without(a, b, gone=account).case
    assert after.digest == a.case.digest
    assert after.state == "closed"
    assert after.closed_by == ("A", "B")
    assert after.erased == (account,)
    assert after.dues() == ()  # nobody can tell any more that B's came; nobody is missed


def test_a_closing_that_names_what_never_belonged_to_it_covers_nothing_more() -> None:
    """B names an entry of another matter; here that entry is erased, and B's closing still stands for nothing
    but the digest that it says: A's stays as it is."""
    a, b, incident = closed()
    other = b.teller.say("incident.account", {"statement": {}}, 301)[0]
    named = [one.model_dump(mode="json") for one in covered([*b.case.refs, other])]
    close(b, incident, record=digest_of([*b.case.refs, other]), entries=named)
    after = without(a, b, gone=other)
    assert after.case.state == "closing"
    assert len(after.case.closed_by) == 1


def run(*arguments: str | Path, status: int = 0) -> str:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert (done.exit_code if not isinstance(done.exception, InputError) else 2) == status, done.output
    return done.output


async def account_for(seat: Seat, other: Seat, table: Table, note: str) -> dict[str, Any]:
    """An incident that one side reports by hand; both give an account; the newest row of it."""
    [accord] = (await seat.get("status"))["accords"]
    report = {
        "act": "report-incident", "accord": accord["digest"], "reason": "hand", "note": note,
        "start": "2015-10-20T09:00:00Z", "end": "2015-10-20T09:00:00Z",
    }  # fmt: skip
    assert (await seat.act(report)).status_code == 201
    await table.exchange()
    rows = {row["openings"][0]["note"]: row for row in await seat.get("incidents")}
    for one in (seat, other):
        await say(one, rows[note], "incident-account", text=f"{one.party}: {note}", language="en")
    await table.exchange()
    return rows[note]


def test_an_incident_goes_whole_once_closed_and_its_digest_is_proved_by_leaves(tmp_path: Path) -> None:
    digests: list[str] = []

    async def story(table: Table) -> None:
        a, b = await in_force(table)
        shut = await account_for(a, b, table, "Too near.")
        await account_for(a, b, table, "Nobody closed it.")
        for seat in (a, b):
            record = await seat.get(f"incidents/record?name={shut['incident']}")
            digests.append(record["record"])
            await say(
                seat, shut, "incident-close", step="close", record=record["record"], entries=record["entries"]
            )
        await table.exchange()
        assert [row["state"] for row in await a.get("incidents") if row["incident"] == shut["incident"]] == [
            "closed"
        ]

    play(tmp_path, story)
    digest, same = digests
    assert digest == same
    (tmp_path / "secret").write_text("secret\n", encoding="utf-8")
    report = tmp_path / "joint.html"
    shut, unshut = "report.A.", "MISSED"
    names = [line.split()[2] for line in run("incident", "list", "--node", tmp_path / "A").splitlines()
             if not line.startswith(" ") and "CLOSED" in line]  # fmt: skip
    run("incident", "report", names[0], report, "--node", tmp_path / "A")
    assert digest in report.read_text(encoding="utf-8")
    every = [word for kind in KINDS for word in ("--kind", kind)]
    erase_all = ("journal", "erase", "--node", tmp_path / "A", "--before", "2100-01-01T00:00:00Z", *every)
    said = run(*erase_all, "--passphrase-file", tmp_path / "secret")
    assert "2  incident.account" in said
    assert "1  incident.reported" in said
    assert "which is not closed" in said
    listed = run("incident", "list", "--node", tmp_path / "A")
    assert shut in listed  # the one that nobody closed is there, whole
    assert unshut not in listed.replace("MISSED: meeting", "")
    assert "CLOSED" not in listed
    left = run("incident", "show", shut, "--node", tmp_path / "A")
    assert "> A: Nobody closed it." in left
    assert "> B: Nobody closed it." in left
    assert "Too near." not in left
    for party in "AB":
        for what in (digest, report):
            proved = run("incident", "verify", what, "--node", tmp_path / party)
            assert f"AGREED by A and B: {digest}" in proved
            assert ("3 of them erased" in proved) is (party == "A")
    assert "no party's closing" in run(
        "incident", "verify", "sha256:" + "0" * 64, "--node", tmp_path / "A", status=1
    )


def test_closings_are_never_erased_and_what_is_young_holds_the_rest(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await in_force(table)
        row = await account_for(a, b, table, "Too near.")
        table.clock.advance(86_400.0)
        cut = table.clock.now() - timedelta(hours=1)
        for seat in (a, b):
            record = await seat.get(f"incidents/record?name={row['incident']}")
            await say(
                seat, row, "incident-close", step="close", record=record["record"], entries=record["entries"]
            )
        await table.exchange()
        with pytest.raises(InputError, match="never erased"):
            erase(a.journal, Retention(frozenset({CLOSE}), table.clock.now(), "retention"))
        await a.close()
        (tmp_path / "secret").write_text("secret\n", encoding="utf-8")
        said = run(
            "journal", "erase", "--node", a.folder.path, "--before", format_utc(cut),
            "--kind", "incident.account", "--passphrase-file", tmp_path / "secret",
        )  # fmt: skip
        assert "Nothing was due." in said  # the closings are younger: the incident goes whole, later
        a.open()

    play(tmp_path, story)

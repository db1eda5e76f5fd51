"""Two nodes account for one breach: reconstructions, accounts, a fact that stays disputed, closing."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import skyaccord
from skyaccord.cli.app import app
from skyaccord.incidents.reconstruction import RECONSTRUCTION
from skyaccord.node.http.incident_models import IncidentRecord
from skyaccord.node.incident_acts import NONE_HERE
from skyaccord.record.keys import PersonKey
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Seat, Table, play

INCIDENT = """
[incident]
report_within_s = 3600
account_within_s = 7200
reported = ["breach", "nmac"]
severity_scales = ["airprox", "encounter"]
"""


async def breach(table: Table) -> dict[str, Any]:
    """Both seats watch one overtaking; A's row of the incident, with both reconstructions."""
    table.introduce()
    text = table.accord_text() + INCIDENT
    write_pass(table.root)
    for seat in table.seats.values():
        seat.sign(text)
        degrade = (
            "[feed.degrade]\nseed = 7\ntime_jitter_s = 0.4\ndropout = 0.2\n" if seat.party == "B" else ""
        )
        seat.set_feed(feed_table(speed=60.0, more=degrade))
        await seat.close()
        seat.open()
    await table.prepare()
    await table.exchange(4)
    await table.second(12)
    return await case_of(table.seats["a"])


async def in_force(table: Table) -> tuple[Seat, Seat]:
    """Two seats without a feed, under an accord that has rules for incidents and of conduct."""
    table.introduce()
    text = table.accord_text() + INCIDENT + '[[conduct]]\ncode = "lights"\ntext = "Lights on at night."\n'
    for seat in table.seats.values():
        seat.sign(text)
    await table.prepare()
    await table.exchange(4)
    return table.seats["a"], table.seats["b"]


async def case_of(seat: Seat) -> dict[str, Any]:
    [row] = await seat.get("incidents")
    return row


async def whole(seat: Seat) -> dict[str, Any]:
    """The whole record of the one incident, as a page gets it."""
    return await seat.get(f"incidents/record?name={(await case_of(seat))['incident']}")


async def say(seat: Seat, row: dict[str, Any], act: str, **fields: Any) -> dict[str, Any]:
    """An officer's word, which must be taken; the entry it stands in."""
    payload = {"act": act, "incident": row["ref"], "accord": row["accord"], **fields}
    answer = await seat.act(payload)
    assert answer.status_code == 201, answer.text
    return answer.json()["ref"]


async def refused(seat: Seat, row: dict[str, Any], act: str, **fields: Any) -> str:
    answer = await seat.act({"act": act, "incident": row["ref"], "accord": row["accord"], **fields})
    assert answer.status_code in (403, 422), answer.text
    return answer.json()["error"]


def test_two_accounts_that_disagree_on_one_fact(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        row = await breach(table)
        a, b = table.seats["a"], table.seats["b"]
        assert row["reason"] == "breach"
        assert row["opened_by"] == ["A", "B"]
        assert row["reconstructed_by"] == ["A", "B"]
        assert a.kinds().count(RECONSTRUCTION) == b.kinds().count(RECONSTRUCTION) == 1

        # the two sides saw one overtaking at half a mile, each with its own sensor
        made = [
            a.node.desk.keeper.projections.cases.named(row["incident"]).reconstructions[party]
            for party in "AB"
        ]
        for one in made:
            assert one.body.closest is not None
            assert abs(one.body.closest.horizontal_nm - 0.5) < 0.05
            assert one.body.closest.vertical_ft == 0
        assert made[0].body.tracks[0].quality.reports > made[1].body.tracks[0].quality.reports
        assert {mark.kind for mark in made[0].body.marks} >= {"alert", "encounter"}

        # each side's own account, and a fact that they see differently
        await say(a, row, "incident-account", text="We kept our level and our course.", language="en")
        heading = await say(a, row, "incident-fact", step="state", text="Both were at FL300.", language="en")
        called = await say(
            a, row, "incident-fact", step="state", text="We called twice on guard.", language="en"
        )
        asked = await say(
            a, row, "incident-question", step="ask", to="B", text="Did you hear us?", language="en"
        )
        await table.exchange()
        row_b = await case_of(b)
        assert row_b["facts"] == {"stated": 2}
        await say(b, row_b, "incident-fact", step="agree", fact=heading)
        await say(
            b, row_b, "incident-fact", step="dispute", fact=called, because="Our recorder has no call at all."
        )
        assert "no account" in await refused(
            b, row_b, "incident-close", step="close", record="sha256:" + "0" * 64
        )
        await say(b, row_b, "incident-account", text="Мы шли своим эшелоном.", language="ru")
        await say(b, row_b, "incident-question", step="answer", question=asked, text="Нет.", language="ru")
        await table.exchange()

        for seat in (a, b):
            for scale, standing in (await case_of(seat))["severity"].items():
                if scale == "nmac":
                    assert standing["proposed"] == "no"
                    continue
                await say(
                    seat, row, "incident-severity", scale=scale,
                    value=standing["proposed"], proposed=standing["proposed"],
                )  # fmt: skip
        await table.exchange()
        row = await case_of(a)
        assert row["severity"]["airprox"]["state"] == "confirmed"
        assert row["severity"]["airprox"]["proposed"] == "B"  # half a mile on one level is not well clear
        assert row["facts"] == {"agreed": 1, "disputed": 1}

        # a word that changes no count makes another row all the same: the other side's page looks again
        await say(b, row, "incident-note", about="lesson", text="Guard was not heard.", language="en")
        await table.exchange()
        assert row != await case_of(a)

        # closing: each closes what it has read
        digest = a.node.desk.keeper.projections.cases.named(row["incident"]).digest
        assert digest == b.node.desk.keeper.projections.cases.named(row["incident"]).digest
        table.cut = True
        read = await whole(a)
        assert read["record"] == digest
        assert "names other entries" in await refused(a, row, "incident-close", step="close", record=digest)
        await say(a, row, "incident-close", step="close", record=digest, entries=read["entries"])
        await say(
            b, row, "incident-note", about="lesson", text="Two frequencies are one too many.", language="en"
        )
        table.cut = False
        await table.exchange()
        for seat in (a, b):
            assert (await case_of(seat))["state"] == "open"  # A closed what it had read, not the lesson
        digest = b.node.desk.keeper.projections.cases.named(row["incident"]).digest
        for seat in (b, a):
            entries = (await whole(seat))["entries"]
            await say(seat, row, "incident-close", step="close", record=digest, entries=entries)
        await table.exchange()
        for seat in (a, b):
            assert (await case_of(seat))["state"] == "closed"
            record = await seat.get(f"incidents/record?name={row['incident']}")
            assert set(record) == set(IncidentRecord.model_fields)
            IncidentRecord.model_validate_json(json.dumps(record))
            assert "both sides have closed" in await refused(
                seat, row, "incident-note", about="lesson", text="One more.", language="en"
            )

    play(tmp_path, story)
    commands(tmp_path)


def commands(root: Path) -> None:
    """What the two folders hold, by command: both sides write the same report."""
    run = CliRunner()

    def skyaccord_(*arguments: str) -> str:
        done = run.invoke(app, ["incident", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    assert "CLOSED" in skyaccord_("list", "--node", str(root / "A"))
    assert "no incidents" in skyaccord_("list", "--node", str(root / "A"), "--open")
    shown = skyaccord_("show", "a00001", "--node", str(root / "B"))
    assert "fact 1 (A) AGREED: Both were at FL300." in shown
    assert "disputed by party B: Our recorder has no call at all." in shown
    written = []
    for party in "AB":
        file = root / f"{party}.html"
        skyaccord_("report", "a00001", str(file), "--node", str(root / party), "--language", "ru")
        written.append(file.read_bytes())
    assert written[0] == written[1]
    assert "We called twice on guard." in written[0].decode()
    tracks = root / "tracks.csv"
    skyaccord_("report", "a00001", "--replay", str(tracks), "--node", str(root / "A"), "--of", "B")
    [row] = skyaccord.scan(tracks, within="3nm,1000ft").to_dicts()
    [made] = json.loads(skyaccord_("list", "--node", str(root / "A"), "--format", "json"))
    assert row["cpa_horizontal_nm"] == pytest.approx(0.5, abs=0.01)
    assert made["facts"] == {"agreed": 1, "disputed": 1}
    refused_ = run.invoke(app, ["incident", "show", "nothing", "--node", str(root / "A")])
    assert "no incident 'nothing' here" in str(refused_.exception)


def test_the_tracks_of_the_report_replayed_at_a_node_make_the_same_breach(tmp_path: Path) -> None:
    """What one side saw is a feed to another: a fresh pair of nodes sees the same encounter in it."""
    told: dict[str, Any] = {}

    async def first(table: Table) -> None:
        row = await breach(table)
        async with table.seats["a"].browser() as client:
            answer = await client.get(f"/api/incidents/tracks?name={row['incident']}&of=B")
        assert answer.status_code == 200
        (tmp_path / "again").mkdir()
        (tmp_path / "again" / "tracks.csv").write_bytes(answer.content)
        record = await whole(table.seats["a"])
        told.update(record["reconstructions"]["B"]["closest"])

    async def again(table: Table) -> None:
        table.introduce()
        write_pass(table.root)  # for its party map alone
        a = table.seats["a"]
        for seat in table.seats.values():
            seat.sign(table.accord_text() + INCIDENT)
        a.set_feed(feed_table("tracks.csv", speed=60.0))
        await a.close()
        a.open()
        await table.prepare()
        await table.exchange(4)
        await table.second(12)
        row = await case_of(a)
        assert row["reason"] == "breach"
        seen = row["observations"]["A"]
        assert seen["cpa_horizontal_nm"] == pytest.approx(told["horizontal_nm"], abs=0.02)
        assert seen["cpa_vertical_ft"] == pytest.approx(told["vertical_ft"], abs=25)

    play(tmp_path, first)
    play(tmp_path / "again", again)


def test_silence_of_a_side_that_gives_no_account(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await in_force(table)
        [accord] = (await a.get("status"))["accords"]
        report = {
            "act": "report-incident", "accord": accord["digest"], "reason": "hand", "note": "Too near.",
            "start": "2015-10-20T09:00:00Z", "end": "2015-10-20T09:00:00Z",
        }  # fmt: skip
        assert (await a.act(report)).status_code == 201
        row = await case_of(a)
        assert row["missed"] == []
        await say(a, row, "incident-account", text="We kept our level.", language="en")
        await table.exchange()
        table.clock.advance(7200.0)
        await table.second(2)
        for seat in (a, b):
            row = await case_of(seat)
            assert row["missed"] == ["B"]
            assert seat.kinds().count("incident.silence") == 2  # no report of it, and no account
        table.clock.advance(100.0)
        await table.second(2)
        assert a.kinds().count("incident.silence") == 2  # once each
        await say(b, row, "incident-account", text="Late, but here.", language="en")
        await table.exchange()
        row = await case_of(a)
        assert row["missed"] == []
        assert [due["state"] for due in row["dues"] if due["party"] == "B"] == ["met late", "met late"]

    play(tmp_path, story)


def test_what_no_machine_saw_is_reported_by_people(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await in_force(table)
        [accord] = (await a.get("status"))["accords"]
        times = {"start": "2015-10-20T09:00:00Z", "end": "2015-10-20T09:10:00Z", "accord": accord["digest"]}
        report = {"act": "report-incident", **times}
        good = {
            "reason": "conduct",
            "codes": ["lights"],
            "conduct": "kept",
            "note": "Well lit, in good time.",
        }
        assert (await a.act({**report, **good})).status_code == 201
        strange = await a.act({**report, **good, "codes": ["airmanship"]})
        assert "no rule of conduct 'airmanship'" in strange.text
        flight = {"reason": "uncoordinated-flight", "aircraft": ["b00001"], "note": "No word of it."}
        assert (await b.act({**report, **flight})).status_code == 201
        await table.exchange()
        for seat in (a, b):
            rows = {row["incident"]: row for row in await seat.get("incidents")}
            assert {row["reason"] for row in rows.values()} == {"conduct", "uncoordinated-flight"}
        stranger = await a.act({
            "act": "incident-account", "incident": {**rows_ref(rows), "sequence": 9_999},
            "accord": accord["digest"],
            "text": "?", "language": "en",
        })  # fmt: skip
        assert NONE_HERE in stranger.text
        unknown = await a.act({**report, **good}, PersonKey.generate())
        assert unknown.status_code == 403
        await table.second(3)
        flown = next(row for row in await a.get("incidents") if row["reason"] == "uncoordinated-flight")
        assert flown["reconstructed_by"] == ["A", "B"]  # each says that its picture had nothing of it

    play(tmp_path, story)


def rows_ref(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return next(iter(rows.values()))["ref"]

"""Talks and suspension at two nodes on a table: over a cut link, in the API's models, with the watch going
on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skyaccord.base.errors import RefusedError
from skyaccord.node.http.row_models import StatusRow
from skyaccord.node.http.talks_models import MinutesLists, RedlineAnswer, TalksOutline, TalksSummary
from skyaccord.record.keys import PersonKey
from skyaccord.talks import paths
from skyaccord.talks.protocol import minutes_of
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Seat, Table, play

REPRESENTATIVE = "representative"
DRAFT = """
format = "skyaccord.accord/1"
name = "small"
title = "EXERCISE small"
version = 1
exercise = true
[validity]
start = 2015-10-20T00:00:00Z
[[party]]
id = "A"
name = "Party A"
[[party]]
id = "B"
name = "Party B"
[[rule]]
id = "r"
horizontal_nm = 3
vertical_ft = 3000
[[tier]]
name = "warning"
lookahead_s = 30
[[role]]
id = "duty-officer"
title = "Duty officer"
acknowledge_within_s = 30
"""


class Speaker:
    """A representative at a seat."""

    def __init__(self, seat: Seat) -> None:
        self.seat, self.key = seat, PersonKey.generate()
        seat.enrol(self.key, role=REPRESENTATIVE)

    async def say(self, act: str, **fields: Any) -> Any:
        """A step in talks `small`, from what this node shows."""
        talks = self.seat.node.desk.keeper.projections.talks.get("small", ("A", "B"))
        payload = {
            "act": act,
            "role": REPRESENTATIVE,
            "talks": "small",
            "between": ["A", "B"],
            "seen": talks.seen_by(self.seat.party),
            **fields,
        }
        return await self.seat.act(payload, self.key)

    async def counter(self, miles: float) -> Any:
        text = paths.normal("rule.r", {"id": "r", "horizontal_nm": miles, "vertical_ft": 3000})
        clause = {"path": "rule.r", "value": text, "digest": paths.digest_of_value(text)}
        return await self.say("talks-clause", step="counter", clauses=[clause])


def test_counters_over_a_cut_link_meet_as_a_conflict_on_both_nodes(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        ours, theirs = Speaker(a), Speaker(b)
        await table.prepare()
        await table.exchange()
        opened = await ours.say("talks-open", draft=DRAFT)
        assert opened.status_code == 201, opened.text
        await table.exchange()
        assert (await theirs.counter(5)).status_code == 201
        await table.exchange()
        table.cut = True
        assert (await ours.counter(2)).status_code == 201
        assert (await theirs.counter(4)).status_code == 201
        await table.exchange()
        table.cut = False
        await table.exchange()
        for seat in (a, b):
            shown = await seat.get("talks/table")
            assert shown["paths"]["rule.r"]["state"] == "conflict"
            texts = [text["value"]["horizontal_nm"] for text in shown["paths"]["rule.r"]["texts"]]
            assert sorted(texts) == [2, 3, 4, 5]
            TalksOutline.model_validate_json(_json(shown))
            changed = await seat.get("talks/redline?path=rule.r&language=ru")
            assert any("{+" in line for line in changed["lines"])
            number = {
                one["value"]["horizontal_nm"]: one["number"] for one in shown["paths"]["rule.r"]["texts"]
            }
            first = await seat.get(f"talks/redline?path=rule.r&language=ar&from={number[3]}&to={number[5]}")
            RedlineAnswer.model_validate_json(_json(first))
            assert (first["from"], first["to"]) == (number[3], number[5])
            assert {"field": "horizontal_nm", "before": 3, "after": 5} in first["changes"]
            assert any("{+5+}" in line for line in first["lines"])
            async with seat.browser() as client:
                for query, why in (("from=1", "give both"), ("from=1&to=9", "no version 9")):
                    told = await client.get(f"/api/talks/redline?path=rule.r&{query}")
                    assert (told.status_code, why in told.json()["error"]) == (422, True)
            async with seat.browser() as client:  # an administrator prepares no accord
                for path in ("talks/minutes?round=1", "talks/draft?open=true"):
                    assert (await client.get(f"/api/{path}")).status_code == 403
            lists = minutes_of(seat.node.desk.keeper.projections.talks.named(None, "A"), 1, {"en": "-"})
            MinutesLists.model_validate_json(lists.model_dump_json(exclude={"texts"}))
            for row in await seat.get("talks"):
                TalksSummary.model_validate_json(_json(row))

    play(tmp_path, story)


def test_what_the_tables_refuse_is_refused_in_one_line_and_not_journalled(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        ours = Speaker(a)
        await table.prepare()
        await table.exchange()
        early = await ours.counter(2)
        assert early.status_code == 422
        assert "no talks 'small' between A and B here" in early.json()["error"]
        await ours.say("talks-open", draft=DRAFT)
        again = await ours.counter(2)
        assert "your own side proposed it" in again.json()["error"]
        words = {"talks": "small", "between": ["A", "B"], "path": "rule.r", "text": "x", "language": "en"}
        with pytest.raises(RefusedError, match="only the role 'representative' speaks in talks"):
            await a.act({"act": "talks-comment", **words})
        await table.exchange()
        assert "talks.clause" not in a.kinds() + b.kinds("A")
        async with a.browser() as client:
            missing = await client.get("/api/talks/table?name=nowhere")
        assert missing.status_code == 422
        assert "no talks 'nowhere' at party A" in missing.json()["error"]

    play(tmp_path, story)


@pytest.mark.parametrize(("what", "under"), [("suspend", "accord"), ("withdraw", "own")])
def test_monitoring_hotline_and_record_go_on(tmp_path: Path, what: str, under: str) -> None:
    """Suspended: the accord's rules are watched as before. Withdrawn: the party's own rule takes their
    place.
    """

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        write_pass(tmp_path, seconds=460)
        table.introduce()
        theirs = Speaker(b)
        text = table.accord_text()
        for seat in (a, b):
            seat.sign(text)
            seat.set_feed(feed_table(speed=30.0))
            seat.open()
        await table.prepare()
        await table.second()
        (accord,) = (await b.get("status"))["accords"]
        step = {
            "act": "accord-course",
            "role": REPRESENTATIVE,
            "accord": accord["digest"],
            "step": what,
            "because": "politics",
            "exercise": True,
        }
        answer = await b.act(step, theirs.key)
        assert answer.status_code == 201, answer.text
        await table.second(14)
        status = await a.get("status")
        StatusRow.model_validate_json(_json(status))
        assert status["accords"][0]["watched"] is (under == "accord")
        assert status["political"][0]["state"] == {"suspend": "suspended", "withdraw": "withdrawn"}[what]
        assert [one["party"] for one in status["circuit"]] == ["B"]
        rules = {row["accord"] for row in await a.get("alerts")}
        assert rules == ({accord["digest"]} if under == "accord" else {None})
        message = {"act": "message", "to_role": "duty-officer", "text": "the line", "language": "en"}
        assert (await a.act(message)).status_code == 201
        await table.exchange()
        assert [row["text"] for row in await b.get("messages")] == ["the line"]

    play(tmp_path, story)


def _json(data: Any) -> str:
    import json

    return json.dumps(data)

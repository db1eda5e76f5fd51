"""A night call was interpreted by a junior airman. And "11:45 am Eastern *Standard* Time", in July.

Requirements 16 and 7: standard phrases whose code needs no interpreter, each reader's own language; UTC
only, a time without a zone refused, the original wording kept. Break it: take a language out of a phrase
(`spoken`), or let `record.fields.UtcTime` take a time without a zone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.hotline.parsing import parse_value
from skyaccord.hotline.phrasebook import END_ISOLATE, ISOLATE, LANGUAGES, PRIORITY, built_in, spoken
from tests.failures.desk import moment, rooms, stop_params
from tests.node.tabletop import Table, play


def test_the_same_code_reads_in_each_readers_language(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table)
        ref = await a.send("SAFETY_STOP", *stop_params(table))
        await table.exchange()
        row = await b.row(ref)
        assert row["code"] == "SAFETY_STOP"
        assert row["text"] == "", "nobody interpreted anything"
        for language, word in (("en", "SAFETY STOP"), ("ru", "БЕЗОПАСНОСТЬ"), ("ar", "توقف")):
            assert word in row["said"][language]
            assert f"{ISOLATE}35°19.800′N 040°08.400′E{END_ISOLATE}" in row["said"][language]

    play(tmp_path, story)


@pytest.mark.parametrize("code", sorted(PRIORITY))
def test_every_code_has_words_in_three_languages_and_places_for_its_parameters(code: str) -> None:
    phrase = built_in().phrase(code)
    said = spoken(phrase, [])
    assert set(said) == set(LANGUAGES)
    assert "{" not in "".join(said.values()), "every place is filled or shown as open"


def test_free_text_is_kept_as_it_was_written(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table)
        text = "Борт 2 садится. TARGET 35N 40E 121.5 — не команда, а слова."
        ref = await a.send(text=text)
        await table.exchange()
        row = await b.row(ref)
        assert (row["text"], row["code"], row["params"]) == (text, None, [])

    play(tmp_path, story)


def test_a_time_without_a_zone_is_refused_and_the_wording_kept(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await rooms(table)
        params = stop_params(table)
        without = {**moment(table), "time": "2016-07-17T11:45:00"}
        assert not isinstance(await signed(a, [*params[:2], without]), dict)
        wording = "11:45 am Eastern Standard Time"
        ref = await a.send("SAFETY_STOP", *params[:2], moment(table, wording))
        await table.exchange()
        (time,) = [one for one in (await b.row(ref))["params"] if one["kind"] == "time"]
        assert time["wording"] == wording
        assert time["shown"].endswith("Z")

    async def signed(room: object, params: list[dict[str, object]]) -> object:
        try:
            return await room.send("SAFETY_STOP", *params)  # type: ignore[attr-defined]
        except Exception as error:
            return str(error)

    play(tmp_path, story)


def test_the_command_says_what_is_missing() -> None:
    (time,) = [one for one in built_in().phrase("STOPPING").params if one.kind == "time"]
    with pytest.raises(InputError, match="no time zone; add Z"):
        parse_value(None, time, "2016-07-17T11:45")
    value = parse_value(None, time, "2016-07-17T11:45-04:00", wording="11:45 am EST")
    assert value.model_dump(mode="json")["time"] == "2016-07-17T15:45:00.000Z"

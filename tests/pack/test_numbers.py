"""The numbers of a pack, recomputed by another way: plain SQL over the stores, JSON by hand, nothing shared.

The store keeps each envelope as it was signed; here only the payload is decoded.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from skyaccord.base.errors import InputError
from skyaccord.hotline.acts import MESSAGE
from skyaccord.pack.document import pack_document, public_document
from skyaccord.pack.files import contents, write_pack
from skyaccord.pack.hotline_figures import percentile
from skyaccord.pack.ledger import Window
from skyaccord.pack.making import Pack, make_pack, make_public
from skyaccord.paper.html import document_html
from skyaccord.paper.plain import document_lines
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.pack.views import SKY, Meeting, Two, View, two_views

DAY = SKY.replace(hour=0)
WINDOW = Window(DAY, DAY + timedelta(days=1))
MESSAGES = ((0, 5, 20), (60, 3, 41), (120, 9, None), (180, 1, 12))
"""Wall seconds: when A's message is sent, until B's receipt, until B's acknowledgement (None: never)."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Three meetings, of which B misses one; and a short exchange on the hotline."""
    meetings = [Meeting(1, 160), Meeting(2, 190, 0.05), Meeting(3, 220, 4.0)]
    deaf = View("B", lambda icao24, _at_s: icao24 != meetings[1].pair[1])
    made = two_views(tmp_path_factory.mktemp("numbers"), meetings, View("A"), deaf, seed=5)
    _talk(made)
    yield made
    made.close()


def _talk(two: Two) -> None:
    officers = {side.party: PersonKey.generate() for side in (two.a, two.b)}
    for side in (two.a, two.b):
        body = {"public_key": officers[side.party].public, "name": "Officer", "role": "duty-officer"}
        side.journal.append("person.enrolled", {**body, "automatic": False}, recipients=["*"], sky_time=SKY)
    for sent_s, held_s, acknowledged_s in MESSAGES:
        _at(two, sent_s)
        said = _statement(
            two.a, officers["A"], act="message", to_role="duty-officer", text="?", language="en"
        )
        entry = two.a.journal.append_statement(MESSAGE, said, recipients=["B"])
        _at(two, sent_s + held_s)
        place = entry.sequence
        receipt = {"origin": entry.origin, "first": place, "last": place, "head": entry.head.hex()}
        two.b.journal.append(
            "receipt", {**receipt, "refused": [], "sealed": []}, recipients=["*"], sky_time=SKY
        )
        if acknowledged_s is not None:
            _at(two, sent_s + acknowledged_s)
            said = _statement(two.b, officers["B"], act="acknowledge", of=entry.ref.model_dump(mode="json"))
            two.b.journal.append_statement("acknowledgement", said, recipients=["A"])
    _at(two, 400)
    silence = {
        "of": entry.ref.model_dump(mode="json"),
        "party": "B",
        "role": "duty-officer",
        "deadline_s": 60.0,
    }
    two.a.journal.append("silence", silence, recipients=["B"], sky_time=SKY)


def _at(two: Two, seconds: float) -> None:
    for side in (two.a, two.b):
        side.clock.advance((SKY + timedelta(seconds=600 + seconds) - side.clock.now()).total_seconds())


def _statement(side: Any, key: PersonKey, **payload: Any) -> dict[str, Any]:
    at = side.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    said = {"accord": None, "exercise": False, "automatic": False, "role": "duty-officer", "at": at}
    return sign_statement({**said, "party": side.party, **payload}, key)


@pytest.fixture(scope="module")
def pack(two: Two) -> Pack:
    return make_pack(two.ledger(two.a), WINDOW)


def payloads(two: Two) -> list[dict[str, Any]]:
    """Every envelope that A's node holds, read straight out of both stores."""
    found = []
    for side in (two.a, two.b):
        database = Path(str(side.store.engine.url.database))
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            rows = connection.execute(
                "SELECT sequence, envelope FROM entries WHERE envelope IS NOT NULL"
            ).fetchall()
        for sequence, envelope in rows:
            payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
            if side is two.a or {"A", "*"} & set(payload["recipients"]):
                found.append({**payload, "party": side.party, "sequence": sequence})
    return found


def test_the_sky_by_plain_sql(two: Two, pack: Pack) -> None:
    entries = payloads(two)
    for party in ("A", "B"):
        own = [one for one in entries if one["party"] == party]
        encounters: dict[tuple[Any, ...], str] = {}
        for one in own:
            if one["kind"] == "encounter":
                told = one["body"]["observation"]
                encounters[(*told["pair"], told["rule"], told["start_time"])] = told["verdict"]
        verdicts = Counter(encounters.values())
        alerts = {one["body"]["alert"]: one["body"] for one in own if one["kind"] == "alert"}
        nuisance = sum(body["nuisance"] is True for body in alerts.values())
        rows = [row for row in pack.figures.sky if row.party == party]
        assert sum(row.infringements for row in rows) == verdicts["infringement"]
        assert sum(row.breaches for row in rows) == verdicts["breach"]
        assert sum(row.nmacs for row in rows) == verdicts["nmac"]
        assert sum(row.alerts for row in rows) == len(alerts)
        assert sum(row.nuisance for row in rows) == nuisance
        approaches = {
            (*one["body"]["observation"]["pair"], one["body"]["observation"]["start_time"]): one["body"]
            for one in own
            if one["kind"] == "approach"
        }
        whole = [body for body in approaches.values() if not body["contains_encounter"]]
        assert sum(row.approaches for row in rows) == len(whole)
    counted = {row.party: row for row in pack.figures.sky if row.rule}
    assert counted["A"].nmacs + counted["A"].breaches == 2
    assert counted["B"].nmacs + counted["B"].breaches == 1


def test_the_hotline_by_the_times_that_were_played(pack: Pack) -> None:
    rows = {row.step: row for row in pack.figures.responses if row.what == "message" and row.party == "B"}
    held = sorted(held for _, held, _ in MESSAGES)
    answered = sorted(one for _, _, one in MESSAGES if one is not None)
    assert (rows["held"].asked, rows["held"].reached) == (4, 4)
    assert (rows["held"].p50_s, rows["held"].p90_s, rows["held"].max_s) == (held[1], held[3], held[3])
    assert (rows["acknowledged"].reached, rows["acknowledged"].p50_s) == (3, answered[1])
    assert (rows["acknowledged"].p99_s, rows["acknowledged"].max_s) == (41, 41)
    assert (rows["read"].reached, rows["read"].p50_s) == (0, None)
    line = {row.party: row for row in pack.figures.line}
    assert (line["A"].messages, line["B"].messages) == (4, 0)
    assert (line["B"].silences, line["B"].unanswered) == (1, 1)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("per_cent", [50, 90, 99])
def test_percentiles_are_values_that_were_measured(size: int, per_cent: int) -> None:
    values = [float(7 * n % size) for n in range(size)]
    found = percentile(values, per_cent)
    assert found is not None
    assert sum(value <= found for value in values) >= per_cent / 100 * size
    assert sum(value < found for value in values) < per_cent / 100 * size
    assert percentile([], per_cent) is None


def test_files_are_the_same_every_time_and_hold_the_figures(two: Two, pack: Pack, tmp_path: Path) -> None:
    again = make_pack(two.ledger(two.a), WINDOW)
    assert again.digest == pack.digest
    first = contents(pack, "A")
    assert first == contents(again, "A")
    assert {f"pack.{code}.{kind}" for code in ("en", "ru", "ar") for kind in ("html", "pdf")} <= set(first)
    sky = pl.read_parquet(BytesIO(first["sky.parquet"]))
    assert sky.get_column("alerts").to_list() == [row.alerts for row in pack.figures.sky]
    assert pl.read_parquet(BytesIO(first["drills.parquet"])).is_empty()
    assert len(write_pack(pack, "A", tmp_path / "pack")) == len(first)
    for code in ("en", "ru", "ar"):
        page = first[f"pack.{code}.html"].decode()
        assert pack.digest in page
        assert f'lang="{code}"' in page
        assert not {"<script", "http://", "src="} & {
            part for part in ("<script", "http://", "src=") if part in page
        }
    with pytest.raises(InputError, match=r"no \.docx file"):
        write_pack(pack, "A", tmp_path / "pack.docx")


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_number_of_the_table_stands_in_the_document(pack: Pack, language: str) -> None:
    lines = document_lines(pack_document(pack, language), isolates=False)
    for row in pack.figures.sky:
        whose = [row.party, f"{row.accord or '-'} {row.rule or '-'}"]
        alerts = [row.area or "-", row.approaches, row.alerts, row.nuisance, row.undecided]
        broken = [row.infringements, row.breaches, row.nmacs, row.doubtful]
        for numbers in (alerts, broken):
            assert " | ".join([*whose, *(str(one) for one in numbers)]) in lines
    assert "{" not in "".join(lines)


def test_exercises_are_counted_apart(two: Two) -> None:
    made = make_pack(two.ledger(two.a), Window(WINDOW.start, WINDOW.end, exercise=True))
    assert made.figures.events == ()
    assert made.figures.responses == ()
    page = document_html(pack_document(made, "en"))
    assert "EXERCISE" in page
    real = document_html(pack_document(make_pack(two.ledger(two.a), WINDOW), "en"))
    assert "EXERCISE" not in real


def test_what_is_published_names_nobody(two: Two) -> None:
    public = make_public(two.ledger(two.a), WINDOW)
    assert (public.threshold, public.consent) == (3, True)
    page = document_html(public_document(public, "A", "en"))
    for word in ("a00001", "A00001", "B00001", "duty-officer", "sha256:e"):
        assert word not in page.replace(public_digest(page), "")
    table = {one.measure: one for one in public.tables}
    assert table["breaches"].cells[DAY.date(), "-"] in (None, 0)
    with pytest.raises(InputError, match="only whole days"):
        make_public(two.ledger(two.a), Window(SKY, SKY + timedelta(days=1)))


def public_digest(page: str) -> str:
    at = page.index("sha256:")
    return page[at : at + 71]


def test_a_window_must_have_a_length() -> None:
    with pytest.raises(InputError, match="before it begins"):
        Window(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


def test_evidence_reads_in_each_language_and_keeps_its_names_in_the_file(pack: Pack) -> None:
    """B did not hear one aircraft: from when to when, in the reader's words."""
    for code, words in (("en", "silent from"), ("ru", "молчание с"), ("ar", "صمت من")):
        lines = "\n".join(document_lines(pack_document(pack, code)))
        assert words in lines
        assert "silent_from" not in lines
    found = pl.read_parquet(BytesIO(contents(pack, "A")["reconciliation.parquet"]))
    assert any("silent_from" in one for one in found["evidence"].drop_nulls())

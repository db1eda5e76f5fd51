"""The report as a page: stands alone, escapes, is bounded, marks exercises, is written whole."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import polars as pl
import pytest

import skyaccord
from skyaccord.accord.source import load_accord, parse_accord, shipped_text
from skyaccord.base.errors import InputError
from skyaccord.report import write_report
from skyaccord.report.listing import HEADINGS
from tests.accord.samples import SMALL
from tests.encounters.synthetic import states
from tests.report.pages import CLOCK, Elements, crossing, data_of, found, report
from tests.tracks.cleaning.test_zeros import feed

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e&lt;"
LOADS = ("src", "href", "xlink:href", "srcset", "action", "poster", "background", "style")


def test_a_page_needs_nothing_from_outside() -> None:
    page = report(found(crossing()))
    seen = Elements(page)
    assert {tag for tag, _ in seen.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
    } == set()
    for tag, attributes in seen.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in LOADS:
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert [script["type"] for script in seen.of("script")] == ["application/json"]
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)
    assert "@import" not in page
    (policy,) = [meta["content"] for meta in seen.of("meta") if meta.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy


def test_what_strangers_send_stays_text() -> None:
    table = crossing(callsign=pl.lit(HOSTILE))
    quiet = Elements(report(found(crossing(callsign=pl.lit("QUIET")))))
    page = report(
        found(table, party_map={"aaaa00": HOSTILE}), command=HOSTILE, attribution=[HOSTILE], exercise=True
    )
    loud = Elements(page)
    assert {tag for tag, _ in loud.elements} == {tag for tag, _ in quiet.elements}
    assert len(list(loud.of("script"))) == 1
    assert "<img" not in page
    assert "\u202e" not in page[: page.index('id="skyaccord-data"')]
    assert data_of(page)["encounters"][0]["callsign_a"] == HOSTILE  # the data keeps what was sent
    assert "alert(1)" in loud.text


def test_every_link_leads_somewhere_and_no_id_is_twice() -> None:
    seen = Elements(report(found(crossing(3))))
    identifiers = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    targets = {(a["href"] or "")[1:] for a in seen.of("a")}
    assert {"e1", "e2", "e3", "r1", "summary", "provenance"} <= targets
    assert targets <= set(identifiers)
    clips = {a["clip-path"] for _, a in seen.elements if "clip-path" in a}
    assert {f"url(#{name})" for name in identifiers if name} >= clips


def test_the_gravest_have_figures_and_the_page_says_where_it_stops() -> None:
    encounters = found(crossing(4))
    page = report(encounters, figures_max=2)
    seen = Elements(page)
    assert [s["id"] for s in seen.of("section") if s.get("class") == "encounter"] == ["e1", "e2"]
    assert sum(row.get("id", "").startswith("r") for row in seen.of("tr") if row.get("id")) == 4  # type: ignore[union-attr]
    assert "The first 2 have figures" in seen.text
    data = data_of(page)
    assert (len(data["encounters"]), len(data["figures"])) == (4, 2)


def test_severity_goes_by_verdict_then_label_then_nearness() -> None:
    table = crossing(3).with_columns(
        altitude=pl.when(pl.col("icao24") == "bbbb01").then(3050.0)
        .when(pl.col("icao24") == "bbbb02").then(3900.0).otherwise(pl.col("altitude"))
    )  # fmt: skip
    rows = data_of(report(found(table)))["encounters"]
    assert [row["icao24_b"] for row in rows] == ["bbbb01", "bbbb00", "bbbb02"]
    assert rows[0]["verdict"] == "nmac"


def test_the_rule_is_read_to_the_reader() -> None:
    loaded = load_accord("rule-of-threes")
    seen = Elements(report(skyaccord.scan(crossing(), accord=loaded)))
    assert loaded.digest in seen.text
    assert "breach = still inside after 180 s" in seen.text
    assert "Safety-of-flight accord" in seen.text
    limits = Elements(report(found(crossing(), "1nm,1000ft")))
    assert "1 NM and 1,000 ft" in limits.text
    assert "Keeping either limit is enough" in limits.text


def test_an_exercise_is_marked() -> None:
    assert "EXERCISE" not in report(found(crossing()))
    assert "EXERCISE" in Elements(report(found(crossing()), exercise=True)).text
    text = shipped_text("rule-of-threes").replace("exercise = false", "exercise = true")
    drill = parse_accord(text, "drill.toml")
    page = report(skyaccord.scan(crossing(), accord=drill))
    assert "EXERCISE" in Elements(page).text
    assert data_of(page)["about"]["exercise"] is True


def test_counts_files_and_program_are_told(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    crossing().select("timestamp", "icao24", "latitude", "longitude", "altitude").write_csv(path)
    with path.open("a") as file:
        file.write("2025-06-02T12:00:00Z,cccccc,4330.0,10.0,3000\n")
    encounters = skyaccord.scan(path, "1nm,1000ft")
    page = report(encounters, command="skyaccord scan day.csv", attribution=["Data by somebody"])
    text = Elements(page).text
    for told in (
        encounters.provenance[0].sha256,
        "refused: latitude outside",
        "Data by somebody",
        "day.csv",
        f"SkyAccord {skyaccord.__version__}",
        "skyaccord scan day.csv",
        "2026-01-01 00:00:00",
    ):
        assert told is not None
        assert told in text


def test_approaches_and_no_encounters_make_a_report_too() -> None:
    none = Elements(report(found(crossing(), "10m,10ft")))
    assert "No encounters." in none.text
    empty = Elements(report(found(crossing().with_columns(onground=True))))
    assert "no states in the air" in empty.text
    watched = report(found(crossing(), "10m,10ft", watch="20nm"))
    assert data_of(watched)["encounters"][0]["verdict"] == "approach"
    assert data_of(watched)["figures"][0]["limit_vertical_ft"] is None
    assert data_of(watched)["figures"][0]["limit_horizontal_nm"] == 20


def test_the_table_has_parties_only_if_somebody_has_one() -> None:
    def headings(page: str) -> int:
        table = page[page.index('<table class="listing">') :]
        return table[: table.index("</thead>")].count("<th ")

    assert headings(report(found(crossing()))) == len(HEADINGS) - 2
    assert headings(report(found(crossing(), party_map={"aaaa00": "A"}))) == len(HEADINGS) - 1


def test_the_table_names_the_rule_where_several_were_searched() -> None:
    second = '[[rule]]\nid = "tight"\nhorizontal_nm = 0.5\nvertical_ft = 500\n'
    accord = parse_accord(SMALL + second, "made up")
    encounters = skyaccord.scan(crossing(), accord=accord)
    page = report(encounters)
    table = page[page.index('<table class="listing">') :]
    head, body = table[: table.index("</table>")].split("</thead>")
    assert ">rule</th>" in head
    assert [row["rule"] for row in encounters] == ["r", "tight"]
    assert "<bdi>tight</bdi>" in body
    assert ">rule</th>" not in report(found(crossing()))


def test_a_formation_of_four_has_all_its_numbers_on_the_map() -> None:
    rows = [
        (f"aaaaa{k}", s, 50.0 + 2e-4 * k, 10.0 + 0.001 * s, 3000.0) for k in range(4) for s in range(0, 60, 5)
    ]
    rows += [
        (name, s, 51.0 + at, 12.0, 3000.0) for s in (0, 10) for name, at in (("b00000", 0), ("b00001", 1e-3))
    ]
    page = report(found(states(rows), within="0.5nm,500ft"))
    drawn = page[page.index("Map of all encounters") : page.index("<figcaption>")]
    assert set(re.findall(r">(\d)</text>", drawn)) == set("1234567")


def test_lost_targets_are_named_under_their_reason() -> None:
    speed = pl.when(pl.col("icao24") < "a00002").then(290.0).otherwise(12.0)
    seen = Elements(report(found(feed(10, groundspeed=speed))))
    assert (
        "10 targets were lost to cleaning, all or nearly; a second opinion confirms 8. "
        "Look at a00000, a00001 (altitude 0 that stands for none)." in seen.text
    )


def test_the_name_of_the_limit_stands_clear_of_the_tracks() -> None:
    rows = [("aaaaaa", s, 50.0 + 0.001 * s, 10.0, 3000.0) for s in range(0, 60, 5)]
    # on one meridian, nearest half way along: the track runs through the top and the bottom of the circle
    rows += [("bbbbbb", s, 50.002 + 0.001 * s - 5e-4 * (s == 30), 10.0, 3000.0) for s in range(0, 60, 5)]
    page = report(found(states(rows), within="0.5nm,500ft"))
    plan = page[page.index("Plan view") : page.index("Vertical profile")]
    ((left, _),) = set(re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>0\.5 NM<', plan))
    (middle,) = set(re.findall(r'<circle cx="([\d.]+)"[^>]*stroke-dasharray', plan))
    assert abs(float(left) - float(middle)) > 20


def test_a_label_stands_with_its_evidence() -> None:
    rows = [("aaaaaa", s, 50.0, 10.0 + 0.001 * s, 3000.0) for s in range(0, 300, 5)]
    rows += [("bbbbbb", s, 50.001, 10.0 + 0.001 * s, 3000.0) for s in range(0, 300, 5)]
    seen = Elements(report(found(states(rows))))
    assert "Label formation: the pair kept together with matched velocity for minutes" in seen.text
    assert "(velocity matched for 295 of 295 s within 1 NM and 500 ft, 111 m and 0 ft apart" in seen.text


def test_written_whole_or_not_at_all(tmp_path: Path) -> None:
    encounters = found(crossing())
    seen: list[tuple[int, int]] = []
    write_report(encounters, tmp_path / "a.html", clock=CLOCK, progress=lambda *done: seen.append(done))
    assert (tmp_path / "a.html").read_text("utf-8") == report(encounters)
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    assert seen == [(1, 1)]
    with pytest.raises(InputError, match="cannot be written"):
        write_report(encounters, tmp_path / "no" / "a.html", clock=CLOCK)


def test_encounters_without_tracks_are_refused() -> None:
    bare = dataclasses.replace(found(crossing()), evidence=None)
    with pytest.raises(InputError, match="carry no tracks"):
        report(bare)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 180.0), (-17.0, -180.0), (89.9, 30.0), (-89.99, 170.0)]
)
def test_the_ends_of_the_earth_have_a_report(latitude: float, longitude: float) -> None:
    rows = [("aaaaaa", s, latitude, longitude - 0.01 + 0.0002 * s, 3000.0) for s in range(0, 100, 10)]
    rows += [
        ("bbbbbb", s, latitude - 0.001, longitude + 0.01 - 0.0002 * s, 3200.0) for s in range(5, 100, 10)
    ]
    wrapped = [(name, s, phi, (lam + 180) % 360 - 180, altitude) for name, s, phi, lam, altitude in rows]
    page = report(found(states(wrapped)))
    (figure,) = data_of(page)["figures"]
    assert max(map(abs, figure["a"]["east_nm"])) < 20
    drawn = page[: page.index('id="skyaccord-data"')]
    assert re.search(r"\b(nan|inf)\b", drawn) is None


def test_an_encounter_between_samples_far_apart() -> None:
    rows = [("aaaaaa", s, 50.0, 10.0 + 1e-4 * s, 3000.0) for s in (0, 1000, 2000)]
    rows += [("bbbbbb", s, 50.2 - 2e-4 * s, 10.1, 3100.0) for s in (0, 999, 2000)]
    page = report(found(states(rows), max_gap="1h"))
    (figure,) = data_of(page)["figures"]
    assert len(figure["a"]["time_s"]) == len(figure["b"]["time_s"]) == 1
    apart = report(found(states([row for row in rows if row[1] not in (999, 1000)]), max_gap="1h"))
    (figure,) = data_of(apart)["figures"]
    assert figure["a"]["time_s"] == figure["b"]["time_s"] == []
    assert "none shown" in Elements(apart).text


def test_a_name_without_end_is_cut() -> None:
    seen = Elements(report(found(crossing(callsign=pl.lit("N" * 5000)))))
    assert "N" * 15 + "…" in seen.text

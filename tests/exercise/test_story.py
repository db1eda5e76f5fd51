"""Two nodes live through the October 2015 exercise from the command line, and everything promised is on both
records: an approach, a call that the first role does not answer and the deputy does, a breach, two accounts
that disagree on one fact, a joint report that says so, and a pack that reconciles the day.
"""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from skyaccord.cli.running import run_command

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src/skyaccord/exercise/data"
DAY = ("--from", "2015-10-10", "--to", "2015-10-11")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped scenario, faster: its folder with A, B and the score."""
    root = tmp_path_factory.mktemp("story")
    text = (DATA / "october-2015.toml").read_text("utf-8").replace("speed = 10.0", "speed = 16.0")
    text = text.replace("delay_s = 9", "delay_s = 7")
    (root / "october.toml").write_text(text, encoding="utf-8")
    (root / "drill.scn").write_text((DATA / "drill.scn").read_text("utf-8"), encoding="utf-8")
    score = json.loads(
        run_command(
            "exercise", "run", str(root / "october.toml"), "--dir", str(root / "day"), "--format", "json"
        )
    )
    assert score["passed"] is True
    return root / "day"


def test_the_deputy_answered_the_call_that_the_first_role_did_not(played: Path) -> None:
    score = json.loads((played / "score.json").read_text("utf-8"))
    assert score["exercise"] is True
    assert all(one["met"] for one in score["judged"])
    call = score["calls"][0]
    assert (call["party"], call["role"], call["answered_by"]) == ("B", "duty-officer", "deputy")
    assert call["silent"][0] == "duty-officer"
    assert call["after_s"] > 6
    page = (played / "score.html").read_text("utf-8")
    assert "EXERCISE" in page
    assert "passed" in page


def test_both_journals_verify(played: Path) -> None:
    for party, other in (("A", "B"), ("B", "A")):
        card = played / other / "party.card.json"
        run_command("journal", "verify", str(played / party), "--card", str(card))


def test_the_joint_report_says_what_is_disputed_on_both_sides(played: Path, tmp_path: Path) -> None:
    pages = []
    for party in ("A", "B"):
        (row,) = json.loads(
            run_command("incident", "list", "--node", str(played / party), "--format", "json")
        )
        target = tmp_path / f"{party}.html"
        run_command("incident", "report", row["incident"], str(target), "--node", str(played / party))
        pages.append(target.read_text("utf-8"))
    for page in pages:
        for words in (
            "ALFA07 held its course",
            "no call was heard",
            "called twice on guard",
            "no call on guard",
        ):
            assert words in page
        assert "EXERCISE" in page
    digests = [set(re.findall(r"sha256:[0-9a-f]{64}", page)) for page in pages]
    assert digests[0] & digests[1]


def test_a_pack_reconciles_the_day_and_the_real_pack_is_empty(played: Path, tmp_path: Path) -> None:
    made = {}
    for party in ("A", "B"):
        out = tmp_path / party
        run_command("pack", "--node", str(played / party), *DAY, "--exercise", "--out", str(out))
        made[party] = pl.read_parquet(out / "reconciliation.parquet")
        for code in ("en", "ru", "ar"):
            assert (out / f"pack.{code}.pdf").read_bytes().startswith(b"%PDF")
        lines = made[party].filter(pl.col("thing") == "encounter")
        assert lines.height >= 1
        assert "unexplained" not in made[party].get_column("cause").to_list()
    shared = [
        frame.filter(pl.col("entries_first") != "", pl.col("entries_second") != "").select(
            "thing", "aircraft", "cause"
        )
        for frame in made.values()
    ]
    assert shared[0].height >= 2
    assert shared[0].equals(shared[1])
    real = json.loads(run_command("pack", "--node", str(played / "A"), *DAY, "--format", "json"))
    assert real["exercise"] is False
    assert real["tables"]["events"] == real["tables"]["responses"] == real["tables"]["incidents"] == []

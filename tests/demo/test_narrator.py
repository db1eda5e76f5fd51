"""The story: each event once, marked EXERCISE, with its sky time, whatever moment the looks fall on."""

from __future__ import annotations

from skyaccord.base.times import parse_utc
from skyaccord.demo.narrator import Narrator
from tests.demo.rows import PAIR, accord, alert, approach, encounter, incident, ref, view, views


def told(*looks: dict) -> list[str]:
    lines: list[str] = []
    narrator = Narrator(lines.append)
    narrator.pair = PAIR
    for look in looks:
        narrator.tell(look)
    return lines


def test_the_whole_story_once_in_order_of_sky_time() -> None:
    lines = told(views(), views())
    assert all(line[9:].startswith(" EXERCISE  ") for line in lines)
    assert [line[:9] for line in lines] == sorted(line[:9] for line in lines)
    assert len(lines) == len(set(lines))
    text = "\n".join(lines)
    for words in (
        "A records an approach: ALFA06 (A) and BRAVO35 (B), 15.0 NM at 09:02:10Z; no alarm",
        "B records an approach",
        "INCIDENT on both records: ALFA06 (A) and BRAVO35 (B), opened by A's officer",
        "A has signed rule-of-threes-october-2015 sha256:abababab",
        "in force on both: 3 NM or 3,000 ft, if closer no longer than 180 s",
        "ALERT by A, advisory: ALFA06 (A) and BRAVO35 (B) closer than 3 NM and 3,000 ft in 118 s",
        "B acknowledges the alert on ALFA06 (A) and BRAVO35 (B): its automatic officer, duty-officer",
        "apart again by B's picture: ALFA06 (A) and BRAVO35 (B), 16 s, infringement, least 2.2 NM",
    ):
        assert words in text
    assert text.count("are inside the limits") == 1


def test_what_only_one_side_holds_yet_is_told_when_both_do() -> None:
    proposed = accord(state="proposed", signed_by=["A"])
    early = {"A": view("A", accords=[proposed]), "B": view("B", accords=[], incidents=[])}
    lines = told(early)
    assert not [line for line in lines if "signed" in line or "INCIDENT" in line or "in force" in line]
    later = told(early, views(accords=[proposed]))
    (signed,) = [line for line in later if "signed" in line]
    assert signed.startswith(
        f"09:08:40Z EXERCISE  A has signed {proposed['name']} {proposed['digest'][:19]}…"
    )


def test_a_partys_own_rule_stays_on_its_own_console() -> None:
    lines = told(views(alerts=[alert(accord=None)], encounters=[encounter("A", accord=None)]))
    assert not [line for line in lines if "ALERT" in line or "limits" in line]


def test_other_pairs_approaches_and_those_that_became_encounters_are_not_told() -> None:
    other = approach("A", pair=["ba0001", "bb0001"])
    became = approach("A", contains_encounter=True)
    lines = told(views(approaches=[other, became]))
    assert not [line for line in lines if "records an approach" in line]


def test_breach_silence_and_words_are_told() -> None:
    message = {
        "ref": ref("A", 20),
        "from": "A",
        "to_role": "duty-officer",
        "text": "EXERCISE. What do you hold?",
        "sky_time": "2015-10-10T09:04:00Z",
        "acknowledgements": [{"party": "B"}],
    }
    lines = told(
        views(
            alerts=[alert(overdue=["B"])],
            encounters=[encounter("A", verdict="breach", dwell_s=181.0)],
            incidents=[incident(reason="breach", opened_by=["B", "A"])],
            messages=[message],
        )
    )
    text = "\n".join(lines)
    assert "NO ANSWER from B" in text
    assert "BREACH by A's picture: ALFA06 (A) and BRAVO35 (B), inside for 181 s" in text
    assert "opened by B's node: breach" in text
    assert "hotline, A to duty-officer: “EXERCISE. What do you hold?”" in text
    assert "B acknowledges A's message" in text


def test_before_a_replay_begins_its_beginning_is_told_not_the_clock_that_waits() -> None:
    lines: list[str] = []
    narrator = Narrator(lines.append)
    narrator.begins["x"] = parse_utc("2015-10-10T09:10:00Z")
    narrator.tell(views())  # both nodes' sky clocks stand at 09:08:40
    (force,) = [line for line in lines if "in force on both" in line]
    assert force.startswith("09:10:00Z")
    narrator.begins["x"] = parse_utc("2015-10-10T09:00:00Z")
    assert narrator.now(views())[11:19] == "09:08:40"

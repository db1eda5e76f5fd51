"""Minutes and drafts: what is agreed, blocked and open; one file on both sides, comments kept; redlines."""

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import InputError
from skyaccord.talks import paths
from skyaccord.talks.acts import minutes_digest
from skyaccord.talks.outline import versions_data
from skyaccord.talks.protocol import assembled, draft_of, minutes_of, not_agreed, text_redline, versions
from tests.accord.samples import SMALL
from tests.talks.parley import Desk, both, meet, rule


def agree_to_all(desk: Desk) -> None:
    """One signature over everything that waits."""
    waiting = {
        path: clause.newest
        for path, clause in desk.talks.clauses.items()
        if clause.state != "agreed" and desk.party not in {word.party for word in clause.heads}
    }
    clauses = [{"path": path, "digest": digest} for path, digest in waiting.items()]
    desk.say("talks-clause", step="agree", clauses=clauses)


def test_both_sides_write_the_same_file_from_what_was_agreed() -> None:
    text = SMALL.replace("horizontal_nm = 3", "horizontal_nm = 3 # miles")
    ours, theirs = Desk("A"), Desk("B")
    ours.open(text)
    meet(ours, theirs)
    theirs.clause("counter", rule(horizontal_nm=5))
    added = paths.normal("clause.Purpose", {"title": "Purpose", "text": "Safety."})
    theirs.clause("propose", added, path="clause.Purpose")
    agree_to_all(theirs)
    meet(ours, theirs)
    with pytest.raises(InputError, match=r"not agreed yet: rule\.r, clause\.Purpose"):
        draft_of(ours.talks)
    marked = draft_of(ours.talks, with_open=True)
    assert marked.startswith("# NOT AGREED yet")
    assert "#   rule.r: countered" in marked
    agree_to_all(ours)
    meet(ours, theirs)
    assert not_agreed(ours.talks) == []
    written = draft_of(ours.talks)
    assert written == draft_of(theirs.talks)
    loaded = parse_accord(written, "x")
    assert loaded.accord.rules[0].horizontal_nm == 5
    assert [clause.title for clause in loaded.accord.clauses] == ["Purpose"]
    assert "# miles" in written


def test_a_clause_that_is_agreed_to_be_left_out_is_not_in_the_file() -> None:
    ours, theirs = Desk("A"), Desk("B")
    ours.open(SMALL + "\n[watch]\nhorizontal_nm = 20\n")
    meet(ours, theirs)
    theirs.clause("counter", paths.LEFT_OUT, path="watch")
    agree_to_all(theirs)
    meet(ours, theirs)
    agree_to_all(ours)
    assert assembled(ours.talks).watch is None
    assert "[watch]" not in draft_of(ours.talks)


def test_clauses_that_contradict_each_other_are_said_to() -> None:
    ours, theirs = both()
    role = {"id": "duty-officer", "title": "Duty", "acknowledge_within_s": 30, "escalates_to": "nobody"}
    theirs.clause("counter", paths.normal("role.duty-officer", role), path="role.duty-officer")
    meet(ours, theirs)
    with pytest.raises(InputError, match="together the clauses are no accord"):
        draft_of(ours.talks, with_open=True)


def test_minutes_hold_what_the_record_says_and_have_one_digest() -> None:
    ours, theirs = both()
    ours.say("talks-round", step="plan", round=1, starts=ours.now, by="video")
    item = ours.say("talks-agenda", step="request", title="The pass", round=1)
    meet(ours, theirs)
    theirs.clause("block", because="politics")
    theirs.clause("counter", paths.normal("title", "Another title"), path="title")
    meet(ours, theirs)
    made = minutes_of(ours.talks, 1, {"en": " We met. ", "ru": ""})
    assert made.texts == {"en": "We met."}
    assert [(one.path, one.party, one.because) for one in made.blocked] == [("rule.r", "B", "politics")]
    assert "title" in made.open
    assert [(one.item, one.state) for one in made.agenda] == [(item, "requested")]
    assert minutes_digest(made) == minutes_digest(minutes_of(theirs.talks, 1, {"en": "We met."}))
    assert minutes_digest(made) != minutes_digest(minutes_of(ours.talks, 1, {"en": "We did not meet."}))
    with pytest.raises(InputError, match="minutes need a text"):
        minutes_of(ours.talks, 1, {"en": " "})


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_two_versions_are_redlined_in_the_text_of_every_language(language: str) -> None:
    ours, theirs = both()
    with pytest.raises(InputError, match="one version"):
        text_redline(ours.talks, "rule.r", language)
    theirs.clause("counter", rule(horizontal_nm=5))
    shown = "\n".join(text_redline(theirs.talks, "rule.r", language))
    assert "[-3-]" in shown
    assert "{+5+}" in shown
    assert "sha256:" not in shown


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_any_two_versions_are_redlined_in_either_direction(language: str) -> None:
    """3, then 5, then 4 NM: the first against the last, not only neighbours."""
    ours, theirs = both()
    theirs.clause("counter", rule(horizontal_nm=5))
    meet(ours, theirs)
    ours.clause("counter", rule(horizontal_nm=4, reading="Four will do.", reading_ru="Четырёх хватит."))

    def shown(*pair: int) -> str:
        return "\n".join(text_redline(ours.talks, "rule.r", language, pair))  # type: ignore[arg-type]

    assert "[-3-]{+4+}" in shown(1, 3)
    assert "[-4-]{+3+}" in shown(3, 1)
    assert "[-3-]{+5+}" in shown(1, 2)
    assert "[-5-]{+4+}" in shown(2, 3)
    assert "\n".join(text_redline(ours.talks, "rule.r", language)) == shown(2, 3)
    clause = ours.talks.clause("rule.r")
    compared = versions_data(*versions(clause, (1, 3)))
    assert (compared["from"], compared["to"]) == (1, 3)
    assert {"field": "horizontal_nm", "before": 3, "after": 4} in compared["changes"]
    with pytest.raises(InputError, match="its versions are 1 to 3"):
        shown(1, 4)
    with pytest.raises(InputError, match="a version is compared with another one"):
        shown(2, 2)


WORDS = {"en": "Keep three miles.", "ru": "Держать три мили.", "ar": "ابقوا على ثلاثة أميال."}


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_the_own_words_beside_a_changed_number_are_shown_whole(language: str) -> None:
    """They announce themselves on a line of their own, and must not end there."""
    ours, theirs = both()
    told = {"reading": WORDS["en"], "reading_ru": WORDS["ru"], "reading_ar": WORDS["ar"]}
    ours.clause("propose", rule(**told))
    meet(ours, theirs)
    theirs.clause("counter", rule(horizontal_nm=5, **told))
    assert f"> {WORDS[language]}" in text_redline(theirs.talks, "rule.r", language)


def test_a_text_that_stays_the_same_in_a_language_is_an_empty_redline() -> None:
    ours, theirs = both()
    ours.clause("propose", rule(reading="Three.", reading_ru="Три."))
    meet(ours, theirs)
    theirs.clause("counter", rule(reading="Three.", reading_ru="Ровно три."))
    assert text_redline(theirs.talks, "rule.r", "en") == []
    assert any("Ровно три." in line for line in text_redline(theirs.talks, "rule.r", "ru"))

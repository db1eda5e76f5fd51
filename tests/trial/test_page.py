"""A trial in words and as a page: the sentence that delegations read out, the plot, nothing that runs."""

from dataclasses import replace
from string import Formatter

import pytest

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import InputError
from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.page import sweep_plot, trial_html
from skyaccord.trial.variants import Variant
from skyaccord.trial.words import catalogue, lines, notes, sentences, table, word
from tests.accord.samples import SMALL

LOADED = parse_accord(SMALL.replace('title = "Small"', 'title = "Small <script>"'), "x")


def outcome(label: str, value: float | None, alerts: int, **more: int) -> Outcome:
    counts = {"nuisance": alerts // 4, "not_warned": 0, "nmac": 2, "nmac_missed": 0, **more}
    return Outcome(
        variant=Variant(label, LOADED, value),
        verdicts={"approach": 9, "infringement": 4, "breach": 1},
        formations=0,
        crossings=4,
        alerts=alerts,
        tiers={"warning": alerts},
        not_confident=0,
        lead_s=(10.0, 20.0, 30.0),
        **counts,
    )


def trial(*outcomes: Outcome) -> Trial:
    return Trial(outcomes, 100, 7, None, None, everywhere=False, by_party=True)


def test_the_sentence_says_what_changed_and_what_was_missed() -> None:
    found = sentences(trial(outcome("3 NM", 3, 41), outcome("the present accord", None, 83)))
    assert found == [
        "3 NM instead of the present accord would have halved the alerts: 41 instead of 83, "
        "10 of them nuisance, and missed none of the 2 nmac."
    ]
    few = sentences(trial(outcome("x", 1, 83), outcome("y", 2, 20, nmac_missed=1)))
    assert "76 % fewer alerts" in few[0]
    assert "missed 1 of the 2 nmac" in few[0]
    none = sentences(trial(outcome("x", 1, 83), outcome("y", 2, 83, nmac=0)))
    assert none[0].endswith("there was no nmac in this recording.")


def test_the_sentence_is_said_in_three_languages() -> None:
    tried = trial(outcome("rule.r.horizontal_nm = 3", 3, 41), outcome("the present accord", None, 83))
    assert sentences(tried, "ru") == [
        "rule.r.horizontal_nm = 3 вместо варианта «действующее соглашение»: оповещений вдвое меньше: "
        "41 вместо 83, из них ложных 10; из опасных сближений (nmac) не пропущено ни одного, всего их 2."
    ]
    (arabic,) = sentences(tried, "ar")
    assert arabic.startswith(
        "\u2066rule.r.horizontal_nm = 3\u2069 بدلاً من «الاتفاق الساري»: نصف عدد الإنذارات: 41"
    )
    with pytest.raises(InputError, match="choose one of en, ru, ar"):
        sentences(tried, "de")


def test_every_word_is_there_in_three_languages_with_the_same_places() -> None:
    english = catalogue("en")
    for language in ("ru", "ar"):
        other = catalogue(language)
        assert set(other) == set(english)
        assert len(other["heads"]) == len(english["heads"])
        for key in set(english) - {"heads"}:
            places = [
                {name for _, name, _, _ in Formatter().parse(words[key]) if name}
                for words in (english, other)
            ]
            assert places[0] == places[1], (language, key)


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_crossings_that_nobody_could_count_are_no_nought(language: str) -> None:
    """Without a party map nobody knows whose aircraft cross: the table must not say 0."""
    uncounted = replace(outcome("the draft", None, 41), crossings=None)
    for everywhere, note in ((False, "crossings_unknown"), (True, "crossings_left_out")):
        tried = replace(trial(uncounted), everywhere=everywhere, by_party=False)
        assert table(tried, language)[1][4] == "–"
        assert word(language, note) in notes(tried, language)
        assert tried.data()["outcomes"][0]["crossings"] is None
    counted = trial(outcome("the draft", None, 41))
    assert table(counted, language)[1][4] == "4"
    assert not any(
        word(language, key) in notes(counted, language) for key in ("crossings_unknown", "crossings_left_out")
    )


def test_the_page_is_read_from_right_to_left_in_arabic_and_its_plot_is_not() -> None:
    page = trial_html(trial(outcome("p = 2", 2, 10), outcome("p = 3", 3, 30)), language="ar")
    assert '<html lang="ar" dir="rtl">' in page
    assert "direction: ltr" in page
    assert "ماذا كان سيُطلق" in page
    assert "إنذارات 30" in page


def test_the_table_has_every_number_of_an_outcome() -> None:
    shown = "\n".join(lines(trial(outcome("the draft", None, 41))))
    assert "the draft" in shown
    assert "10, 20" in shown
    assert "pairs of two parties" in shown


def test_the_page_escapes_runs_nothing_and_plots_a_sweep() -> None:
    page = trial_html(trial(outcome("p = 2", 2, 10), outcome("p = 3", 3, 30)))
    assert "<script>" not in page
    assert "Small &lt;script&gt;" in page
    assert "script-src" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert page.count("<svg") == 1
    assert "alerts 30" in page
    assert "EXERCISE" not in page
    assert sweep_plot(trial(outcome("the draft", None, 10))) is None
    drill = parse_accord(SMALL.replace("version = 1", "version = 1\nexercise = true"), "x")
    marked = replace(outcome("p = 2", 2, 10), variant=Variant("p = 2", drill, 2))
    assert "EXERCISE" in trial_html(trial(marked))

"""A trial in words and as a page: the sentence that delegations read out, the plot, nothing that runs."""

from dataclasses import replace

from skyaccord.accord.source import parse_accord
from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.page import sweep_plot, trial_html
from skyaccord.trial.variants import Variant
from skyaccord.trial.words import lines, sentences
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
        "3 NM instead of the present accord would have halved the alerts: 41 alerts instead of 83, "
        "10 of them nuisance, and missed none of the 2 nmac."
    ]
    few = sentences(trial(outcome("x", 1, 83), outcome("y", 2, 20, nmac_missed=1)))
    assert "76 % fewer alerts" in few[0]
    assert "missed 1 of the 2 nmac" in few[0]
    none = sentences(trial(outcome("x", 1, 83), outcome("y", 2, 83, nmac=0)))
    assert none[0].endswith("there was no nmac in this recording.")


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

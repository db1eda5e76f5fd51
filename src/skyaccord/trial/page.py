"""A trial as one HTML file: the table, the sentences, a plot of the sweep, the method. Nothing runs in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np

from skyaccord.base.times import format_utc
from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join, number
from skyaccord.drawing.panel import Panel
from skyaccord.drawing.shapes import dots, line, picture, words
from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.words import catalogue, label, notes, sentences, table, word

WIDTH: Final = 720.0
HEIGHT: Final = 300.0
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE: Final = """
body { font: 15px/1.45 system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif; color: #1d2327; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .85rem; }
th, td { padding: .3rem .45rem; text-align: end; }
td:first-child { white-space: nowrap; }
th { border-bottom: 2px solid #6a737a; vertical-align: bottom; } td { border-bottom: 1px solid #d5dadd; }
th:first-child, td:first-child { text-align: start; } svg { max-width: 100%; height: auto; direction: ltr; }
.exercise { background: #46307f; color: #fff; padding: .4rem .8rem; font-weight: bold; }
.muted { color: #6a737a; }
code { overflow-wrap: anywhere; }
"""
LINES: Final[tuple[tuple[str, str, str, Callable[[Outcome], int]], ...]] = (
    ("alerts", ink.A, "round", lambda one: one.alerts),
    ("nuisance", ink.B, "square", lambda one: one.nuisance),
    ("infringements", ink.BLACK, "round", lambda one: one.infringements),
    ("nmac_missed", ink.LIMIT, "square", lambda one: one.nmac_missed),
)
"""What a sweep is plotted for; each line has its name at its end, so that colour is never alone."""
_HEADS: Final = {"infringements": 2, "alerts": 5, "nuisance": 9}
"""Lines that are called as their column of the table is."""


def trial_html(
    trial: Trial, *, command: str | None = None, made_at: datetime | None = None, language: str = "en"
) -> str:
    """The page. command: how the trial was asked for. made_at: when, UTC."""
    draft = trial.outcomes[0].variant.loaded.accord
    title = getattr(draft, f"title_{language}", None) or draft.title
    exercise = any(one.variant.loaded.accord.exercise for one in trial.outcomes)
    say = partial(word, language)
    body = join(
        element("p", "EXERCISE", class_="exercise") if exercise else None,
        element("h1", say("title", title=title)),
        *(element("p", said) for said in sentences(trial, language)),
        _table(table(trial, language)),
        sweep_plot(trial, language),
        element("h2", say("how_to_read")),
        *(element("p", note) for note in notes(trial, language)),
        element("h2", say("tried_on")),
        *(_source(one) for one in trial.provenance),
        *(
            element("p", f"{label(one, language)}: ", element("code", one.variant.loaded.digest, dir="ltr"))
            for one in trial.outcomes
        ),
        element("p", say("made_with", command=command), class_="muted") if command else None,
        element("p", say("made_at", time=format_utc(made_at)), class_="muted") if made_at else None,
    )
    head = join(
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", say("title", title=draft.name)),
        Markup(f"<style>{STYLE}</style>"),
    )
    direction = catalogue(language)["direction"]
    page = element("html", element("head", head), element("body", body), lang=language, dir=direction)
    return f"<!doctype html>\n{page}\n"


def _source(source: object) -> Markup:
    path, digest = getattr(source, "path", ""), getattr(source, "sha256", "")
    return element("p", f"{path} ", element("code", str(digest or "")))


def _table(rows: Sequence[Sequence[str]]) -> Markup:
    head = element("tr", *(element("th", cell) for cell in rows[0]))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows[1:]]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="wide")


def sweep_plot(trial: Trial, language: str = "en") -> Markup | None:
    """Counts over the values of the sweep, the axis from left to right in every language; None where nothing
    was swept.
    """
    swept = sorted(
        (one for one in trial.outcomes if one.variant.value is not None),
        key=lambda one: one.variant.value or 0.0,
    )
    if len(swept) < 2:
        return None
    x = np.array([one.variant.value for one in swept], np.float64)
    most = max(count(one) for one in swept for _, _, _, count in LINES)
    margin = 0.05 * float(x[-1] - x[0])
    panel = Panel.over(
        (64, 16, WIDTH - 64 - 110, HEIGHT - 16 - 46),
        (float(x[0]) - margin, float(x[-1]) + margin),
        (0.0, max(most * 1.08, 1.0)),
    )
    name = swept[0].variant.label.rsplit(" = ", 1)[0]
    parts = [panel.ground(), panel.y_axis(word(language, "count"))]
    for value in x.tolist():
        at = panel.x(value)
        parts.append(words(at, panel.bottom + 14, number(value, 4), colour=ink.GREY, text_anchor="middle"))
    parts.append(words(panel.left + panel.width / 2, panel.bottom + 34, name, text_anchor="middle"))
    ends: list[float] = []
    for key, colour, cap, count in LINES:
        called = _called(key, language)
        y = np.array([count(one) for one in swept], np.float64)
        px, py = panel.x(x), panel.y(y)
        parts += [line(px, py, colour), dots(px, py, colour, size=6.0, cap=cap)]
        at = _free(float(py[-1]) + 3.5, ends)
        parts.append(words(panel.right + 6, at, f"{called} {y[-1]:.0f}", colour=colour))
    parts.append(panel.frame())
    tells = "; ".join(
        f"{one.variant.label}: {_called('alerts', language)} {one.alerts}, "
        f"{_called('nuisance', language)} {one.nuisance}"
        for one in swept
    )
    return picture(WIDTH, HEIGHT, word(language, "sweep_of", field=name), tells, *parts)


def _called(key: str, language: str) -> str:
    """A line of the plot in this language."""
    if key in _HEADS:
        return str(catalogue(language)["heads"][_HEADS[key]])
    return word(language, key)


def _free(wanted: float, taken: list[float]) -> float:
    """A height for a word, at least a line away from those that are there."""
    at = wanted
    while any(abs(at - other) < 12.0 for other in taken):
        at -= 12.0
    taken.append(at)
    return at

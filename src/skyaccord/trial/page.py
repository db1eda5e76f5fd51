"""A trial as one HTML file: the table, the sentences, a plot of the sweep, the method. Nothing runs in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from skyaccord.base.times import format_utc
from skyaccord.drawing import ink
from skyaccord.drawing.markup import Markup, element, join, number
from skyaccord.drawing.panel import Panel
from skyaccord.drawing.shapes import dots, line, picture, words
from skyaccord.trial.counting import Outcome, Trial
from skyaccord.trial.words import notes, sentences, table

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
th:first-child, td:first-child { text-align: start; } svg { max-width: 100%; height: auto; }
.exercise { background: #46307f; color: #fff; padding: .4rem .8rem; font-weight: bold; }
.muted { color: #6a737a; }
code { overflow-wrap: anywhere; }
"""
LINES: Final[tuple[tuple[str, str, str, Callable[[Outcome], int]], ...]] = (
    ("alerts", ink.A, "round", lambda one: one.alerts),
    ("nuisance", ink.B, "square", lambda one: one.nuisance),
    ("infringements", ink.BLACK, "round", lambda one: one.infringements),
    ("nmac missed", ink.LIMIT, "square", lambda one: one.nmac_missed),
)
"""What a sweep is plotted for; each line has its name at its end, so that colour is never alone."""


def trial_html(trial: Trial, *, command: str | None = None, made_at: datetime | None = None) -> str:
    """The page. command: how the trial was asked for. made_at: when, UTC."""
    draft = trial.outcomes[0].variant.loaded.accord
    exercise = any(one.variant.loaded.accord.exercise for one in trial.outcomes)
    body = join(
        element("p", "EXERCISE", class_="exercise") if exercise else None,
        element("h1", f"What it would have raised: {draft.title}"),
        *(element("p", said) for said in sentences(trial)),
        _table(table(trial)),
        sweep_plot(trial),
        element("h2", "How to read it"),
        *(element("p", note) for note in notes(trial)),
        element("h2", "What it was tried on"),
        *(_source(one) for one in trial.provenance),
        *(
            element("p", f"{one.variant.label}: ", element("code", one.variant.loaded.digest))
            for one in trial.outcomes
        ),
        element("p", f"Made with: {command}", class_="muted") if command else None,
        element("p", f"Made at {format_utc(made_at)}", class_="muted") if made_at else None,
    )
    head = join(
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", f"Trial: {draft.name}"),
        Markup(f"<style>{STYLE}</style>"),
    )
    return f"<!doctype html>\n{element('html', element('head', head), element('body', body), lang='en')}\n"


def _source(source: object) -> Markup:
    path, digest = getattr(source, "path", ""), getattr(source, "sha256", "")
    return element("p", f"{path} ", element("code", str(digest or "")))


def _table(rows: Sequence[Sequence[str]]) -> Markup:
    head = element("tr", *(element("th", cell) for cell in rows[0]))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows[1:]]
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="wide")


def sweep_plot(trial: Trial) -> Markup | None:
    """Counts over the values of the sweep; None where nothing was swept."""
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
    parts = [panel.ground(), panel.y_axis("count")]
    for value in x.tolist():
        at = panel.x(value)
        parts.append(words(at, panel.bottom + 14, number(value, 4), colour=ink.GREY, text_anchor="middle"))
    parts.append(words(panel.left + panel.width / 2, panel.bottom + 34, name, text_anchor="middle"))
    ends: list[float] = []
    for label, colour, cap, count in LINES:
        y = np.array([count(one) for one in swept], np.float64)
        px, py = panel.x(x), panel.y(y)
        parts += [line(px, py, colour), dots(px, py, colour, size=6.0, cap=cap)]
        at = _free(float(py[-1]) + 3.5, ends)
        parts.append(words(panel.right + 6, at, f"{label} {y[-1]:.0f}", colour=colour))
    parts.append(panel.frame())
    tells = "; ".join(f"{one.variant.label}: {one.alerts} alerts, {one.nuisance} nuisance" for one in swept)
    return picture(WIDTH, HEIGHT, f"Sweep of {name}", tells, *parts)


def _free(wanted: float, taken: list[float]) -> float:
    """A height for a word, at least a line away from those that are there."""
    at = wanted
    while any(abs(at - other) < 12.0 for other in taken):
        at -= 12.0
    taken.append(at)
    return at

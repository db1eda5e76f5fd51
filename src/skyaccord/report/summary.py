"""The first page: what was searched, under which rule, what was found, what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from skyaccord.airspace.units import M_PER_FT, M_PER_NM
from skyaccord.drawing.markup import Child, Markup, element, join
from skyaccord.encounters.verdicts import VERDICTS
from skyaccord.report.detail import verdict_tag
from skyaccord.report.explained import VERDICT_MEANS

if TYPE_CHECKING:
    from skyaccord.encounters import Encounters
    from skyaccord.encounters.evidence import Evidence


DOUBTS_MAX: Final = 20
"""Targets named that cleaning may have taken out wrongly; all are in `Encounters.lost`."""


def summary(encounters: Encounters, evidence: Evidence, rows: Sequence[dict[str, Any]]) -> Markup:
    """Rule, recording and findings."""
    facts: list[tuple[str, Child]] = [
        ("Recording", ", ".join(dict.fromkeys(source.path for source in encounters.provenance))),
        ("Period", period(evidence)),
        ("Aircraft", _aircraft(evidence)),
        *rules(evidence),
        ("Watch", _watch(evidence)),
        ("Between samples", _between(encounters)),
    ]
    listed = [join(element("dt", name), element("dd", value)) for name, value in facts if value is not None]
    return join(
        element("dl", *listed, class_="terms"),
        _found(rows, evidence),
        counted(encounters),
        lost(encounters),
    )


def _between(encounters: Encounters) -> str:
    """The model between samples; `60s` as people write it."""
    gap = encounters.asked.get("max_gap", "")
    return f"straight, for at most {gap.removesuffix('s')} s; solved exactly"


def _aircraft(evidence: Evidence) -> str:
    """How many there are, and of how many, and for how long, there was anything to compare."""
    seen = evidence.coverage
    told = (
        f"{seen.aircraft:,} with positions in the air; of {seen.followed:,} of them positions could be joined"
    )
    return f"{told}; for {_duration(seen.together_s)} in all, of two or more at once"


def _duration(seconds: float) -> str:
    """23 h 5 min; 48 s."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def period(evidence: Evidence) -> str:
    """From the first to the last state in the air."""
    first, last = evidence.coverage.first, evidence.coverage.last
    if first is None or last is None:
        return "no states in the air"
    to = f"{last:%H:%M:%S}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d %H:%M:%S} to {to} UTC"


def within(evidence: Evidence) -> str:
    """Two limits as people write them: 0.5 NM and 500 ft."""
    inside = evidence.question.rules[0].inside
    return f"{inside.horizontal_m / M_PER_NM:.6g} NM and {inside.vertical_m / M_PER_FT:,.6g} ft"


def rules(evidence: Evidence) -> list[tuple[str, Child]]:
    """The rule as the machine reads it, and the accord it stands in."""
    question = evidence.question
    if question.terms is None:
        reading = (
            "Keeping either limit is enough: an encounter is nearer than both at once. Exactly the limit is "
        )
        reading += "kept. No duration makes a breach."
        return [("Limits", element("b", within(evidence))), ("Read as", reading)]
    from skyaccord.accord.reading import areas_reading, rule_reading, validity_reading

    accord = question.terms.accord
    lines: list[tuple[str, Child]] = [
        ("Accord", join(element("b", accord.title), f" ({accord.name}, version {accord.version})")),
        ("Digest", element("code", question.terms.digest)),
    ]
    for rule in accord.rules:
        words = [element("span", f"{rule.id}: {rule_reading(rule)}")]
        if rule.reading:
            quoted = " ".join(rule.reading.split())
            words.append(
                element("span", f" In the parties\u2019 words: \u201c{quoted}\u201d", class_="meaning")
            )
        lines.append(("Rule", join(*words)))
    lines.append(("Valid", f"{validity_reading(accord.validity)}; {areas_reading(accord)}"))
    return lines


def _watch(evidence: Evidence) -> str | None:
    watch_nm = evidence.question.watch_nm
    return (
        None if watch_nm is None else f"approaches nearer than {watch_nm:g} NM horizontally are listed, too"
    )


def _found(rows: Sequence[dict[str, Any]], evidence: Evidence) -> Markup:
    body = []
    for verdict in reversed(VERDICTS):
        count = sum(row["verdict"] == verdict for row in rows)
        labelled = sum(row["verdict"] == verdict and bool(row["label"]) for row in rows)
        if count:
            body.append(
                element(
                    "tr",
                    element("th", verdict_tag(verdict), scope="row"),
                    element("td", f"{count:,}", class_="right"),
                    element("td", f"{labelled:,}" if labelled else "\u2013", class_="right"),
                    element("td", VERDICT_MEANS[verdict], class_="meaning"),
                )
            )
    nothing = evidence.nothing_compared()
    if not body and nothing:
        return element("p", element("b", "No pair could be compared: "), f"{nothing}.")
    if not body:
        told = "No pair was inside the limits at any time."
        if evidence.question.terms is not None:  # whoever was, elsewhere or before, was not looked for
            told = "No pair was inside the limits of a rule about it, where and while the accord holds."
        return element("p", element("b", "No encounters."), f" {told}")
    names = (("Encounters", None), ("", "right"), ("labelled", "right"), ("meaning", None))
    head = element("tr", *(element("th", name, scope="col", class_=style) for name, style in names))
    return element("table", element("thead", head), element("tbody", *body), class_="facts found")


def lost(encounters: Encounters) -> Markup | None:
    """Targets that cleaning took out altogether or nearly, and which of them to look at again."""
    table = encounters.lost
    if not table.height:
        return None
    told = f"{table.height:,} targets were lost to cleaning, all or nearly; a second opinion confirms "
    doubtful = table.filter(~table["confirmed"])
    if doubtful.is_empty():
        return element("p", f"{told}each.", class_="note")
    by_reason: dict[str, list[str]] = {}
    for row in doubtful.head(DOUBTS_MAX).iter_rows(named=True):
        by_reason.setdefault(row["reason"], []).append(row["icao24"])
    names = ", ".join(f"{', '.join(group)} ({reason})" for reason, group in by_reason.items())
    more = doubtful.height - DOUBTS_MAX
    ending = f" and {more:,} more" if more > 0 else ""
    confirmed = table.height - doubtful.height
    return element("p", f"{told}{confirmed:,}. Look at {names}{ending}.", class_="note")


def counted(encounters: Encounters) -> Markup:
    """States read, refused, dropped, left out; each with its reason."""
    counts = encounters.counts
    lines = [("records read", counts.get("read", 0)), ("accepted as states", counts.get("accepted", 0))]
    lines += [
        (name, count)
        for group in ("refused", "dropped", "left out")
        for name, count in counts.items()
        if name.startswith(f"{group}: ")
    ]
    body = [
        element("tr", element("th", name, scope="row"), element("td", f"{count:,}", class_="right"))
        for name, count in lines
    ]
    head = element(
        "tr", element("th", "States", scope="col"), element("th", "count", scope="col", class_="right")
    )
    return element("table", element("thead", head), element("tbody", *body), class_="facts counts")

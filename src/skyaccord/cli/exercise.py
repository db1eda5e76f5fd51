"""`skyaccord exercise`: scripted exercises against two live nodes, with a score sheet."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Exercises: a scripted day against two live nodes, with people or automatic officers, and a score.",
    no_args_is_help=True,
)

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A shipped exercise (see `exercise list`), or a .toml file.")
]


class Officers(StrEnum):
    automatic = "automatic"
    people = "people"


class OutputFormat(StrEnum):
    text = "text"
    json = "json"


FormatOption = Annotated[
    OutputFormat, typer.Option("--format", help="text for people, json for programs.", case_sensitive=False)
]


@app.command("list")
def list_exercises(output: FormatOption = OutputFormat.text) -> None:
    """List the exercises that come with SkyAccord. For example: `skyaccord exercise list`."""
    import json

    from skyaccord.exercise.scenario import load_scenario, shipped

    rows = [load_scenario(name)[0] for name in shipped()]
    if output is OutputFormat.json:
        typer.echo(json.dumps([{"name": one.name, "title": one.title, "about": one.about} for one in rows]))
        return
    for one in rows:
        typer.echo(f"{one.name}  {one.title} ({one.lasts_s / one.speed:.0f} s)")


@app.command("describe")
def describe(name: NameArgument) -> None:
    """Say what an exercise plays, step by step, and what it expects.

    For example: `skyaccord exercise describe october-2015`.
    """
    from skyaccord.cli.running import check_act
    from skyaccord.exercise.running import load_checked

    scenario, traffic = load_checked(name, check_act)
    typer.echo(scenario.title)
    typer.echo(scenario.about)
    typer.echo(
        f"Traffic: {', '.join(traffic.callsigns)}; {scenario.lasts_s:g} s of sky at {scenario.speed:g}x"
    )
    if traffic.ignored:
        left = ", ".join(f"{name} {count}" for name, count in sorted(traffic.ignored.items()))
        typer.echo(f"Left out of the traffic's file, since they move no aircraft: {left}")
    for one in scenario.officer:
        typer.echo(f"Officer: {one.party}'s {one.role}, automatic, answers after {one.delay_s:g} s")
    for step in scenario.step:
        when = "after the end" if step.at_s is None else f"at {step.at_s:g} s"
        how = f" (must be refused: {step.refused})" if step.refused else ""
        typer.echo(f"{when}: {step.party}'s {step.role}: {step.what}{how}")
    for cut in scenario.cut:
        typer.echo(f"at {cut.at_s:g} s: the line between the nodes is cut, until {cut.until_s:g} s")
    for expected in scenario.expect:
        whom = f"{expected.party}'s {expected.role}" if expected.role else f"party {expected.party}"
        about = f", {expected.aircraft}" if expected.aircraft else ""
        typer.echo(f"Expected: {expected.what} ({whom}{about})")


@app.command("run")
def run(
    name: NameArgument,
    folder: Annotated[
        Path,
        typer.Option("--dir", metavar="DIR", help="Where the nodes' folders and the score go. New or empty."),
    ],
    *,
    officers_a: Annotated[
        Officers, typer.Option("--officers-a", help="Who plays for party A.", case_sensitive=False)
    ] = Officers.automatic,
    officers_b: Annotated[
        Officers, typer.Option("--officers-b", help="Who plays for party B.", case_sensitive=False)
    ] = Officers.automatic,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            min=0,
            max=2**32 - 1,
            help="What B's receivers lose and mistime comes from it; default: the scenario's own.",
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            metavar="N",
            min=1,
            max=60,
            help="Sky seconds a second, in place of the scenario's: slower where persons play.",
        ),
    ] = None,
    output: FormatOption = OutputFormat.text,
) -> None:
    """Play an exercise; exit 0 if everything expected happened. Example: `exercise run contact-away --dir x`.

    DIR/A and DIR/B are the nodes' folders, DIR/score.json, .txt and .html the score sheet. Everything is
    marked EXERCISE, and no pack of real days counts it.
    """
    import json

    from skyaccord.cli.running import check_act, run_command
    from skyaccord.exercise.running import run_exercise

    people = {party for party, who in (("A", officers_a), ("B", officers_b)) if who is Officers.people}
    to_stderr = output is OutputFormat.json
    sheet, lines = run_exercise(
        name, folder, run_command, check_act, lambda line: typer.echo(line, err=to_stderr),
        people=people, seed=seed, speed=speed,
    )  # fmt: skip
    typer.echo(json.dumps(sheet.json()) if output is OutputFormat.json else "\n".join(lines))
    if not sheet.passed:
        raise typer.Exit(1)

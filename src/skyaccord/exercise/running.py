"""One exercise from beginning to end: stage, play, score, files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from skyaccord.base.errors import InputError, SkyAccordError
from skyaccord.base.files import write_whole
from skyaccord.demo.children import ChildDiedError
from skyaccord.demo.stage import Stage, make_free_folder
from skyaccord.exercise.play import Play
from skyaccord.exercise.records import ledger_of
from skyaccord.exercise.scenario import Scenario, load_scenario
from skyaccord.exercise.scn import Traffic
from skyaccord.exercise.score import Score, score, score_document
from skyaccord.exercise.steps import Run, Write
from skyaccord.paper.html import document_html
from skyaccord.paper.plain import document_lines

Check = Callable[[Sequence[str]], None]


def run_exercise(
    name: str,
    folder: Path,
    run: Run,
    check: Check,
    write: Write,
    *,
    people: Collection[str] = (),
    seed: int | None = None,
    speed: float | None = None,
) -> tuple[Score, list[str]]:
    """Play it; the score, and the sheet as lines. Keys and logs go when it ends; the nodes' folders stay.

    run: runs a command of `skyaccord`. check: InputError if words are none that a person can sign.
    seed, speed: in place of the scenario's own. InputError, before anything is made: the scenario's fault.
    """
    scenario, traffic = load_checked(name, check)
    given = {name: value for name, value in (("seed", seed), ("speed", speed)) if value is not None}
    scenario = scenario.model_copy(update=given)
    make_free_folder(folder)
    work = Path(tempfile.mkdtemp(prefix="skyaccord-exercise-"))
    stage = Stage(folder, work, run, prefer_ports=bool(people))
    play = Play(scenario, traffic, stage, write, run, people)
    try:
        play.play()
    except ChildDiedError as died:
        logs = folder / "logs"
        shutil.copytree(work / "logs", logs)
        raise SkyAccordError(str(died), do=f"its log is in {logs}") from None
    finally:
        stage.close()
        shutil.rmtree(work, ignore_errors=True)
    ledgers = {party: ledger_of(folder / party) for party in sorted(stage.nodes)}
    sheet = score(scenario, ledgers, play.done)
    document = score_document(sheet)
    lines = document_lines(document, isolates=False)
    write_whole(folder / "score.json", json.dumps(sheet.json(), indent=2).encode())
    write_whole(folder / "score.txt", ("\n".join(lines) + "\n").encode())
    write_whole(folder / "score.html", document_html(document).encode())
    return sheet, lines


def load_checked(name: str, check: Check) -> tuple[Scenario, Traffic]:
    """A scenario whose every step a person can do. InputError names the first that nobody can."""
    scenario, traffic = load_scenario(name)
    for number, step in enumerate(scenario.step):
        if not step.sign:
            try:
                check(step.do)
            except InputError as error:
                raise InputError(f"step.{number}: {error.what}", where=name) from None
    return scenario, traffic

"""One exercise from beginning to end: stage, play, score, files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from skyaccord.base.clock import SystemClock
from skyaccord.base.files import write_whole
from skyaccord.base.randomness import SystemRandomness
from skyaccord.demo.stage import Stage, make_free_folder
from skyaccord.exercise.play import Play, Write
from skyaccord.exercise.scenario import load_scenario
from skyaccord.exercise.score import Score, score, score_document
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.packing import read_ledger
from skyaccord.node.settings import load_settings
from skyaccord.pack.ledger import Ledger
from skyaccord.paper.html import document_html
from skyaccord.paper.plain import document_lines
from skyaccord.record.folder import open_folder


def run_exercise(
    name: str, folder: Path, run: Callable[..., str], write: Write, people: Collection[str] = ()
) -> tuple[Score, list[str]]:
    """Play it; the score, and the sheet as lines. Keys and logs go when it ends; the nodes' folders stay."""
    scenario, traffic = load_scenario(name)
    make_free_folder(folder)
    work = Path(tempfile.mkdtemp(prefix="skyaccord-exercise-"))
    stage = Stage(folder, work, run, prefer_ports=bool(people))
    play = Play(scenario, traffic, stage, write, run, people)
    try:
        play.play()
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


def ledger_of(path: Path) -> Ledger:
    """What a node's folder holds."""
    folder = open_folder(path)
    settings = load_settings(folder.settings_file)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, SystemClock(), SystemRandomness())
        return read_ledger(journal, folder.card(), RoleTerms(settings.hotline.acknowledge_within_s, None))
    finally:
        store.close()

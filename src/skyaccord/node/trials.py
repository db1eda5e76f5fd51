"""A clause tried at the node: on recordings that node.toml names, one trial at a time, beside the watch.

    [trial]
    recordings = ["day.jsonl.gz"]

The numbers come from the party's own recordings, and stay at its node: what a delegation says about them is
its own word. A thread works while the watch goes on; it ends with the node.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.errors import InputError, LimitError, SkyAccordError
from skyaccord.node.feed_settings import resolved
from skyaccord.node.settings import TrialSettings, load_settings
from skyaccord.trial.counting import try_on
from skyaccord.trial.variants import Sweep, Variant, draft_and_present, swept
from skyaccord.trial.words import LANGUAGES, notes, sentences

RECORDINGS_MIB_MAX: Final = 256
"""On disk, of all recordings of one trial: what is in memory is some ten times that, beside
a node that watches."""
MIB: Final = 1 << 20


@dataclass(frozen=True)
class Asked:
    """What one trial is about: which talks, clause and field, and the values to try."""

    talks: str
    path: str
    field: str
    values: tuple[float, ...]


class Trials:
    """The node's last trial: running, done or failed. Asked on the event loop; works in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked: Asked | None = None
        self._state = "none"
        self._done: tuple[str, int, int] = ("reading", 0, 0)
        self._result: dict[str, Any] | None = None
        self._error: str | None = None

    def row(self) -> dict[str, Any]:
        """How the last trial stands, as the API shows it."""
        asked, (stage, done, total) = self._asked, self._done
        return {
            "state": self._state,
            "talks": asked.talks if asked else None,
            "path": asked.path if asked else None,
            "field": asked.field if asked else None,
            "stage": stage,
            "share": round(min(done / total, 1.0), 3) if total else 0.0,
            "error": self._error,
            "result": self._result,
        }

    def start(self, asked: Asked, draft: str, present: LoadedAccord | None) -> None:
        """Begin. draft: the accord with the clause as it was last put forward. LimitError: one is running.
        InputError: nothing to try on, or no such field.
        """
        if self._state == "running":
            raise LimitError("a trial is running at this node", do="wait until it is done")
        settings = load_settings(self._folder / "node.toml").trial
        files = recordings(settings, self._folder)
        loaded = parse_accord(draft, "the draft")
        variants = draft_and_present(loaded, present)
        if asked.values:
            variants += swept(loaded, Sweep(f"{asked.path}.{asked.field}", asked.values))
        self._asked, self._state, self._result, self._error = asked, "running", None, None
        self._done = ("reading", 0, 0)
        work = threading.Thread(
            target=self._work, args=(files, variants, settings), name="trial", daemon=True
        )
        work.start()

    def _work(self, files: Sequence[Path], variants: Sequence[Variant], settings: TrialSettings) -> None:
        try:
            trial = try_on(
                files,
                variants,
                party_map=None if settings.party_map is None else resolved(settings.party_map, self._folder),
                everywhere=settings.everywhere,
                reading=lambda done, total: self._progress("reading", done, total),
                watching=lambda done, total: self._progress("watching", done, total),
            )
            said = {
                "sentences": {language: sentences(trial, language) for language in LANGUAGES},
                "notes": {language: notes(trial, language) for language in LANGUAGES},
                "recordings": [f.name for f in files],
            }
            self._result, self._state = {**trial.data(), **said}, "done"
        except SkyAccordError as error:
            self._error, self._state = str(error), "failed"
        except (OSError, MemoryError) as error:
            self._error, self._state = f"the trial came to no end ({error})", "failed"
        except Exception as error:  # whatever it is: a thread that dies silently leaves "running" for ever
            what = " ".join(str(error).split())[:200] or "no reason given"
            self._error = f"the trial came to no end ({type(error).__name__}: {what})"
            self._state = "failed"

    def _progress(self, stage: str, done: int, total: int) -> None:
        self._done = (stage, done, total)


def recordings(settings: TrialSettings, folder: Path) -> list[Path]:
    """The files to try on. InputError: none is named, one is missing, or they are too large together."""
    if not settings.recordings:
        raise InputError(
            "this node has no recordings to try a clause on", do="name them under [trial] in node.toml"
        )
    files = [resolved(name, folder) for name in settings.recordings]
    for file in files:
        if not file.is_file():
            raise InputError("no such recording", where=file.name, do="see [trial] in node.toml")
    size = sum(file.stat().st_size for file in files)
    if size > RECORDINGS_MIB_MAX * MIB:
        raise LimitError(
            f"the recordings have {size // MIB} MiB; the limit RECORDINGS_MIB_MAX is {RECORDINGS_MIB_MAX}",
            do="name fewer under [trial], or use `skyaccord accord try`",
        )
    return files

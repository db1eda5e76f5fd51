"""`skyaccord demo` from beginning to end: stage, children, acts, account, and everything put away again."""

from __future__ import annotations

import contextlib
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from skyaccord.base.errors import SkyAccordError
from skyaccord.demo.acts import Act, exercise_october_2015, monterey_bay
from skyaccord.demo.children import Children
from skyaccord.demo.director import Director, Played, seconds_of, until_when
from skyaccord.demo.narrator import Narrator
from skyaccord.demo.outcome import Outcome, account, verified_journals
from skyaccord.demo.stage import RunCommand, Stage, make_free_folder
from skyaccord.demo.views import View, look_at_all

SPEED_INTERACTIVE: Final = 10.0
# Both acts in about 75 s, with room for a machine that runs tests beside. Act 1 is the slower one: between
# its two passes officers open an incident and two parties sign, in their own time.
SPEED_HEADLESS: Final = {1: 14.0, 2: 20.0}
OFFICER_DELAY_INTERACTIVE_S: Final = 8.0  # so that a person at the console may come first
OFFICER_DELAY_HEADLESS_S: Final = 1.0

Write = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the command line says. acts: numbers. folder: where the nodes' folders go; None: temporary."""

    headless: bool
    folder: Path | None
    speed: float | None
    seed: int
    acts: tuple[int, ...]
    browser: bool = False


class Interrupted(KeyboardInterrupt):
    """The demo was told to stop: Ctrl-C or SIGTERM."""


@dataclass(frozen=True)
class Ended:
    """How a demo ended. interrupted: before its natural end. kept: where the nodes' folders are left."""

    outcome: Outcome
    interrupted: bool
    kept: Path | None


def run_demo(options: Options, write: Write, run_command: RunCommand) -> Ended:
    """Play the demo; `write` gets its lines. SkyAccordError: it could not be played or accounted for."""
    if options.folder is not None:
        make_free_folder(options.folder)
    work = Path(tempfile.mkdtemp(prefix="skyaccord-demo-"))
    nodes_folder = options.folder or work / "nodes"
    nodes_folder.mkdir(parents=True, exist_ok=True)
    keep_logs = False
    try:
        with _interruptible():
            ended = _Demo(
                options, write, Stage(nodes_folder, work, run_command, prefer_ports=not options.headless)
            ).run()
        keep_logs = bool(ended.outcome.broken) and not ended.interrupted
        return ended
    except SkyAccordError as error:
        keep_logs = True
        for line in getattr(error, "log_tail", ()):
            write(f"    | {line}")
        raise
    finally:
        if keep_logs:
            write(f"The logs are kept in {work / 'logs'}")
            for name in ("keys", "nodes"):
                shutil.rmtree(work / name, ignore_errors=True)
        else:
            shutil.rmtree(work, ignore_errors=True)


class _Demo:
    """One run: what the parts share."""

    def __init__(self, options: Options, write: Write, stage: Stage) -> None:
        self.options = options
        self.write = write
        self.stage = stage
        self.played: list[Played] = []
        self.views: Mapping[str, View] = {}  # the last that was seen of both nodes

    def run(self) -> Ended:
        """Prepare, play, account."""
        interrupted = False
        try:
            self.write("Making two nodes, A and B: keys, cards, first contact, an officer each ...")
            self._prepare()
            acts = [act for act in self._acts() if act.number in self.options.acts]
            with Children(self.stage.work / "logs") as children:
                try:
                    self._play(acts, children)
                except KeyboardInterrupt:
                    interrupted = True
                    self.write("")
                    self.write("Stopping ...")
                with contextlib.suppress(SkyAccordError):
                    self.views = look_at_all(self.stage.apis)
            return self._account(interrupted)
        finally:
            self.stage.close()

    def _prepare(self) -> None:
        """Make the nodes; if that is cut off, nothing half-made stays in DIR."""
        try:
            self.stage.prepare()
        except BaseException:
            for node in self.stage.nodes.values():
                shutil.rmtree(node.folder, ignore_errors=True)
            raise

    def _acts(self) -> list[Act]:
        recordings = self.stage.work / "recordings"
        return [exercise_october_2015(recordings, self.options.seed), monterey_bay()]

    def _play(self, acts: list[Act], children: Children) -> None:
        headless = self.options.headless
        narrator = Narrator(self.write)
        director = Director(
            self.stage, children, narrator, self._seen, speed=self._speed, seed=self.options.seed
        )
        director.offer(acts[0])
        self.stage.serve(children)
        self.stage.start_officers(
            children, delay_s=OFFICER_DELAY_HEADLESS_S if headless else OFFICER_DELAY_INTERACTIVE_S
        )
        if not headless:
            self._introduce(self._speed(acts[0]))
        for act in acts:
            narrator.heading(f"Act {act.number}: {act.title}")
            narrator.note(act.attribution)
            narrator.note(f"Sky time {until_when(act)}, in {seconds_of(act, self._speed(act)):.0f} s")
            played = Played(act)
            self.played.append(played)
            director.play(played, sign_first=act.number != 1)
        if not headless:
            narrator.heading("That was the demo. Both consoles stay up: look around, then press Ctrl-C.")
            while True:
                director.look()

    def _speed(self, act: Act) -> float:
        """Sky seconds a wall second, as asked or as fits the act."""
        if self.options.speed is not None:
            return self.options.speed
        return SPEED_HEADLESS[act.number] if self.options.headless else SPEED_INTERACTIVE

    def _seen(self, views: Mapping[str, View]) -> None:
        self.views = views

    def _introduce(self, speed: float) -> None:
        addresses = {party: self.stage.link(party) for party in self.stage.nodes}
        self.write("")
        self.write("EXERCISE. Two parties share a sky and do not trust each other. Each runs its own node:")
        for party, address in addresses.items():
            self.write(f"    Party {party}'s console   {address}")
        self.write("Each link opens once. Open both beside each other. Within the first minute you see:")
        self.write("    an approach to 15 NM: no accord, no alarm, and yet both sides record it;")
        self.write("    an incident that A's officer opens from it, on both consoles;")
        self.write("    the rule of threes, signed by both, in force;")
        self.write("    the same geometry again, closer: an alert on both, to be acknowledged.")
        self.write(
            "To acknowledge yourself, ask for a role at a console; automatic officers wait"
            f" {OFFICER_DELAY_INTERACTIVE_S:.0f} s."
        )
        self.write(f"Sky time runs at {speed:g}x. Ctrl-C ends it, with both journals verified.")
        if self.options.browser:
            import webbrowser

            for address in addresses.values():
                webbrowser.open(address)

    def _account(self, interrupted: bool) -> Ended:
        with _uninterruptible():
            outcome = account(self.played, self.views, verified_journals(self.stage))
        return Ended(outcome, interrupted, self.options.folder)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM stops the demo as Ctrl-C does: children first, then the account."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Interrupted

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _uninterruptible() -> Iterator[None]:
    """A second Ctrl-C does not cut off the account of what happened."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""What may happen in a storm, and how often. Each seed has its own weather: some of it never comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from skyaccord.base.errors import RefusedError
from skyaccord.record.erasure import Retention, erase
from tests.storm.days import DAYS
from tests.storm.liar import LIES, forge_past_own_node
from tests.storm.node import Machine
from tests.storm.troubles import acknowledge, back_up, cut_off, put_back, rotate, signed
from tests.storm.truth import Violation
from tests.storm.world import World

JUMPS_S = (-86_400.0 * 400, -3_600.0, -400.0, -5.0, 5.0, 400.0, 3_600.0, 86_400.0 * 400)
EVERY_DAY = {"append": 10, "talk": 9, "push": 7, "deliver": 14, "acknowledge": 2, "witness": 3}
TROUBLE = {
    "crash": 4, "stop": 2, "cut": 3, "lose": 4, "double": 4, "wait": 3, "clock": 3, "restore": 6, "rotate": 3,
    "erase": 2, "forge": 1, "bad day": 8, "lie": 8,
}  # fmt: skip
WITH = {"restore": {"back up": 6, "heal": 3}, "cut": {"heal": 4}}
"""What belongs to a trouble."""
ALWAYS = {"start": 8, "contact": 10}
_OVER = object()
TRIES_MAX = 6
"""For something that can happen now."""


class Weather:
    """Draws what happens next."""

    def __init__(self, world: World) -> None:
        self.world = world
        dice = world.dice
        weights = {**EVERY_DAY, **ALWAYS}
        for what in dice.sample(list(TROUBLE), dice.randint(1, 6)):
            weights |= {what: TROUBLE[what], **WITH.get(what, {})}
        self._words = list(weights)
        self._weights = list(weights.values())
        self._said = 0
        self._day: Iterator[None] | None = None
        if "lie" in weights:
            world.let_lie(dice.choice(list(world.machines.values())))
        self._acts: dict[str, Callable[[], Any]] = {
            "append": self._append, "talk": self._talk, "push": self._push, "deliver": self._deliver,
            "lose": self._lose,
            "acknowledge": self._acknowledge, "witness": self._witness, "crash": self._crash,
            "stop": self._stop,
            "cut": self._cut, "heal": self._heal, "double": self._double, "wait": self._wait,
            "clock": self._clock, "back up": self._back_up, "restore": self._restore, "rotate": self._rotate,
            "erase": self._erase, "forge": self._forge, "start": self._start, "contact": self._contact,
            "bad day": self._bad_day, "lie": self._lie,
        }  # fmt: skip

    def step(self) -> None:
        """One thing happens."""
        self.world.time.elapsed_s += self.world.dice.random()
        before = len(self.world.trace)
        for _ in range(TRIES_MAX):
            self._acts[self.world.dice.choices(self._words, self._weights)[0]]()
            if len(self.world.trace) > before:
                return

    def _one(self) -> Machine | None:
        up = self.world.up()
        return self.world.dice.choice(up) if up else None

    def _any(self) -> Machine:
        return self.world.dice.choice(list(self.world.machines.values()))

    # ── a day's work ────────────────────────────────────────────────────────────────────────────────────

    def _append(self) -> None:
        machine = self._one()
        if machine is not None:
            self._said += 1
            number, to = self._said, self.world.dice.choice([["*"], ["*"], machine.peers[:1], []])
            self.world.do(
                machine,
                f"says {number} to {to}",
                lambda: machine.journal.append("note", {"number": number}, recipients=to),
            )

    def _push(self) -> None:
        machine = self._one()
        if machine is not None:
            self.world.send(machine, self.world.dice.choice(machine.peers))

    def _talk(self) -> None:
        """A whole exchange, there and back, if nothing is in its way."""
        machine = self._one()
        if machine is not None:
            self.world.exchange(machine, self.world.dice.choice(machine.peers))

    def _deliver(self) -> None:
        flying = self.world.flying
        if flying:
            first = self.world.dice.random() < 0.5
            self.world.deliver(flying.pop(0 if first else self.world.dice.randrange(len(flying))))

    def _acknowledge(self) -> None:
        machine = self._one()
        if machine is None:
            return
        peer = self.world.machines[self.world.dice.choice(machine.peers)]
        held = machine.journal.size(peer.origin)
        if held == 0:
            return
        entry = machine.journal.entry(peer.origin, self.world.dice.randrange(held))
        assert entry is not None
        acknowledge(self.world, machine, entry)

    def _witness(self) -> None:
        machine = self._one()
        if machine is not None:
            self.world.ask_witness(machine)

    # ── trouble ─────────────────────────────────────────────────────────────────────────────────────────

    def _crash(self) -> None:
        machine = self._any()
        if machine.state != "down":
            machine.disk.pull_the_plug("between two calls")
            self.world.say(f"{machine.name}: POWER CUT")
            machine.stop()

    def _stop(self) -> None:
        machine = self._any()
        if machine.state != "down":
            machine.stop()
            self.world.say(f"{machine.name}: stopped")

    def _start(self) -> None:
        down = [machine for machine in self.world.machines.values() if machine.state == "down"]
        halted = [
            machine for machine in self.world.up() if self.world.dice.random() < 0.2 and machine.halted()
        ]
        for machine in halted:  # a person restarts what appends nothing any more
            machine.stop()
        if down or halted:
            self.world.start(self.world.dice.choice(down + halted))

    def _contact(self) -> None:
        waiting = [machine for machine in self.world.machines.values() if machine.state == "contact"]
        if waiting:
            self.world.contact_ends(self.world.dice.choice(waiting))

    def _cut(self) -> None:
        one = self._any()
        pair = frozenset((one.name, self.world.dice.choice([*one.peers, "W"])))
        self.world.cut.add(pair)
        self.world.say(f"the line {'–'.join(sorted(pair))} is cut")

    def _heal(self) -> None:
        if self.world.cut:
            self.world.cut.clear()
            self.world.say("all lines are whole")

    def _lose(self) -> None:
        flying = self.world.flying
        if flying:
            self.world.say(f"{flying.pop(self.world.dice.randrange(len(flying)))} — lost")

    def _double(self) -> None:
        if self.world.flying:
            self.world.flying.append(self.world.dice.choice(self.world.flying))
            self.world.say(f"{self.world.flying[-1]} — doubled")

    def _wait(self) -> None:
        self.world.time.elapsed_s += self.world.dice.choice([10.0, 3_600.0, 86_400.0])
        self.world.say("time passes")

    def _clock(self) -> None:
        machine = self._any()
        machine.clock.error_s = self.world.dice.choice([0.0, *JUMPS_S])
        self.world.say(f"{machine.name}: its clock is {machine.clock.error_s:+.0f} s wrong")

    def _back_up(self) -> None:
        machine = self._one()
        if machine is not None:
            back_up(self.world, machine)

    def _restore(self) -> None:
        saved = [machine for machine in self.world.machines.values() if machine.backups]
        if saved:
            machine = self.world.dice.choice(saved)
            whole = self.world.dice.random() < 0.5
            put_back(self.world, machine, self.world.dice.choice(machine.backups), whole=whole)
            if self.world.dice.random() < 0.5:  # and its network is not set up yet
                cut_off(self.world, machine)

    def _rotate(self) -> None:
        machine = self._one()
        if machine is not None and len(machine.keys) <= 2:
            rotate(self.world, machine)

    def _bad_day(self) -> None:
        """Begin a bad day, or go on with it."""
        if self._day is None:
            machine = self._one()
            if machine is None:
                return
            day = self.world.dice.choice(DAYS)
            self.world.say(f"{machine.name}: a bad day begins: {day.__name__}")
            self._day = day(self.world, machine, self.world.dice.choice(machine.peers))
        if next(self._day, _OVER) is _OVER:
            self._day = None

    def _lie(self) -> None:
        liar = self.world.liar
        if liar is None or liar.state != "up" or liar.halted():
            return
        peer = self.world.machines[self.world.dice.choice(liar.peers)]
        if peer.state != "up":
            return
        if self.world.dice.random() < 0.2:
            of = peer.journal.entry(peer.origin, 0)
            assert of is not None
            statement = signed(liar, liar.forger, of.ref)
            self.world.do(liar, "forges past its own node", lambda: forge_past_own_node(liar, statement))
        else:
            self.world.lie(liar, peer, self.world.dice.choice(LIES))

    def _erase(self) -> None:
        machine = self._one()
        if machine is not None:
            before = machine.clock.now() - timedelta(seconds=self.world.dice.choice([0.0, 5.0, 3_600.0]))
            retention = Retention(frozenset({"acknowledgement"}), before, "EXERCISE retention")
            self.world.do(machine, "erases", lambda: erase(machine.journal, retention))

    def _forge(self) -> None:
        """An administrator acknowledges in an officer's name, with the key that he has."""
        machine = self._one()
        if machine is None:
            return
        peer = self.world.machines[machine.peers[0]]
        entry = machine.journal.entry(peer.origin, 0)
        if entry is None:
            return
        dsse = signed(machine, machine.person, entry.ref)
        other = signed(machine, machine.forger, entry.ref)
        forged = {**other, "payload": dsse["payload"]} if self.world.dice.random() < 0.5 else other
        try:
            machine.journal.append_statement("acknowledgement", forged, recipients=["*"])
        except RefusedError as error:
            self.world.say(f"{machine.name}: a forged acknowledgement is refused: {error}")
        except Exception as error:
            self.world.say(f"{machine.name}: a forged acknowledgement: {error}")
        else:
            raise Violation(f"{machine.name} journalled an acknowledgement that no person signed")

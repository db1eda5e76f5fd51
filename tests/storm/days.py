"""Bad days: corners that chance finds once in thousands of seeds are walked towards, through the weather.

A day is a generator; each `next` is one step of it, and whatever else the weather brings comes between two
steps. A day ends early when its machine is down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.storm.node import Machine
from tests.storm.troubles import acknowledge, back_up, cut_off, put_back, rotate
from tests.storm.world import World

Day = Callable[[World, Machine, str], Iterator[None]]


def _note(world: World, machine: Machine) -> None:
    world.do(
        machine,
        "says one thing more",
        lambda: machine.journal.append("note", {}, recipients=["*"]),
        crash=False,
    )


def late_answer(world: World, machine: Machine, peer: str) -> Iterator[None]:
    """A peer's answer comes after a newer one. Then the disk breaks, and the database alone is put back, as
    it was when the late answer was written: the file beside it is all that knows better."""
    late = world.exchange(machine, peer)
    if late is None or machine.state != "up":
        return
    back_up(world, machine)
    yield
    for _ in range(2):
        if machine.state != "up":
            return
        _note(world, machine)
    world.exchange(machine, peer)
    yield
    if machine.state != "up":
        return
    world.deliver(late)
    yield
    put_back(world, machine, machine.backups[-1], whole=False)
    cut_off(world, machine)
    yield
    if machine.state == "up":
        _note(world, machine)


def own_rotation_unknown(world: World, machine: Machine, peer: str) -> Iterator[None]:
    """A whole folder is put back from before its own change of key, and only its peers know of that."""
    world.exchange(machine, peer)
    if machine.state != "up" or len(machine.keys) > 2:
        return
    back_up(world, machine)
    yield
    if machine.state != "up":
        return
    rotate(world, machine)
    world.contact_ends(machine)
    yield
    if machine.state != "up":
        return
    world.exchange(machine, peer)
    yield
    put_back(world, machine, machine.backups[-1], whole=True)
    world.cut.discard(frozenset((machine.name, peer)))
    world.start(machine)
    world.answer_greeting(machine, peer)
    yield
    world.contact_ends(machine)
    if machine.state == "up":
        _note(world, machine)


DEAD_BATTERY_S = -86_400.0 * 400


def dead_battery(world: World, machine: Machine, peer: str) -> Iterator[None]:
    """A machine starts in another year, and its peer's officer says something. Later somebody sets its clock:
    nothing was refused meanwhile that cannot be taken back."""
    other = world.machines[peer]
    machine.stop()
    machine.clock.error_s = DEAD_BATTERY_S
    world.start(machine)
    world.answer_greeting(machine, peer)
    world.contact_ends(machine)
    world.say(f"{machine.name}: its battery was dead: it starts {-DEAD_BATTERY_S:.0f} s behind")
    yield
    if other.state == "up" and (entry := other.journal.entry(machine.origin, 0)) is not None:
        acknowledge(world, other, entry)
    for _ in range(2):
        if other.state == "up":
            world.exchange(other, machine.name)
        yield
    machine.clock.error_s = 0.0
    world.say(f"{machine.name}: somebody sets its clock")
    if other.state == "up":
        world.exchange(other, machine.name)


DAYS: tuple[Day, ...] = (late_answer, own_rotation_unknown, dead_battery)

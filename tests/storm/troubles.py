"""What befalls one machine, whether the weather draws it or a bad day leads to it."""

from __future__ import annotations

from skyaccord.record.keys import PartyKey
from skyaccord.record.rotation import rotate_key
from tests.storm.node import Backup, Machine
from tests.storm.world import World


def back_up(world: World, machine: Machine) -> None:
    """Copy its folder."""
    machine.back_up(world.truth.known[machine.origin])
    world.say(f"{machine.name}: backed up at {machine.journal.size()} entries")


def put_back(world: World, machine: Machine, backup: Backup, *, whole: bool) -> None:
    """Its disk is replaced by a copy. whole: the file beside the store, too."""
    machine.restore(backup, whole=whole)
    world.truth.restored_from(machine.name, machine.origin)
    if whole:
        world.truth.known[machine.origin] = backup.known
    world.say(f"{machine.name}: restored from a backup, {'whole' if whole else 'the database alone'}")


def cut_off(world: World, machine: Machine) -> None:
    """No line of it is whole, and it is started: what it remembers is all it knows."""
    world.cut |= {frozenset((machine.name, peer)) for peer in (*machine.peers, "W")}
    world.say(f"{machine.name}: cut off")
    world.start(machine)
    world.contact_ends(machine)


def rotate(world: World, machine: Machine) -> None:
    """Its key is replaced, and it is started again with the new one."""
    new = PartyKey.generate(machine._randomness)
    machine.keys.append(new)
    world.do(
        machine,
        "its key is replaced",
        lambda: rotate_key(machine.journal, machine.root, new, machine.card_now()),
    )
    if machine.state == "up":
        machine.stop()
        world.start(machine)

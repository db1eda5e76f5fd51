"""After the storm: everybody meets until nothing moves, and then the invariants must hold.

1. Every entry that any disk held when the storm ended is in its own journal and in every peer's copy, once,
   in order. (What was answered as held, or returned as written, is checked at each start.)
2. Any two checkpoints of one journal that anybody signed or cosigned are consistent.
3. Nothing shows as acknowledged but what a person signed.
4. Nobody is accused of a fork who could not help it; and who was forked by a backup notices.
"""

from __future__ import annotations

from skyaccord.base.errors import SkyAccordError
from skyaccord.hotline.acknowledgements import acknowledgement
from skyaccord.record.checkpoint import read_checkpoint, split_note
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.evidence import FORKS_FOLDER, forks
from skyaccord.record.folder import CARD_FILE
from skyaccord.record.hot import driver
from skyaccord.record.link import Outgoing
from skyaccord.record.merkle import root
from skyaccord.record.verify import verify_folder
from skyaccord.record.wire import read_answer, read_batch
from tests.storm.node import Machine
from tests.storm.truth import Violation
from tests.storm.world import World

ROUNDS_MAX = 14
VERIFY_EVERY = 100
"""Seeds: a folder is checked as `journal verify` checks it, which takes as long as ten seeds."""


def calm(world: World) -> None:
    """The storm is over: machines are started, lines are whole, and all meet until nothing moves."""
    world.say("the storm is over")
    world.crash_share = 0.0
    world.cut.clear()
    if world.dice.random() < 0.5:
        while world.flying:
            world.deliver(world.flying.pop(world.dice.randrange(len(world.flying))))
    world.flying.clear()
    for machine in world.machines.values():
        machine.clock.error_s = 0.0
    for _ in range(ROUNDS_MAX):
        moved = False
        for machine in world.machines.values():
            if machine.state != "up" or machine.halted():
                moved = _restart(world, machine) or moved
        for machine in world.up():
            for peer in world.up():
                if peer is not machine and _differ(machine, peer):
                    moved = _meet(world, machine, peer) or moved
        if not moved:
            return
    raise Violation("it does not come to rest")


def _restart(world: World, machine: Machine) -> bool:
    before = (machine.state, machine.journal.size() if machine.state != "down" else None)
    machine.stop()
    world.start(machine)
    for message in [one for one in world.flying if one.source == machine.name]:
        world.deliver(message)
    world.flying = [one for one in world.flying if one.source != machine.name]
    for message in [one for one in world.flying if one.target == machine.name]:
        world.deliver(message)
    world.flying.clear()
    world.contact_ends(machine)
    return (machine.state, None if machine.state == "down" else machine.journal.size()) != before


def _differ(machine: Machine, peer: Machine) -> bool:
    return machine.outgoing[peer.name].outbox() > 0 or machine.end_of(machine.origin) != peer.end_of(
        machine.origin
    )


def _meet(world: World, machine: Machine, peer: Machine) -> bool:
    """Push until the peer holds everything; whether anything moved."""
    before = (machine.end_of(machine.origin), peer.end_of(machine.origin), machine.halted())
    outgoing = Outgoing(machine.journal, peer.name)
    for _ in range(50):
        batch = outgoing.batch()
        world.truth.checkpoint(batch.checkpoint)
        try:
            answer = world.take(peer, machine.name, read_batch(batch.dumps()), machine.clock.now())
        except SkyAccordError as error:
            world.say(f"{peer.name}: {machine.name}'s batch — {error}")
            break
        world.truth.checkpoint(answer.cosigned)
        if answer.reason:
            world.say(f"{peer.name}: refuses {machine.name}: {answer.reason}")
        done = False
        try:
            done = outgoing.answered(read_answer(answer.dumps()))
        except SkyAccordError as error:
            world.say(f"{machine.name}: {peer.name}'s answer — {error}")
            break
        if done or answer.reason:
            break
    world._scan(peer)
    return (machine.end_of(machine.origin), peer.end_of(machine.origin), machine.halted()) != before


def survivors(world: World) -> dict[str, set[tuple[int, bytes]]]:
    """Journal → every (sequence, leaf) that some disk holds now. All machines run."""
    found: dict[str, set[tuple[int, bytes]]] = {}
    for machine in world.machines.values():
        with machine.store.reading() as connection:
            for row in connection.exec_driver_sql("SELECT origin, sequence, leaf FROM entries"):
                found.setdefault(row[0], set()).add((row[1], row[2]))
    return found


def check(world: World, alive: dict[str, set[tuple[int, bytes]]]) -> None:
    """The invariants. alive: `survivors` when the storm ended."""
    excused = world.truth.excused | world.truth.liars
    machines = world.machines.values()
    for machine in machines:
        if machine.origin in world.truth.liars:
            continue
        if machine.origin in excused:
            _check_noticed(world, machine)
            continue
        if machine.state != "up" or machine.halted():
            # What no disk holds any more cannot come back: then it stays stopped, and that is right.
            why = None if machine.state == "down" else machine.halted()
            held = 1 + max((sequence for sequence, _ in alive.get(machine.origin, set())), default=-1)
            if not _stuck_by_others(machine, excused) and world.truth.known[machine.origin] <= held:
                raise Violation(f"{machine.name} does not come back: {machine.state}, {why}")
            continue
        own = [(entry.sequence, entry.leaf) for entry in machine.journal.entries()]
        if [sequence for sequence, _ in own] != list(range(len(own))):
            raise Violation(f"{machine.name}'s journal has a gap")
        lost = alive.get(machine.origin, set()) - set(own)
        if lost:
            raise Violation(f"{machine.name}'s journal lacks {sorted(lost)[0][0]}, which a disk held")
        _check_copies(world, machine, own)
        _check_roots(world, machine, [leaf for _, leaf in own])
    for machine in machines:
        if machine.state != "down" and machine.origin not in world.truth.liars:
            _check_cosigned(machine)
            _check_acknowledged(world, machine)
            for fork in forks(machine.journal):
                if fork.origin not in excused:
                    raise Violation(f"{machine.name} accuses {fork.origin} of a fork: {fork.reason}")
    if world.witness is not None:
        found = list((world.witness_disk.folder / FORKS_FOLDER).glob("*"))
        names = {machine.name for machine in machines if machine.origin in excused}
        if any(path.name.split("-")[0] not in names for path in found):
            raise Violation(f"the witness accuses an honest party: {found[0].name}")
    if world.seed % VERIFY_EVERY == VERIFY_EVERY - 1 and not excused and world.witness is None:
        cards = [machine.card_now() for machine in machines]
        for machine, card in zip(machines, cards, strict=True):
            (machine.disk.folder / CARD_FILE).write_text(card.dumps())
        for machine in machines:
            report = verify_folder(machine.disk.folder, cards)
            if not report.ok:
                raise Violation(f"{machine.name}'s folder does not verify: {report.findings}")


def _stuck_by_others(machine: Machine, excused: set[str]) -> bool:
    """Whether what stops it may be a peer's fork that a backup made."""
    return any(machine.journal.info(origin).own is False for origin in excused) if excused else False


def _check_copies(world: World, machine: Machine, own: list[tuple[int, bytes]]) -> None:
    for peer in world.up():
        if peer is machine or peer.halted() or peer.origin in world.truth.excused | world.truth.liars:
            continue
        held = [(entry.sequence, entry.leaf) for entry in peer.journal.entries(machine.origin)]
        if held != own:
            raise Violation(
                f"{peer.name} holds {len(held)} entries of {machine.name}'s {len(own)}, or other ones"
            )


def _check_roots(world: World, machine: Machine, leaves: list[bytes]) -> None:
    def node(level: int, place: int) -> bytes:
        return root(lambda _, at: leaves[(place << level) + at], 1 << level) if level else leaves[place]

    for size, roots in sorted(world.truth.roots[machine.origin].items()):
        if len(roots) > 1:
            raise Violation(f"{len(roots)} checkpoints of {size} entries of {machine.origin} differ")
        if size > len(leaves) and machine.origin not in world.truth.restored:
            raise Violation(f"{machine.name} signed a checkpoint of {size} entries and has {len(leaves)}")
        if size <= len(leaves) and machine.journal.root(size=size) not in roots:
            raise Violation(f"a checkpoint of {size} entries of {machine.origin} is not of its entries")


def _check_cosigned(machine: Machine) -> None:
    """Whatever it cosigned is of the entries it holds, whoever wrote them."""
    with machine.store.reading() as connection:
        notes = driver(connection).execute("SELECT note FROM checkpoints").fetchall()
    for (note,) in notes:
        found = read_checkpoint(split_note(note)[0])
        if machine.journal.root(found.origin, size=found.size) != found.root:
            raise Violation(
                f"{machine.name} cosigned {found.size} entries of {found.origin} that it does not hold"
            )


def _check_noticed(world: World, machine: Machine) -> None:
    """A fork that a backup made: once the two sides have met, nothing more is appended."""
    if machine.state == "down" or machine.halted():
        return
    own = {entry.sequence: entry.leaf for entry in machine.journal.entries()}
    for peer in world.up():
        for entry in peer.journal.entries(machine.origin):
            if own.get(entry.sequence, entry.leaf) != entry.leaf:
                raise Violation(f"{machine.name} forked, {peer.name} holds the other history, and it goes on")


def _check_acknowledged(world: World, machine: Machine) -> None:
    for info in machine.journal.journals():
        enrolments = Enrolments()
        for entry in machine.journal.entries(info.origin):
            if entry.sealed or entry.refused is not None:
                continue
            found = acknowledgement(enrolments, entry.ref, entry.header, entry.body)
            enrolments.add(entry.header, entry.body)
            if found is None:
                if entry.kind == "acknowledgement":
                    raise Violation(f"{machine.name} holds an acknowledgement that does not count, unrefused")
                continue
            if (found.party, found.of.origin, found.of.sequence) not in world.truth.acknowledged:
                raise Violation(f"{machine.name} shows {found.of.sequence} as acknowledged; nobody did")

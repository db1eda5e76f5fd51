"""Two parties, two folders, two processes: everything that stands before the first act begins.

DIR/A, DIR/B      the nodes' folders, nothing else
WORK/keys         passphrases, and the officers' own keys: never inside a node's folder
WORK/cards        the parties' cards, as they would be handed over
WORK/accords, WORK/recordings, WORK/logs
"""

from __future__ import annotations

import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skyaccord.base.errors import InputError, SkyAccordError
from skyaccord.demo.api import NodeApi
from skyaccord.demo.children import Children
from skyaccord.record.cards import Card

PARTIES: Final = ("A", "B")
LOOPBACK: Final = "127.0.0.1"
OFFICER_ROLE: Final = "duty-officer"
CONSOLE_PORTS: Final = {
    "A": 8001,
    "B": 8002,
}  # taken when they are free, so that the addresses are easy to say
LINK_PORTS: Final = {"A": 8101, "B": 8102}
DIRECTOR, OFFICER, GUEST = "demo", "officer", "guest"  # accounts at each console
LINK_MINUTES: Final = 24 * 60  # the demo's consoles wait for whoever comes; the link still opens only once
HEALTHY_WAIT_S: Final = 60.0  # a first start compiles the kernels


@dataclass(frozen=True)
class Node:
    """One party's node, and what belongs to the party beside it."""

    party: str
    folder: Path
    card: Path
    passphrase: Path
    officer_key: Path
    officer_passphrase: Path
    officer_token: Path
    console_port: int
    link_port: int

    @property
    def address(self) -> str:
        """The console's address."""
        return f"http://{LOOPBACK}:{self.console_port}"


RunCommand = Callable[..., str]
"""Runs `skyaccord` with these arguments and returns what it printed; raises what the command raises."""


class Stage:
    """The two nodes of a demo. prefer_ports: 8001 and 8002 when free; else any."""

    def __init__(
        self, nodes_folder: Path, work: Path, run_command: RunCommand, *, prefer_ports: bool
    ) -> None:
        self.work = work
        self.link_addresses: dict[str, str] = {}  # party → what its card says, where it is not its own port
        self._run = run_command
        for name in ("keys", "cards", "accords", "recordings", "logs"):
            (work / name).mkdir(mode=0o700, parents=True)
        # Held until the nodes listen, so that another demo on this machine takes other ports.
        self._held = _held_ports(prefer_ports)
        ports = [listener.getsockname()[1] for listener in self._held]
        self.nodes = {
            party: self._node(party, nodes_folder, both)
            for party, both in zip(PARTIES, zip(ports[0::2], ports[1::2], strict=True), strict=True)
        }
        self.apis = {party: NodeApi(node.address) for party, node in self.nodes.items()}

    def _node(self, party: str, nodes_folder: Path, ports: tuple[int, int]) -> Node:
        keys = self.work / "keys"
        return Node(
            party=party,
            folder=nodes_folder / party,
            card=self.work / "cards" / f"{party}.card.json",
            passphrase=keys / f"{party}.passphrase",
            officer_key=keys / f"officer-{party}.key",
            officer_passphrase=keys / f"officer-{party}.passphrase",
            officer_token=keys / f"officer-{party}.token",
            console_port=ports[0],
            link_port=ports[1],
        )

    def close(self) -> None:
        """Give back ports that are still held, and the connections to the consoles."""
        self._release_ports()
        for api in self.apis.values():
            api.__exit__(None, None, None)

    def _release_ports(self) -> None:
        for listener in self._held:
            listener.close()
        self._held.clear()

    def prepare(self) -> None:
        """Make both nodes, hand over the cards, make the officers' keys and enrol them."""
        for node in self.nodes.values():
            _write_secret(node.passphrase)
            _write_secret(node.officer_passphrase)
            self._run(
                *("node", "init", str(node.folder), "--party", node.party, "--name", f"Party {node.party}"),
                *("--console-port", str(node.console_port), "--link-port", str(node.link_port)),
                *("--passphrase-file", str(node.passphrase), "--exercise"),
                *(("--link-address", address) if (address := self.link_addresses.get(node.party)) else ()),
            )
            node.card.write_text(self._run("node", "card", str(node.folder)), encoding="utf-8")
            self._make_accounts(node)
            self._run(
                *("person", "new", str(node.officer_key)),
                *("--passphrase-file", str(node.officer_passphrase)),
            )
        for node in self.nodes.values():
            for other in self.others(node.party):
                self._run(
                    *("node", "peer", str(node.folder), str(other.card)),
                    *("--fingerprint", Card.load(other.card).fingerprint),  # one process plays both voices
                    *("--passphrase-file", str(node.passphrase)),
                )
            self.enrol(
                node.party,
                public_key_of(node.officer_key),
                OFFICER_ROLE,
                f"Automatic officer of {node.party}",
                automatic=True,
            )

    def _make_accounts(self, node: Node) -> None:
        """Who may look: the demo itself, its officer, and the person whom the console's link is for."""
        for name, role in ((DIRECTOR, "administrator"), (OFFICER, OFFICER_ROLE), (GUEST, OFFICER_ROLE)):
            self._run(
                *("account", "add", name, "--role", role, "--without-passphrase"),
                *("--node", str(node.folder)),
            )
        _write_private(node.officer_token, self._run("account", "token", OFFICER, "--node", str(node.folder)))
        self.apis[node.party].sign_in(
            self._run("account", "token", DIRECTOR, "--node", str(node.folder)).strip()
        )

    def link(self, party: str) -> str:
        """A new one-time link to a party's console; it opens once."""
        node = self.nodes[party]
        return self._run(
            *("account", "link", GUEST, "--minutes", str(LINK_MINUTES), "--node", str(node.folder))
        ).strip()

    def enrol(self, party: str, public_key: str, role: str, name: str, *, automatic: bool = False) -> None:
        """Enrol a person at a party's node."""
        node = self.nodes[party]
        self._run(
            *("node", "enrol", str(node.folder), public_key, "--role", role, "--name", name),
            *(("--automatic",) if automatic else ()),
            *("--passphrase-file", str(node.passphrase)),
        )

    def sign(self, party: str, accord: Path) -> None:
        """Put a party's signature under an accord."""
        node = self.nodes[party]
        self._run(
            *("accord", "sign", str(accord), "--node", str(node.folder)),
            *("--passphrase-file", str(node.passphrase)),
        )

    def others(self, party: str) -> Iterable[Node]:
        """The other parties' nodes."""
        return (node for node in self.nodes.values() if node.party != party)

    def serve(self, children: Children) -> None:
        """Start both nodes and wait until both answer."""
        if not sys.platform.startswith("linux"):
            self._release_ports()
        for node in self.nodes.values():
            children.start(
                f"node {node.party}",
                ["skyaccord", "node", "serve", str(node.folder), "--passphrase-file", str(node.passphrase)],
            )
        until = time.monotonic() + HEALTHY_WAIT_S
        for party, api in self.apis.items():
            while not api.healthy():
                children.check()
                if time.monotonic() > until:
                    raise SkyAccordError(
                        f"the node of party {party} did not come up in {HEALTHY_WAIT_S:.0f} s"
                    )
                time.sleep(0.1)
        self._release_ports()

    def start_officers(self, children: Children, *, delay_s: float) -> None:
        """Start the automatic officers; that of party A opens an incident from an approach."""
        for node in self.nodes.values():
            children.start(
                f"officer {node.party}",
                [
                    "skyaccord.demo.officer",
                    *("--node", node.address, "--party", node.party, "--role", OFFICER_ROLE),
                    *("--key", str(node.officer_key), "--passphrase-file", str(node.officer_passphrase)),
                    *("--token-file", str(node.officer_token)),
                    *("--delay", str(delay_s)),
                    *(("--opens-incident",) if node.party == "A" else ()),
                ],
            )


def make_free_folder(folder: Path) -> None:
    """Make DIR, or take it if it is an empty folder. InputError if it is neither."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(
                "exists and is not an empty folder", where=str(folder), do="give --dir a new folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", where=str(folder)) from None


def public_key_of(key: Path) -> str:
    """The public key that `person new` wrote beside the private one."""
    return key.with_name(f"{key.name}.pub").read_text("utf-8").strip()


def _write_secret(path: Path) -> None:
    _write_private(path, secrets.token_urlsafe(24) + "\n")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _held_ports(prefer: bool) -> list[socket.socket]:
    """Sockets bound to free ports of loopback, preferred ones first: console A, link A, console B, link B."""
    wanted = [ports[party] if prefer else 0 for party in PARTIES for ports in (CONSOLE_PORTS, LINK_PORTS)]
    held: list[socket.socket] = []
    try:
        for port in wanted:
            held.append(_bound(port))
    except BaseException:
        for listener in held:
            listener.close()
        raise
    return held


def _bound(port: int) -> socket.socket:
    """A socket on this port, or on any free one if it is taken."""
    for candidate in (port, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.bind((LOOPBACK, candidate))
        except OSError:
            listener.close()
            continue
        # Bound alone, and from now on shared with the node's listener and nobody else (Linux: a port can be
        # bound twice if both say so and none listens yet; another demo's socket does not say so).
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return listener
    raise SkyAccordError(f"no free port on {LOOPBACK}")

"""Two nodes as two processes: folders, ports, a link to cut, and waiting for what must come.

EXERCISE: everything here is synthetic; the sky is that of `sky.py`.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import typer.main

import skyaccord.hotline.acts
import skyaccord.incidents.acts  # noqa: F401
from skyaccord.base.times import format_utc
from skyaccord.cli.app import app
from skyaccord.record.keys import PersonKey
from skyaccord.record.statement import sign_statement
from tests.node.sky import ACCORD, PARTY, ROLE, SKY, write_pass

SKY_S = 460
ACKNOWLEDGE_WITHIN_S = 4
WAIT_S = 60.0  # how long anything may take on a busy machine before the test gives up
POLL_S = 0.1


def wait_for(what: str, look: Callable[[], Any], wait_s: float = WAIT_S) -> Any:
    """The first true answer of `look`; fails with `what` and the last answer."""
    until = time.monotonic() + wait_s
    found: Any = None
    while time.monotonic() < until:
        with contextlib.suppress(httpx2.HTTPError):
            found = look()
            if found:
                return found
        time.sleep(POLL_S)
    raise AssertionError(f"waited {wait_s:.0f} s in vain: {what} (last seen: {found!r})")


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class CuttableLink:
    """A TCP proxy in front of one link listener. `cut` drops and refuses everything; `restore` lets it
    through.
    """

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._open = True
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._open = False
            for pair in self._pairs:
                for end in pair:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
            except OSError:
                near.close()
                continue
            with self._lock:
                if not self._open:
                    near.close()
                    far.close()
                    continue
                self._pairs.add((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, (near, far)), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, pair: tuple[Any, Any]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._pairs.discard(pair)


@functools.cache
def _command() -> Any:
    """The tree of commands, put together once: a story runs hundreds."""
    return typer.main.get_command(app)


def must(*arguments: str | Path) -> str:
    """Run a command that has to work, on the path the shell's takes but without a new Python; its output."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = _command().main(list(map(str, arguments)), "skyaccord", standalone_mode=False)
    assert status in (None, 0), output.getvalue()
    return output.getvalue()


@dataclass
class Party:
    """One party: its node's folder and process, its officer's key, and the proxy in front of its link."""

    id: str
    root: Path
    console_port: int = field(default_factory=free_port)
    link_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.proxy = CuttableLink(self.link_port)
        self.folder = self.root / self.id
        self.passphrase = self.root / f"{self.id}.passphrase"
        self.passphrase.write_text(f"passphrase of {self.id}\n", encoding="utf-8")
        self.root_passphrase = self.root / f"{self.id}.root.passphrase"
        self.root_passphrase.write_text(f"root passphrase of {self.id}\n", encoding="utf-8")
        self.card = self.root / f"{self.id}.card.json"
        self.officer = PersonKey.generate()
        self.client = httpx2.Client(
            base_url=f"http://127.0.0.1:{self.console_port}", timeout=10.0, trust_env=False
        )

    def init(self) -> None:
        must(
            "node", "init", self.folder, "--party", self.id, "--name", f"Party {self.id}",
            "--console-port", str(self.console_port), "--link-port", str(self.link_port),
            "--link-address", f"https://127.0.0.1:{self.proxy.port}", "--passphrase-file", self.passphrase,
            "--root-passphrase-file", self.root_passphrase,
        )  # fmt: skip
        self.card.write_text(must("node", "card", self.folder), encoding="utf-8")
        must(
            "account",
            "add",
            "tester",
            "--role",
            "administrator",
            "--without-passphrase",
            "--node",
            self.folder,
        )
        token = must("account", "token", "tester", "--node", self.folder).strip()
        self.client.headers["Authorization"] = f"Bearer {token}"

    def link(self) -> str:
        """A one-time link to the console."""
        return must("account", "link", "tester", "--node", self.folder).strip()

    def introduce(self, other: Party) -> None:
        read = json.loads(other.card.read_text(encoding="utf-8"))["fingerprint"]
        must(
            "node", "peer", self.folder, other.card,
            "--fingerprint", read, "--passphrase-file", self.passphrase,
        )  # fmt: skip
        must(
            "node", "enrol", self.folder, self.officer.public, "--role", ROLE,
            "--name", f"Officer of {self.id}", "--passphrase-file", self.passphrase,
        )  # fmt: skip

    def serve(self) -> None:
        with (self.root / f"{self.id}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "skyaccord", "node", "serve", str(self.folder),
                 "--passphrase-file", str(self.passphrase)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=WAIT_S)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=WAIT_S)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.client.close()
        self.proxy.close()

    def log(self) -> str:
        return (self.root / f"{self.id}.log").read_text(encoding="utf-8")

    def feed(self, *, speed: float, degrade: str = "", starts_in_s: float = 1.0) -> None:
        """Give the running node its sky: node.toml changes, in one step."""
        settings = self.folder / "node.toml"
        wall_start = datetime.now(UTC) + timedelta(seconds=starts_in_s)
        table = (
            f'[feed]\nfiles = ["../sky.jsonl"]\nparty_map = "../parties.csv"\nspeed = {speed}\n'
            f"start = {format_utc(SKY)}\nwall_start = {format_utc(wall_start)}\nexercise = true\n"
            f'name = "EXERCISE sky"\n{degrade}'
        )
        draft = settings.with_name("node.toml.new")
        draft.write_text(settings.read_text(encoding="utf-8") + table, encoding="utf-8")
        os.replace(draft, settings)  # noqa: PTH105 (as a careful editor does it)

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/{path}")
        answer.raise_for_status()
        return answer.json()

    def act(self, payload: dict[str, Any], key: PersonKey | None = None) -> httpx2.Response:
        said = {
            "party": self.id,
            "role": ROLE,
            "at": format_utc(datetime.now(UTC)),
            "accord": None,
            "exercise": True,
            "automatic": False,
            **payload,
        }
        return self.client.post("/api/acts", json=sign_statement(said, key or self.officer))

    def peer_link(self) -> dict[str, Any]:
        (peer,) = self.get("status")["peers"]
        return dict(peer)

    def held(self) -> dict[str, int]:
        return {journal["party"]: journal["entries"] for journal in self.get("status")["journals"]}

    def alert(self) -> dict[str, Any] | None:
        return next((row for row in self.get("alerts") if row["accord"]), None)


@contextlib.contextmanager
def two_parties(root: Path) -> Iterator[tuple[Party, Party]]:
    """Two nodes' folders, introduced, enrolled, and an accord that both have signed. Nothing runs yet."""
    write_pass(root, name="sky.jsonl", seconds=SKY_S)
    a, b = Party("A", root), Party("B", root)
    try:
        for party in (a, b):
            party.init()
        a.introduce(b)
        b.introduce(a)
        keys = {party.id: json.loads(party.card.read_text("utf-8"))["public_key"] for party in (a, b)}
        parties = "".join(PARTY.format(id=name, key=key) for name, key in keys.items())
        accord = root / "accord.toml"
        accord.write_text(ACCORD.format(parties=parties, within_s=ACKNOWLEDGE_WITHIN_S), encoding="utf-8")
        for party in (a, b):
            must("accord", "sign", accord, "--node", party.folder, "--passphrase-file", party.passphrase)
        yield a, b
    finally:
        a.close()
        b.close()

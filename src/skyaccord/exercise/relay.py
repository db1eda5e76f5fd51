"""The line between two nodes, as something that can be cut: a relay of bytes in front of each link listener.

What runs through it is the link's own TLS, which it neither reads nor can.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final

LOOPBACK: Final = "127.0.0.1"
CONNECT_WITHIN_S: Final = 5.0
PIECE_BYTES: Final = 65_536


class Relay:
    """Listens on a free port of loopback and passes everything on to `target_port`, until it is cut."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._open = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and let nobody through."""
        with self._lock:
            self._open = False
            for end in self._ends:
                _shut(end)

    def restore(self) -> None:
        """Let everybody through again."""
        with self._lock:
            self._open = True

    def close(self) -> None:
        """Cut, and give the port back."""
        self.cut()
        _shut(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection((LOOPBACK, self._target_port), timeout=CONNECT_WITHIN_S)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                if not self._open:
                    near.close()
                    far.close()
                    continue
                self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE_BYTES):
                sink.sendall(data)
        _shut(sink)
        with self._lock:
            self._ends.discard(source)
        source.close()


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)

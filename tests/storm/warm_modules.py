"""What a node and a writer import, for the fork server of `warm.py`: imported once, nothing opened."""

from __future__ import annotations

import importlib
from typing import Final

from numba.core.registry import cpu_target

MODULES: Final = (
    "skyaccord.cli.app",
    "skyaccord.cli.node",
    "skyaccord.cli.rooms",
    "skyaccord.node.runtime",
    "skyaccord.record.key_files",
    "skyaccord.record.link_identity",
    "anyio._backends._asyncio",
    "httpx2",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)

for name in MODULES:
    importlib.import_module(name)
cpu_target.target_context.refresh()  # what a compiled function imports when it is first called

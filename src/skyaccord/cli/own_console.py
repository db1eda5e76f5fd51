"""Commands that ask the running node of a folder: at its console's address, as whoever owns the folder.

Who can write accounts.db can make any account, so a command that reads it needs no other proof: it gives
itself a token that holds for a minute. The log of reads calls it `(folder)`.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx2

    from skyaccord.node.settings import Settings
    from skyaccord.record.folder import Folder

TOKEN_HOLDS: Final = timedelta(minutes=1)


def trusted(folder: Folder, settings: Settings) -> ssl.SSLContext | bool:
    """What `verify` is for this node's console: its own certificate, which lies beside its settings."""
    if settings.console_certificate is None:
        return True
    context = ssl.create_default_context(cafile=folder.path / settings.console_certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # that very certificate, whoever issued it
    context.check_hostname = False  # and whatever name is in it
    return context


@contextmanager
def own_console(folder: Folder, settings: Settings, *, timeout_s: float) -> Iterator[httpx2.Client]:
    """A client of the console of this folder's node, which may look and nothing else."""
    import httpx2

    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.node.accounts.door import open_door
    from skyaccord.node.accounts.rights import Role

    with closing(open_door(folder.path, settings, SystemClock(), SystemRandomness())) as door:
        secret, credential = door.credentials.give(
            door.book.folder_account(),
            Role.VIEWER,
            kind="token",
            label="a command in the node's folder",
            lasts=TOKEN_HOLDS,
            idle=None,
        )
        try:
            with httpx2.Client(
                base_url=settings.console_address,
                headers={"Authorization": f"Bearer {secret}"},
                timeout=timeout_s,
                trust_env=False,
                verify=trusted(folder, settings),
            ) as client:
                yield client
        finally:
            door.credentials.revoke(credential.id)

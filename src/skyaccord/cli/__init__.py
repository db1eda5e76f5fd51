"""The command line: one file a command group. Importing this stays light, for `--help` within 0.5 s."""

from __future__ import annotations

import gc
import sys
from typing import Final

EXIT_INTERRUPTED = 130  # what shells report for Ctrl-C (128 + SIGINT)

LOOK_FOR_CYCLES_AFTER: Final = 30_000
"""Objects made before Python looks for cycles among them (its own figure is 700). An import makes some ten
thousand objects and no garbage: a scan spent a tenth of a second looking through its libraries."""

__all__ = ["EXIT_INTERRUPTED", "main"]


def main() -> None:
    """Entry point of the `skyaccord` command. What it needs is imported inside: Ctrl-C has an answer from
    the first moment on."""
    gc.set_threshold(LOOK_FOR_CYCLES_AFTER)
    try:
        from skyaccord.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("skyaccord: stopped\n")
        sys.exit(EXIT_INTERRUPTED)
    finally:
        gc.freeze()  # Python looks for cycles once more as it ends: 0.3 s for memory that goes back anyway

"""The command line: one file a command group. Importing this stays light, for `--help` within 0.5 s."""

from __future__ import annotations

import sys

EXIT_INTERRUPTED = 130  # what shells report for Ctrl-C (128 + SIGINT)

__all__ = ["EXIT_INTERRUPTED", "main"]


def main() -> None:
    """Entry point of the `skyaccord` command. What it needs is imported inside: Ctrl-C has an answer from
    the first moment on."""
    try:
        from skyaccord.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("skyaccord: stopped\n")
        sys.exit(EXIT_INTERRUPTED)

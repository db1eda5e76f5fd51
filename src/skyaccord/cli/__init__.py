"""The command line: one file a command group. Importing this stays light, for `--help` within 0.5 s."""

from skyaccord.cli.app import main

__all__ = ["main"]

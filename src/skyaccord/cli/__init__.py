"""The command line: one file a command group. Importing this must stay light (`skyaccord --help` within 0.5 s)."""

from skyaccord.cli.app import main

__all__ = ["main"]

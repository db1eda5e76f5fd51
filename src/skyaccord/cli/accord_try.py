"""`skyaccord accord try`: what a clause would have raised on real recordings, before anybody signs it."""

from __future__ import annotations

import typer

app = typer.Typer()

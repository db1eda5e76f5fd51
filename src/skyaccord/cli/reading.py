"""Commands that only read: a signer's options are refused with the reason, not as words that nobody knows."""

from __future__ import annotations

from typing import Any, Final

from typer.core import TyperCommand

from skyaccord.base.errors import InputError

OF_A_SIGNER: Final = ("--as", "--role", "--person-passphrase-file", "--passphrase-file")
"""What the commands beside it take, by which a person acts."""


class Reading(TyperCommand):
    """`@app.command("status", cls=Reading)`: signs nothing, so it takes nobody's key."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {name for param in self.params for name in param.opts}
        for word in args:
            option = word.partition("=")[0]
            if option in OF_A_SIGNER and option not in own:
                raise InputError(
                    f"`{ctx.command_path}` reads and signs nothing", where=option, do=f"leave {option} out"
                )
        return super().parse_args(ctx, args)

"""`skyaccord account`: who may open a node's console, with what, and who has read what there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.base.errors import InputError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from skyaccord.node.accounts.door import Door
    from skyaccord.node.accounts.rights import Role

app = typer.Typer(
    help="Accounts of a console: people, programs, one-time links, reads. docs/accounts.md has it all.",
    no_args_is_help=True,
)

ROLES = "viewer, duty-officer, representative or administrator"
LINK_MINUTES = 15
TOKEN_DAYS = 90

NodeOption = Annotated[
    Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="text|json", help="text for people, json for programs.")
]


@app.command()
def add(
    name: NameArgument,
    *,
    role: Annotated[str, typer.Option("--role", help=f"What it is for: {ROLES}.")],
    node: NodeOption,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PUBLIC", help="Public key of the enrolled person it is for."),
    ] = None,
    without_passphrase: Annotated[
        bool,
        typer.Option("--without-passphrase", help="For programs: opened by links and tokens alone."),
    ] = False,
    totp: Annotated[
        bool,
        typer.Option("--totp", help="Set up the authenticator app here, not at the first sign-in."),
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make an account. There is none before: nothing has a default passphrase.

    Example: skyaccord account add noor --role duty-officer --node A
    """
    if without_passphrase and (totp or passphrase_file is not None):
        raise InputError("an account without a passphrase has no second factor, either")
    if person is not None:
        person = _public_key(person)
    passphrase = None
    if not without_passphrase:
        passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase for {name}", new=True)
    with _door(node) as door:
        chosen = _role(role)
        hashed = None if passphrase is None else door.passphrases.hash(passphrase)
        door.book.add(name, chosen, passphrase=hashed, person=person)
        typer.echo(f"Account {name}, {chosen}")
        if totp:
            _set_up_totp(door, name)
        elif without_passphrase:
            typer.echo(f"Next:  skyaccord account token {name} --node {node}, or `account link`")
        elif door.settings.accounts.second_factor:
            typer.echo("At the first sign-in the page shows a code for an authenticator app.")


@app.command("list")
def list_(node: NodeOption, output: FormatOption = "text") -> None:
    """List the accounts: role, factors, whom each is for, whether it is closed."""
    as_json = _is_json(output)

    from skyaccord.node.http.accounts import account_row

    with _door(node) as door:
        rows = [account_row(one) for one in door.book.all()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        factors = [*(["passphrase"] if row["passphrase"] else []), *row["second_factors"]]
        closed = "  CLOSED" if row["disabled_at"] else ""
        typer.echo(f"{row['name']}  {row['role']}  {' + '.join(factors) or 'links and tokens'}{closed}")
    if not rows:
        typer.echo("There is no account yet: skyaccord account add NAME --role administrator", err=True)


@app.command()
def change(
    name: NameArgument,
    *,
    node: NodeOption,
    role: Annotated[str | None, typer.Option("--role", help=f"Another role: {ROLES}.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="PUBLIC", help="Public key of the person it is for.")
    ] = None,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Another passphrase; open sessions end.")
    ] = False,
    reset_second_factor: Annotated[
        bool,
        typer.Option("--reset-second-factor", help="Forget app, passkeys and recovery codes."),
    ] = False,
    close: Annotated[bool, typer.Option("--close", help="Close it: sessions, tokens and links end.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open a closed account again.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Change an account: role, person, passphrase, second factor, open or closed.

    Example: skyaccord account change noor --reset-second-factor --node A
    """
    wished = (role, person, passphrase, reset_second_factor, close, reopen)
    if not any(wished) or (close and reopen):
        raise InputError(
            "nothing to change, or two opposite things", do="see skyaccord account change --help"
        )
    secret = None
    if passphrase:
        secret = read_passphrase(passphrase_file, prompt=f"New passphrase for {name}", new=True)
    key = None if person is None else _public_key(person)
    with _door(node) as door:
        door.book.get(name)
        if role is not None:
            door.book.set_role(name, _role(role))
        if key is not None:
            door.book.set_person(name, key)
        if secret is not None:
            door.book.set_passphrase(name, door.passphrases.hash(secret))
        if reset_second_factor:
            door.book.forget_second_factors(name)
        if close:
            door.book.disable(name)
        if reopen:
            door.book.enable(name)
        if secret is not None or reset_second_factor:
            door.credentials.revoke_all(name, kind="session")
    typer.echo(f"Account {name} is changed.")


@app.command()
def link(
    name: NameArgument,
    *,
    node: NodeOption,
    minutes: Annotated[
        int, typer.Option("--minutes", min=1, max=24 * 60, help="How long it may lie unused.")
    ] = LINK_MINUTES,
) -> None:
    """Print a one-time link: whoever opens it first is signed in as NAME; it opens nothing twice.

    Example: skyaccord account link noor --node A
    """
    with _door(node) as door:
        door.book.get(name)
        secret = door.credentials.give_link(name, timedelta(minutes=minutes))
        address = door.settings.console_address
    typer.echo(f"{address}#link={secret}")


@app.command()
def token(
    name: NameArgument,
    *,
    node: NodeOption,
    role: Annotated[
        str | None, typer.Option("--role", help="May do no more than this role; default: the account's.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it holds.")] = TOKEN_DAYS,
    label: Annotated[str, typer.Option("--label", help="What it is for, as lists show it.")] = "token",
) -> None:
    """Print a bearer token for a program, this once; `account sessions --revoke` ends it.

    The program sends it as `Authorization: Bearer TOKEN`.

    Example: skyaccord account token recorder --role viewer --days 30 --node A
    """
    with _door(node) as door:
        account = door.book.get(name)
        chosen = account.role if role is None else _role(role)
        secret, _ = door.credentials.give(
            name, chosen, kind="token", label=label, lasts=timedelta(days=days), idle=None
        )
    typer.echo(secret)


@app.command()
def sessions(
    *,
    node: NodeOption,
    name: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Of this account only.")
    ] = None,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="ID", help="End this session or token.")
    ] = None,
    output: FormatOption = "text",
) -> None:
    """List the open sessions and tokens, or end one: its console goes dark within seconds.

    Example: skyaccord account sessions --revoke 3f9a12c07b44 --node A
    """
    as_json = _is_json(output)

    from skyaccord.node.http.session import credential_row

    with _door(node) as door:
        if revoke is not None:
            if not door.credentials.revoke(revoke, account=name):
                raise InputError(f"no open session or token {revoke!r}")
            typer.echo(f"{revoke} is ended.")
            return
        rows = [credential_row(one, None) for one in door.credentials.all(name)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['id']}  {row['kind']}  {row['account']}  {row['role']}  until {row['expires_at']}"
            f"  used {row['used_at']}  {row['label']}"
        )


@app.command()
def reads(
    *,
    node: NodeOption,
    since: Annotated[int, typer.Option("--since", min=0, help="Rows after this number.")] = 0,
    output: FormatOption = "text",
) -> None:
    """List who has read what of a peer's data, and when, oldest first; and who signed in or was refused.

    Example: skyaccord account reads --node A --format json
    """
    as_json = _is_json(output)

    from skyaccord.node.http.accounts import read_row

    with _door(node) as door:
        first = door.reads.first_kept()
        while rows := [read_row(one) for one in door.reads.rows(since=since)]:
            for row in rows:
                since = row["number"]
                if as_json:
                    typer.echo(json.dumps(row))
                    continue
                times = f" ×{row['times']}" if row["times"] > 1 else ""
                held = ", ".join(f"{party} to entry {count - 1}" for party, count in row["held"].items())
                typer.echo(
                    f"{row['number']}  {row['at']}  {row['account']}  {row['what']}{times}  {held}".rstrip()
                )
    if first > 1:
        typer.echo(f"Rows before {first} have been rotated away.", err=True)


def _door(node: Path) -> AbstractContextManager[Door]:
    """The accounts of a node's folder, as a context."""
    from contextlib import closing

    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.node.accounts.door import open_door
    from skyaccord.node.settings import load_settings
    from skyaccord.record.folder import open_folder

    folder = open_folder(node)
    settings = load_settings(folder.settings_file)
    return closing(open_door(folder.path, settings, SystemClock(), SystemRandomness()))


def _role(given: str) -> Role:
    from skyaccord.node.accounts.rights import Role

    try:
        return Role(given)
    except ValueError:
        raise InputError(f"{given!r} is no role", where="--role", do=f"write {ROLES}") from None


def _public_key(given: str) -> str:
    from skyaccord.cli.node import _public_key as read_public_key

    return read_public_key(given)


def _is_json(output: str) -> bool:
    if output not in ("text", "json"):
        raise InputError(f"{output!r} is no format", where="--format", do="write text or json")
    return output == "json"


def _set_up_totp(door: Door, name: str) -> None:
    """Show the code of a new app's secret, and keep it once the app's first number holds."""
    import sys

    import segno

    from skyaccord.node.accounts import totp

    if not sys.stdin.isatty():
        raise InputError("no terminal to show a code on", do="leave --totp away: the page shows it, too")
    secret = totp.new_secret(door.randomness)
    address = totp.uri(secret, account=name, party=door.settings.party)
    segno.make(address).terminal(compact=True)
    typer.echo(f"Or type it into the app: {totp.secret_text(secret)}")
    step: Any = None
    while step is None:
        step = totp.step_of(secret, typer.prompt("The app's number").strip(), door.clock.now(), 0)
        if step is None:
            typer.echo("That number does not hold; is the clock right?", err=True)
    typer.echo("Recovery codes, each for one sign-in without the app. Write them down now:")
    for code in door.book.set_totp(name, secret, step):
        typer.echo(f"    {code}")

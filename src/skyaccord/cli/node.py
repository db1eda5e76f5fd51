"""`skyaccord node`: one party's server, from its folder's first file to the running process."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skyaccord.base.counting import counted
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.cli.node_keys import RootPassphraseFile, add_key_commands, read_root_passphrase
from skyaccord.cli.node_peer import peer
from skyaccord.cli.node_witness import witness
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    from skyaccord.node.runtime import Node
    from skyaccord.record.folder import Folder
    from skyaccord.record.journal import Journal

app = typer.Typer(
    help="One party's node: make it, introduce it to a peer, enrol persons, run it. docs/node.md has it all.",
    no_args_is_help=True,
)

PUBLIC_BYTES_MAX = 4096  # a public key in base64 is 44 characters
SHORT_ORIGIN_CHARS = 60

DirArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
]


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the node.")],
    *,
    party: Annotated[str, typer.Option("--party", help="The party's short id, like A. It never changes.")],
    name: Annotated[str, typer.Option("--name", help="The party's name for people.")],
    console_port: Annotated[
        int | None, typer.Option("--console-port", min=1, max=65535, help="Where browsers connect.")
    ] = None,
    link_port: Annotated[
        int | None, typer.Option("--link-port", min=1, max=65535, help="Where peers' nodes connect.")
    ] = None,
    link_address: Annotated[
        str | None,
        typer.Option(
            "--link-address", metavar="URL", help="What the card tells peers, if not loopback and port."
        ),
    ] = None,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="For an exercise: its first entries are marked EXERCISE too.")
    ] = False,
    root_key: Annotated[
        Path | None,
        typer.Option(
            "--root-key", metavar="FILE", help="Where the root key goes: removable media, say. Default: DIR."
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    root_passphrase_file: RootPassphraseFile = None,
) -> None:
    """Make a node's folder: keys, card, settings and an empty journal. All of it, or nothing.

    The root key alone can replace the party's key, should that be lost or stolen. Keep it offline.

    Example: skyaccord node init our-node --party A --name "Party A" --root-key /media/usb/party.root
    """
    passphrase = read_passphrase(passphrase_file, prompt="Passphrase for the party's key", new=True)
    if exercise and passphrase_file is not None and root_passphrase_file is None:
        root_passphrase = passphrase  # nothing real hangs on it
    else:
        root_passphrase = read_root_passphrase(root_passphrase_file, new=True)
        if root_passphrase == passphrase:
            raise InputError(
                "the root key needs a passphrase of its own", do="choose another than the party key's"
            )

    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.node.settings import CONSOLE_PORT_DEFAULT, LINK_PORT_DEFAULT, parse_settings
    from skyaccord.node.settings_text import settings_text
    from skyaccord.record.folder import init_folder

    text = settings_text(
        party,
        name,
        console_port=console_port or CONSOLE_PORT_DEFAULT,
        link_port=link_port or LINK_PORT_DEFAULT,
        link_address=link_address,
    )
    settings = parse_settings(text, where="the new settings")
    if settings.console_port == settings.link_port:
        raise InputError("console and link need two different ports", do="set --console-port or --link-port")
    folder = init_folder(
        directory,
        party=party,
        name=name,
        link_address=settings.advertised_link,
        passphrase=passphrase,
        settings_text=text,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        exercise=exercise,
        root_passphrase=root_passphrase,
        root_file=root_key,
    )
    card = folder.card()
    typer.echo(f"Node of party {card.party} ({card.name}) in {directory}")
    typer.echo(f"Fingerprint:  {card.fingerprint}")
    root_file = root_key or folder.root_file
    typer.echo(f"Root key:     {root_file}: take it offline now. Copy it to two media, keep them apart and")
    typer.echo("              locked away, delete it here. Only it can replace the party's key.")
    typer.echo(
        f"Next:         skyaccord node card {_typed(directory)} > {party}.card.json, for the other party"
    )


@app.command()
def card(directory: DirArgument) -> None:
    """Print the party's card, for the other party. Needs no passphrase.

    It has id, name, journal, public keys, link address and fingerprint, signed by the party's key.

    Example: skyaccord node card our-node > A.card.json
    """
    from skyaccord.record.folder import open_folder

    typer.echo(open_folder(directory).card().dumps(), nl=False)


@app.command()
def enrol(
    directory: DirArgument,
    public: Annotated[
        str | None,
        typer.Argument(metavar="PUBLIC", help="The person's public key: a file, or the key itself."),
    ] = None,
    *,
    role: Annotated[
        str | None, typer.Option("--role", help="The hotline role the person may act in.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="The person's name; default: as asked, or the role.")
    ] = None,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="A program's key, for exercises: marked wherever it acts.")
    ] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="List the persons whose consoles ask to be enrolled, and stop.")
    ] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Enrol a person's key for a role, signed by the party, on the record for both sides to check.

    PUBLIC is the FILE.pub that `skyaccord person new` wrote, a key that a console shows, or a file with one.

    Example: skyaccord node enrol our-node officer.key.pub --role duty-officer
    """
    from skyaccord.record.folder import open_folder
    from skyaccord.record.kinds import PERSON_ENROLLED, PersonEnrolled

    folder = open_folder(directory)
    asked = _waiting(folder)
    if waiting:
        for one in asked:
            typer.echo(f"{one['public_key']}  {one['role']}  {one['name']}")
        if not asked:
            typer.echo("Nobody waits to be enrolled.", err=True)
        return
    if public is None or role is None:
        raise InputError("PUBLIC and --role are needed", do="or --waiting, to see who asks")
    key = _public_key(public)
    wished = next((one["name"] for one in asked if one["public_key"] == key), None)
    person = _checked(
        PersonEnrolled, public_key=key, name=name or wished or role, role=role, automatic=automatic
    )
    with _journal(folder, passphrase_file) as journal:
        entry = journal.append(PERSON_ENROLLED, person, recipients=["*"])
    typer.echo(f"Enrolled {person.name} as {role}, as entry {entry.sequence} of our journal.")


@app.command()
def serve(directory: DirArgument, passphrase_file: PassphraseFile = None) -> None:
    """Run the node: feed, monitor, journal, link and console, until Ctrl-C or SIGTERM.

    Example: skyaccord node serve our-node
    """
    from skyaccord.record.folder import open_folder

    folder = open_folder(directory)

    from skyaccord.node.runtime import open_node, read_settings, take_ports
    from skyaccord.node.runtime import serve as serve_node
    from skyaccord.record.key_files import settle_keys
    from skyaccord.record.link_identity import renew_card

    settle_keys(folder)
    settings = read_settings(folder)
    listeners = take_ports(settings)
    try:
        passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {settings.party}'s key")
        key = folder.load_key(passphrase)
        renewed = renew_card(folder, key, passphrase, settings.advertised_link)
        own = folder.card()
        if own.public_key != key.public or own.party != settings.party:
            raise InputError("key, card and node.toml are not of one party", where=str(directory))

        import anyio

        from skyaccord.base.clock import SystemClock
        from skyaccord.base.randomness import SystemRandomness

        clock, randomness = SystemClock(), SystemRandomness()
        link_key = folder.load_link_key(passphrase)
        node = open_node(folder, settings, key, link_key, listeners, clock=clock, randomness=randomness)
    except BaseException:
        listeners.close()
        raise

    def say(_node: Node) -> None:
        typer.echo(f"Node of party {own.party} ({own.name})", err=True)
        typer.echo(f"Console:      {settings.console_address}", err=True)
        typer.echo(f"Link:         {settings.advertised_link}", err=True)
        typer.echo(f"Fingerprint:  {own.fingerprint}", err=True)
        if renewed is not None:
            typer.echo("The card is a new one: hand it to every peer again (skyaccord node card).", err=True)
        if not _node.desk.door.book.all():
            typer.echo(
                "Nobody can sign in yet: skyaccord account add NAME --role administrator --node "
                f"{_typed(directory)}",
                err=True,
            )
        typer.echo("Ctrl-C stops it.", err=True)

    anyio.run(serve_node, node, say)
    typer.echo(f"Node of party {own.party} stopped; its journal is complete.", err=True)


@app.command()
def status(
    directory: DirArgument,
    output: Annotated[
        str, typer.Option("--format", metavar="text|json", help="text for people, json for programs.")
    ] = "text",
) -> None:
    """Say how a running node is: feed, links, accords. Asks its console's address; needs no passphrase."""
    if output not in ("text", "json"):
        raise InputError(f"{output!r} is no format", where="--format", do="write text or json")

    import httpx2

    from skyaccord.base.errors import LinkError
    from skyaccord.cli.own_console import own_console
    from skyaccord.node.settings import load_settings
    from skyaccord.record.folder import open_folder

    folder = open_folder(directory)
    settings = load_settings(folder.settings_file)
    try:
        with own_console(folder, settings, timeout_s=10.0) as console:
            found: dict[str, Any] = console.get("api/status").raise_for_status().json()
    except (httpx2.HTTPError, ValueError):
        raise LinkError(
            f"no node answers at {settings.console_address}",
            do=f"start it: skyaccord node serve {_typed(directory)}",
        ) from None
    if output == "json":
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    feed = found["feed"]
    typer.echo(f"Party {found['party']} ({found['name']}){'  EXERCISE' if found['exercise'] else ''}")
    typer.echo(f"Sky time:     {found['sky_time']} at {found['speed']:g}x")
    typer.echo(f"Feed:         {feed['state'].upper()}  {feed['name']}, {feed['aircraft']} aircraft")
    if found["trouble"]:
        typer.echo(f"Trouble:      {found['trouble']}")
    for one in found["peers"]:
        reason = f"  ({one['reason']})" if one["reason"] else ""
        typer.echo(f"Link to {one['party']}:    {one['link'].upper()}, {one['outbox']} in the outbox{reason}")
        if one["clock_warning"]:
            typer.echo(f"Clock of {one['party']}:   {one['clock_warning']}")
    for one in found["witnesses"]:
        reason = f"  ({one['reason']})" if one["reason"] else ""
        typer.echo(
            f"Witness:      {one['name']}: {counted(one['cosigned'], 'entry', 'entries')} cosigned{reason}"
        )
    for one in found["accords"]:
        typer.echo(f"Accord:       {one['name']} v{one['version']}: {one['state']}")
    for one in found["journals"]:
        typer.echo(f"Journal of {one['party']}: {counted(one['entries'], 'entry', 'entries')}")


def _typed(path: Path) -> str:
    """A path as it is typed into a shell: quoted where it has blanks."""
    return shlex.quote(str(path))


def _journal(folder: Folder, passphrase_file: Path | None) -> Any:
    """The party's journal, open for appending, as a context."""
    from contextlib import contextmanager

    from skyaccord.base.clock import SystemClock
    from skyaccord.base.randomness import SystemRandomness

    passphrase = read_passphrase(passphrase_file, prompt=f"Passphrase of party {folder.card().party}'s key")
    key = folder.load_key(passphrase)

    @contextmanager
    def opened() -> Any:
        store = folder.open_store()
        try:
            journal: Journal = folder.open_journal(store, key, SystemClock(), SystemRandomness())
            yield journal
        finally:
            store.close()

    return opened()


def _waiting(folder: Folder) -> list[dict[str, str]]:
    """Who asks to be enrolled."""
    store = folder.open_store()
    try:
        found: list[dict[str, str]] = store.setting("enrolments_waiting") or []
    finally:
        store.close()
    return found


def _public_key(given: str) -> str:
    """A public key from a file's first line, or given as it is. UnreadableError, InputError."""
    from skyaccord.base.errors import TrustError
    from skyaccord.record.keys import public_bytes

    text, where = given.strip(), None
    path = Path(given)
    if given == "-":
        text, where = sys.stdin.readline().strip(), "standard input"
    elif path.is_file():
        where = given
        try:
            with path.open("rb") as file:
                text = file.read(PUBLIC_BYTES_MAX).decode("ascii").split("\n", 1)[0].strip()
        except OSError as error:
            raise UnreadableError(f"cannot be read ({error.strerror})", where=given) from None
        except UnicodeDecodeError:
            raise InputError("not a public key file", where=given, do="give the FILE.pub, not FILE") from None
    try:
        public_bytes(text)
    except TrustError:
        what = "is neither a file nor a public key" if where is None else "holds no public key"
        raise InputError(
            f"{given!r} {what}", do="give the FILE.pub of `skyaccord person new`, or the console's key"
        ) from None
    return text


def _checked(model: Any, **fields: Any) -> Any:
    """A model, or its first fault as one line."""
    from pydantic import ValidationError

    from skyaccord.record.dsse import first_fault

    try:
        return model(**fields)
    except ValidationError as error:
        raise InputError(first_fault(error), where="enrolment") from None


app.command("peer")(peer)
app.command("witness")(witness)
add_key_commands(app)

"""A person acts from the shell: sign with the person's own key, hand the statement over.

To the running node, which needs nothing but the statement: its signature says who acts. Or, where no node
runs, straight into the folder with the party's passphrase: the same handlers, the same checks.

    entry = carry_out(node, {"act": "message", "to_role": "duty-officer", "text": "…", "language": "en"},
                      person_key, role=role, person_passphrase_file=…, passphrase_file=…)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from skyaccord.base.errors import InputError, LimitError, LinkError, RefusedError
from skyaccord.cli.passphrase import PassphraseFile, read_passphrase

if TYPE_CHECKING:
    import httpx2

    from skyaccord.base.clock import Clock
    from skyaccord.record.enrolment import Enrolment
    from skyaccord.record.fields import EntryRef
    from skyaccord.record.folder import Folder
    from skyaccord.record.keys import PartyKey, PersonKey

__all__ = ["AsFile", "NodeFolder", "PassphraseFile", "PersonPassphraseFile", "RoleName", "carry_out"]

NodeFolder = Annotated[
    Path, typer.Option("--node", metavar="DIR", help="The node's folder, made by `skyaccord node init`.")
]
AsFile = Annotated[
    Path, typer.Option("--as", metavar="FILE", help="Your own key, made by `skyaccord person new`.")
]
RoleName = Annotated[
    str | None, typer.Option("--role", help="In which role, where your key is enrolled for several.")
]
PersonPassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--person-passphrase-file",
        metavar="FILE",
        help="Read your key's passphrase from the first line of FILE instead of asking.",
    ),
]
"""With `PassphraseFile` (the party's, needed only where no node runs) the options of every command by which a
person acts."""

ANSWER_WITHIN_S: Final = 30.0  # a node journals a statement in milliseconds; a disk may be slow
CREATED: Final = 201
_ERRORS: Final[dict[int, type[InputError | LimitError | RefusedError]]] = {
    403: RefusedError,
    422: InputError,
    429: LimitError,
}


def carry_out(
    node: Path,
    payload: dict[str, Any],
    person_key: Path,
    *,
    role: str | None = None,
    person_passphrase_file: Path | None = None,
    passphrase_file: Path | None = None,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> EntryRef:
    """Sign an act with a person's key and see it into the journal; the reference of its entry.

    payload: `act` and what the act needs; `accord` is None, and `exercise` as the node has it, unless given.
    Person, party, role, time and `automatic` are filled in. clock, transport: for tests.
    RefusedError: not enrolled, or the statement does not hold. InputError: what it is about is not there.
    TrustError: a passphrase does not open its key; the party's is tried where it is given, needed or not.
    LinkError: no node runs, and no passphrase of the party was given.
    """
    import anyio

    from skyaccord.base.clock import SystemClock
    from skyaccord.cli.rooms import know_all_rooms
    from skyaccord.record.folder import open_folder
    from skyaccord.record.keys import PersonKey

    know_all_rooms()
    folder = open_folder(node)
    clock = clock or SystemClock()
    key = PersonKey.load(person_key, read_passphrase(person_passphrase_file, prompt="Your key's passphrase"))
    party_key = None
    if passphrase_file is not None:  # a wrong one is said today, not on the day when no node runs
        party_key = folder.load_key(read_passphrase(passphrase_file, prompt=""))
    dsse = signed(folder, payload, key, role, clock)
    ref = anyio.run(hand_over, folder, dsse, transport)
    if ref is not None:
        return ref
    if party_key is None and not sys.stdin.isatty():
        raise LinkError(
            "no node runs in this folder to hand the statement to",
            where=str(node),
            do="start it with `skyaccord node serve`, or give the party's --passphrase-file",
        )
    if party_key is None:
        prompt = f"Passphrase of party {folder.card().party}'s key"
        party_key = folder.load_key(read_passphrase(None, prompt=prompt))
    return anyio.run(journal_directly, folder, dsse, party_key, clock)


def signed(
    folder: Folder, payload: dict[str, Any], key: PersonKey, role: str | None, clock: Clock
) -> dict[str, Any]:
    """The statement, signed: who, when and in which role filled in from what the folder has on record."""
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.base.times import format_utc
    from skyaccord.record.statement import sign_statement

    store = folder.open_store()
    try:
        journal = folder.open_journal(store, None, clock, SystemRandomness())
        enrolled = journal.enrolments().of_key(journal.party, key.public)
        exercise = bool(store.setting("exercise"))
    finally:
        store.close()
    enrolment = _in_role(enrolled, journal.party, role)
    return sign_statement(
        {
            "accord": None,
            "exercise": exercise,
            "at": format_utc(clock.now()),
            **payload,
            "party": journal.party,
            "role": enrolment.role,
            "automatic": enrolment.automatic,
        },
        key,
    )


def _in_role(enrolled: list[Enrolment], party: str, role: str | None) -> Enrolment:
    """The enrolment to act under. RefusedError: there is none. InputError: several, and no role named."""
    fitting = [one for one in enrolled if role in (None, one.role)]
    if not fitting:
        wanted = f" for the role {role!r}" if role else ""
        raise RefusedError(
            f"your key is not enrolled{wanted} at party {party}",
            do="ask who runs the node for `skyaccord node enrol DIR FILE.pub --role ROLE`",
        )
    if len(fitting) > 1:
        roles = ", ".join(sorted(one.role for one in fitting))
        raise InputError(f"your key is enrolled for several roles: {roles}", do="choose one with --role")
    return fitting[0]


async def hand_over(
    folder: Folder, dsse: dict[str, Any], transport: httpx2.AsyncBaseTransport | None = None
) -> EntryRef | None:
    """Give the statement to the node that runs in this folder; None if none does. Raises what it refuses."""
    import httpx2

    from skyaccord.cli.own_console import trusted
    from skyaccord.node.settings import load_settings
    from skyaccord.record.fields import EntryRef

    settings = load_settings(folder.settings_file)
    address = f"{settings.console_address}api/acts"
    async with httpx2.AsyncClient(
        transport=transport,
        timeout=ANSWER_WITHIN_S,
        trust_env=False,
        verify=trusted(folder, settings),
    ) as client:
        try:
            answer = await client.post(address, json=dsse)
        except httpx2.ConnectError:
            return None
        except httpx2.HTTPError as error:
            raise LinkError(
                f"the node at {settings.console_address} did not answer ({type(error).__name__})",
                do="look with `skyaccord journal show` whether the statement is there before you try again",
            ) from None
    try:
        found = answer.json()
        if answer.status_code == CREATED:
            return EntryRef.model_validate(found["ref"])
        reason = str(found["error"])
    except (ValueError, KeyError, TypeError):
        raise LinkError(f"what answers at {settings.console_address} is no node of ours") from None
    raise _ERRORS.get(answer.status_code, RefusedError)(f"the node refused it: {reason}")


async def journal_directly(folder: Folder, dsse: dict[str, Any], key: PartyKey, clock: Clock) -> EntryRef:
    """Do what the running node would do: the same handlers, on the folder's own journal."""
    from skyaccord.base.randomness import SystemRandomness
    from skyaccord.hotline.asking import RoleTerms
    from skyaccord.node.keeper import Keeper
    from skyaccord.node.projections import Projections
    from skyaccord.node.room_acts import all_acts
    from skyaccord.node.settings import load_settings

    settings = load_settings(folder.settings_file)
    store = folder.open_store()
    try:
        journal = folder.open_journal(store, key, clock, SystemRandomness())
        terms = RoleTerms(settings.hotline.acknowledge_within_s, None)
        keeper = Keeper(journal, Projections(folder.card(), terms))
        await keeper.catch_up()
        return await all_acts(keeper, clock, settings.limits.acts_per_minute_max).take(dsse)
    finally:
        store.close()

"""What representatives prepare at their own node before they sign: a draft from a template, a clause as text,
an amendment, a trial. Nothing here is said to anybody; steps are statements, through `POST /api/acts`.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from skyaccord.accord import limits
from skyaccord.accord.annexes import parse_amendment
from skyaccord.accord.drafting import Changes, PartyEntry, with_parties
from skyaccord.accord.fields import Identifier
from skyaccord.accord.source import parse_accord, shipped_names, shipped_text
from skyaccord.base.errors import InputError, SkyAccordError
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs
from skyaccord.node.http.answers import ACCEPTED, refusal
from skyaccord.node.http.drafting_models import ClauseText, ClauseValue, FileRead, TemplateNames, TrialRow
from skyaccord.node.http.talks_models import DraftAnswer
from skyaccord.node.trials import Asked, Trials
from skyaccord.record.fields import Digest, RecordModel
from skyaccord.talks.clause_text import amendment_toml, clause_toml, clause_value
from skyaccord.talks.paths import digest_of_value
from skyaccord.talks.protocol import draft_of
from skyaccord.trial.variants import SWEEP_MAX

Text = Annotated[str, Field(max_length=limits.FILE_BYTES_MAX)]
Path = Annotated[str, Field(min_length=1, max_length=300)]
PathAsked = Annotated[str, Query(max_length=300)]
NameAsked = Annotated[str | None, Query(max_length=64, description="the talks' name; needed among several")]


class WrittenClause(RecordModel):
    """A clause as TOML, to be read."""

    path: Path
    text: Text


class WrittenFile(RecordModel):
    """A whole file, to be read."""

    what: Literal["accord", "annex"]
    text: Text


class TrialWish(RecordModel):
    """A clause to be tried as it was last put forward, and with these values of one of its fields."""

    talks: Identifier
    path: Path
    field: Annotated[str, Field(max_length=100)]
    values: Annotated[list[float], Field(max_length=SWEEP_MAX)]


def drafting_routes(desk: Desk) -> APIRouter:
    """Routes of representatives; docs/talks.md tells what the page does with them."""
    router = APIRouter(prefix="/api/drafting", tags=["drafting"])
    prepare = [needs(Right.REPRESENT, of_peers=False)]
    prepare_of_peers = [needs(Right.REPRESENT, of_peers=True)]
    trials = Trials(desk.watching.folder)

    def projections() -> Any:
        return desk.keeper.projections

    @router.get(
        "/templates", dependencies=prepare, summary="Accords that are shipped as templates",
        responses={200: {"model": TemplateNames}},
    )  # fmt: skip
    async def templates() -> Response:
        return JSONResponse({"templates": list(shipped_names())})

    @router.get(
        "/template",
        dependencies=prepare,
        summary="A draft from a template, with the keys of this party and of one peer",
        responses={200: {"model": DraftAnswer}},
    )
    async def template(
        template: Annotated[str, Query(max_length=64)],
        peer: Annotated[str, Query(max_length=32)],
        name: Annotated[str, Query(max_length=64)],
        exercise: bool = False,
    ) -> Response:
        try:
            cards = projections().cards
            if peer not in projections().peers:
                raise InputError(f"party {peer[:32]!r} is no peer of this node")
            entries = [
                PartyEntry(card.party, card.name, card.public_key)
                for card in (projections().own, cards[peer])
            ]
            changes = Changes(name=name, exercise=True if exercise else None)
            text = with_parties(shipped_text(template), entries, changes=changes)
            loaded = parse_accord(text, "the draft")
        except SkyAccordError as error:
            return refusal(error)
        return _draft(loaded.accord.name, text, loaded.digest, loaded.accord.version)

    @router.get(
        "/clause",
        dependencies=prepare_of_peers,
        summary="A clause as TOML, as it was last put forward",
        responses={200: {"model": ClauseText}},
    )
    async def clause(path: PathAsked, name: NameAsked = None) -> Response:
        try:
            found = projections().talks.named(name, projections().own.party).clause(path)
            return JSONResponse({"path": path, "text": clause_toml(path, found.value(found.newest))})
        except SkyAccordError as error:
            return refusal(error)

    @router.post(
        "/clause",
        dependencies=prepare,
        summary="Read a clause's TOML: its canonical value and digest, or which line is wrong",
        responses={200: {"model": ClauseValue}},
    )
    async def read_clause(written: Annotated[WrittenClause, Body()]) -> Response:
        try:
            value = clause_value(written.path, written.text)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"path": written.path, "value": value, "digest": digest_of_value(value)})

    @router.get(
        "/amendment",
        dependencies=prepare_of_peers,
        summary="The next version of an annex, begun from what runs",
        responses={200: {"model": DraftAnswer}},
    )
    async def amendment(
        accord: Annotated[Digest, Query()], annex: Annotated[str, Query(max_length=64)]
    ) -> Response:
        try:
            running = projections().accord_as_it_runs(accord)
            if running is None:
                raise InputError("no accord with this digest runs here")
            text = amendment_toml(running, accord, annex)
            read = parse_amendment(text, annex)
            return _draft(annex, text, read.digest, read.amendment.version)
        except SkyAccordError as error:
            return refusal(error)

    @router.post(
        "/file",
        dependencies=prepare,
        summary="Read an accord's or an amendment's file: its digest, or which line is wrong",
        responses={200: {"model": FileRead}},
    )
    async def read_file(written: Annotated[WrittenFile, Body()]) -> Response:
        try:
            if written.what == "annex":
                digest = parse_amendment(written.text, "amendment").digest
            else:
                digest = parse_accord(written.text, "draft").digest
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse({"digest": digest})

    @router.get(
        "/trial",
        dependencies=prepare,
        summary="The node's last trial: how far it is, or what it found",
        responses={200: {"model": TrialRow}},
    )
    async def trial() -> Response:
        return JSONResponse(trials.row())

    @router.post(
        "/trial",
        status_code=ACCEPTED,
        dependencies=prepare,
        summary="Try a clause on this node's recordings, with several values of one field",
        responses={ACCEPTED: {"model": TrialRow}},
    )
    async def start(wish: Annotated[TrialWish, Body()]) -> Response:
        try:
            found = projections().talks.named(wish.talks, projections().own.party)
            draft = await anyio.to_thread.run_sync(partial(draft_of, found, with_open=True))
            present = next(
                (
                    one
                    for one in projections().book.watched(desk.watching.sky_now())
                    if one.accord.name == found.name
                ),
                None,
            )
            asked = Asked(wish.talks, wish.path, wish.field, tuple(wish.values))
            trials.start(asked, draft, present)
        except SkyAccordError as error:
            return refusal(error)
        return JSONResponse(trials.row(), status_code=ACCEPTED)

    return router


def _draft(name: str, text: str, digest: str, version: int) -> Response:
    return JSONResponse({"file": f"{name}.toml", "text": text, "digest": digest, "version": version})

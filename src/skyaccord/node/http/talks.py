"""The talks: what is on the table, and where every clause stands.

Nothing is written here: steps are statements that people sign, through `POST /api/acts`.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from skyaccord.accord.source import parse_accord
from skyaccord.base.errors import InputError
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.http.access import needs
from skyaccord.node.http.answers import refusal
from skyaccord.node.http.talks_models import (
    DraftAnswer,
    MinutesLists,
    RedlineAnswer,
    TalksOutline,
    TalksSummary,
)
from skyaccord.talks.acts import Language
from skyaccord.talks.outline import outline, summary, versions_data
from skyaccord.talks.protocol import draft_of, minutes_of, text_redline, versions

Name = Annotated[str | None, Query(max_length=64, description="the accord's name; needed among several")]
WithOpen = Annotated[bool, Query(alias="open", description="also what is not agreed, marked so")]
ClausePath = Annotated[str, Query(max_length=300)]
VersionFrom = Annotated[
    int | None,
    Query(alias="from", ge=1, le=100_000, description="a version's number; none: the last but one"),
]
VersionTo = Annotated[
    int | None,
    Query(alias="to", ge=1, le=100_000, description="the version compared with it; none: the last"),
]
RoundNumber = Annotated[int, Query(alias="round", ge=1, le=10_000)]


def talks_routes(desk: Desk) -> APIRouter:
    """Routes that show talks; docs/talks.md has every field."""
    router = APIRouter(prefix="/api/talks", tags=["talks"])
    watch = [needs(Right.WATCH, of_peers=True)]
    prepare = [needs(Right.REPRESENT, of_peers=True)]

    def own() -> str:
        return desk.keeper.projections.own.party

    @router.get(
        "",
        dependencies=watch,
        summary="Every negotiation in a few lines: counts, the next round, what waits for us",
        responses={200: {"model": list[TalksSummary]}},
    )
    async def talks() -> Response:
        found = [one for one in desk.keeper.projections.talks if own() in one.between]
        return JSONResponse([summary(one, own()) for one in found])

    @router.get(
        "/table",
        dependencies=watch,
        summary="One negotiation whole: rounds, agenda, clauses with their versions and redlines",
        responses={200: {"model": TalksOutline}},
    )
    async def table(name: Name = None) -> Response:
        try:
            return JSONResponse(outline(desk.keeper.projections.talks.named(name, own()), own()))
        except InputError as error:
            return refusal(error)

    @router.get(
        "/draft",
        dependencies=prepare,
        summary="The accord's file, made of what is agreed",
        responses={200: {"model": DraftAnswer}},
    )
    async def draft(name: Name = None, with_open: WithOpen = False) -> Response:
        try:
            found = desk.keeper.projections.talks.named(name, own())
            text = draft_of(found, with_open=with_open)
            loaded = parse_accord(text, "draft")
            answer = {"file": f"{found.name}.toml", "text": text, "digest": loaded.digest}
            return JSONResponse({**answer, "version": loaded.accord.version})
        except InputError as error:
            return refusal(error)

    @router.get(
        "/minutes",
        dependencies=prepare,
        summary="The computed lists of a round's minutes, as they would be written now",
        responses={200: {"model": MinutesLists}},
    )
    async def minutes(round_number: RoundNumber, name: Name = None) -> Response:
        try:
            found = desk.keeper.projections.talks.named(name, own())
            made = minutes_of(found, round_number, {"en": "-"})
        except InputError as error:
            return refusal(error)
        return JSONResponse(made.model_dump(mode="json", exclude={"texts"}))

    @router.get(
        "/redline",
        dependencies=watch,
        summary="What one version of a clause changes against another: fields, and the text that people read",
        responses={200: {"model": RedlineAnswer}},
    )
    async def redline(
        path: ClausePath,
        language: Language = "en",
        name: Name = None,
        older: VersionFrom = None,
        newer: VersionTo = None,
    ) -> Response:
        try:
            found = desk.keeper.projections.talks.named(name, own())
            if (older is None) != (newer is None):
                raise InputError(
                    "a redline compares two versions", do="give both `from` and `to`, or neither"
                )
            between = None if older is None or newer is None else (older, newer)
            data = versions_data(*versions(found.clause(path), between))
            lines = text_redline(found, path, language, between)
        except InputError as error:
            return refusal(error)
        return JSONResponse({**data, "language": language, "lines": lines})

    return router

"""The hotline: its state, the phrasebook in force, and what is wrong with a message before it is sent.

Nothing is written here: messages, acknowledgements, read-backs, shifts and drills are statements that people
sign, through `POST /api/acts`.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse, Response

from skyaccord.accord.spoken import Phrase, PhraseCode, Wording
from skyaccord.base.errors import InputError
from skyaccord.hotline.checking import faults, plan, plan_version
from skyaccord.hotline.lead import lead
from skyaccord.hotline.phrasebook import LANGUAGES, book_of, priority, spoken
from skyaccord.hotline.places import Gazetteer
from skyaccord.hotline.values import Values
from skyaccord.node.accounts.rights import Right
from skyaccord.node.desk import Desk
from skyaccord.node.hotline_rows import attempt_row, voice_row
from skyaccord.node.http.access import needs
from skyaccord.node.http.answers import refusal
from skyaccord.node.http.hotline_models import (
    BookAnswer,
    CheckAnswer,
    DrillRow,
    HotlineState,
    RadioRow,
    VoiceRow,
)
from skyaccord.record.fields import Digest, RecordModel

AccordDigest = Annotated[Digest | None, Query(description="of which accord; without, the built-in book")]
NO_ACCORD: Final = "no accord with this digest is known here"


class Draft(RecordModel):
    """A phrase that somebody is about to say."""

    accord: Digest | None = None
    code: PhraseCode
    params: Values


def hotline_routes(desk: Desk) -> APIRouter:
    """Routes of the hotline; docs/hotline.md has every field."""
    router = APIRouter(prefix="/api/hotline", tags=["hotline"])
    watch = [needs(Right.WATCH, of_peers=True)]

    def state() -> dict[str, object]:
        return desk.hotline.row(desk.clock.now(), desk.watching.sky_now(), desk.links.wires())

    @router.get(
        "",
        dependencies=watch,
        summary="Alarms, circuits, roster, drills, what waits for the line; newest radio and voice entries",
        responses={200: {"model": HotlineState}},
    )
    async def hotline() -> Response:
        return JSONResponse(state())

    @router.get(
        "/drills",
        dependencies=watch,
        summary="Every drill with its result",
        responses={200: {"model": list[DrillRow]}},
    )
    async def drills() -> Response:
        return JSONResponse(desk.hotline.drills(desk.clock.now()))

    @router.get(
        "/radio",
        dependencies=watch,
        summary="Every radio attempt, answered or not, oldest first",
        responses={200: {"model": list[RadioRow]}},
    )
    async def radio() -> Response:
        projections = desk.keeper.projections
        return JSONResponse([attempt_row(one, projections) for one in projections.line.attempts()])

    @router.get(
        "/voice",
        dependencies=watch,
        summary="What was passed by voice, and what the other side says of it; oldest first",
        responses={200: {"model": list[VoiceRow]}},
    )
    async def voice() -> Response:
        projections = desk.keeper.projections
        return JSONResponse([voice_row(one, projections) for one in projections.line.voices.all()])

    @router.get(
        "/phrasebook",
        dependencies=watch,
        summary="Codes, parameters and words; the frequency plan and the places that can be named",
        responses={200: {"model": BookAnswer}},
    )
    async def phrasebook(accord: AccordDigest = None) -> Response:
        running = desk.keeper.projections.accord_as_it_runs(accord)
        if accord is not None and running is None:
            return refusal(InputError(NO_ACCORD))
        book = book_of(running, accord)
        return JSONResponse(
            {
                "accord": book.accord,
                "phrases": [phrase_row(one) for one in book.phrases.values()],
                "plan": plan_version(running),
                "frequencies": [{"name": one.name, "mhz": one.mhz, "use": one.use} for one in plan(running)],
                "places": list(Gazetteer(running).names),
            }
        )

    @router.post(
        "/check",
        dependencies=[needs(Right.WATCH, of_peers=True)],
        summary="What is wrong with a phrase before it is signed, and how it reads in each language",
        responses={200: {"model": CheckAnswer}},
    )
    async def check(draft: Annotated[Draft, Body()]) -> Response:
        running = desk.keeper.projections.accord_as_it_runs(draft.accord)
        if draft.accord is not None and running is None:
            return refusal(InputError(NO_ACCORD))
        phrase = book_of(running, draft.accord).phrases.get(draft.code)
        found = faults(running, draft.code, draft.params)
        found_lead = lead(running, draft.code, draft.params, desk.clock.now())
        late = [found_lead.fault()] if found_lead is not None and found_lead.late else []
        return JSONResponse(
            {
                "warnings": [one.row() for one in late],
                "faults": [one.row() for one in found],
                "said": spoken(phrase, draft.params),
            }
        )

    return router


def phrase_row(one: Phrase) -> dict[str, object]:
    """One phrase of the book, as the console gets it."""
    return {
        "code": one.code,
        "priority": priority(one.code),
        "params": [param.model_dump(mode="json") for param in one.params],
        "text": _words(one.text),
        "pronunciation": _words(one.pronunciation),
        "response": one.response,
        "respond_within_s": one.respond_within_s,
    }


def _words(wording: Wording | None) -> dict[str, str]:
    if wording is None:
        return {}
    found = {language: wording.within(language) for language in LANGUAGES}
    return {language: words for language, words in found.items() if words is not None}

"""Errors as answers: one line, with the status that fits."""

from __future__ import annotations

from typing import Final

from fastapi.responses import JSONResponse

from skyaccord.base.errors import LimitError, SkyAccordError, TrustError
from skyaccord.node.accounts.faults import WaitError

CREATED: Final = 201
ACCEPTED: Final = 202
FORBIDDEN: Final = 403
UNPROCESSABLE: Final = 422
TOO_MANY: Final = 429


def refusal(error: SkyAccordError, *, status: int | None = None) -> JSONResponse:
    """One line. status: when it is another than the kind of error says."""
    headers = {}
    if status is None:
        status = UNPROCESSABLE
        if isinstance(error, TrustError):
            status = FORBIDDEN
        elif isinstance(error, LimitError):
            status = TOO_MANY
    if isinstance(error, WaitError):
        headers["Retry-After"] = str(max(1, round(error.wait_s)))
    return JSONResponse({"error": str(error)}, status_code=status, headers=headers)

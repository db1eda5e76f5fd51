"""The OpenAPI document: what FastAPI makes of the routes, and how one shows who one is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi


def document(app: FastAPI, cookie: str) -> dict[str, Any]:
    """The document of an application. cookie: the session cookie's name."""
    if app.openapi_schema:
        return app.openapi_schema
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    found.setdefault("components", {})["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        "token": {"type": "http", "scheme": "bearer"},
    }
    app.openapi_schema = found
    return found

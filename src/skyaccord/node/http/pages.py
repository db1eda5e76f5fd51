"""The console's built page, or one clear page that says how to build it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

CONSOLE_BUILD: Final = Path(__file__).resolve().parents[2] / "console_build"

ASSET_CACHE: Final = "public, max-age=31536000, immutable"  # built assets carry a hash in their names
TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
"""Named here, because what `mimetypes` says depends on the machine, and `nosniff` makes a wrong one fatal."""

NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>SkyAccord: the console is not built</title>
<body><h1>The console is not built</h1>
<p>This node runs, watches and journals; only its web page is missing.
Build it in a checkout of SkyAccord with</p>
<pre>make setup</pre>
<p>or install the wheel, which has it inside. Then load this page again: the node need not be restarted.</p>
<p>The node's data is at <a href="/api/status">/api/status</a>.</p></body></html>
"""


def page_routes(build: Path = CONSOLE_BUILD) -> APIRouter:
    """Routes for everything outside /api. The folder is looked at on every request."""
    router = APIRouter(include_in_schema=False)
    root = build.resolve()

    @router.get("/")
    def index() -> Response:
        page = root / "index.html"
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503)
        return FileResponse(page, media_type=TYPES[".html"], headers={"Cache-Control": "no-cache"})

    @router.get("/{path:path}")
    def asset(path: str) -> Response:
        file = (root / path).resolve()
        if path.startswith("api/") or not file.is_relative_to(root) or not file.is_file():
            return Response("not found", status_code=404, media_type="text/plain")
        cache = ASSET_CACHE if file.parent.name == "assets" else "no-cache"
        media = TYPES.get(file.suffix, "application/octet-stream")
        return FileResponse(file, media_type=media, headers={"Cache-Control": cache})

    return router

"""The console's listener: whose requests it takes, what it refuses, what it serves, and what it lets a
page do.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import httpx2
import pytest

from skyaccord.node.http.app import console_app
from skyaccord.node.http.protection import BODY_BYTES_MAX, own_hosts
from tests.node.tabletop import Table

Ask = Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]


def asked(root: Path, ask: Ask, build: Path | None = None) -> httpx2.Response:
    """One request to the application of a fresh node."""

    async def run() -> httpx2.Response:
        table = Table(root, "A")
        try:
            await table.prepare()
            seat = table.seats["a"]
            desk = seat.node.desk
            app = console_app(desk, own_hosts("127.0.0.1", 7410), build or root / "nowhere")
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:7410", headers=seat.signed_in
            ) as client:
                return await ask(client)
        finally:
            await table.close()

    return anyio.run(run)


@pytest.mark.parametrize("host", ["127.0.0.1:7410", "localhost:7410", "LOCALHOST:7410", "[::1]:7410"])
def test_its_own_names_are_welcome(tmp_path: Path, host: str) -> None:
    answer = asked(tmp_path, lambda client: client.get("/api/health", headers={"host": host}))
    assert answer.status_code == 200


def test_the_ports_that_browsers_leave_out() -> None:
    assert "node.example" in own_hosts("node.example", 443)
    assert "node.example" not in own_hosts("node.example", 7410)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:7410", ""]
)
def test_another_name_is_refused(tmp_path: Path, host: str) -> None:
    """DNS rebinding: a page of evil.example whose name suddenly means 127.0.0.1."""
    answer = asked(tmp_path, lambda client: client.get("/api/status", headers={"host": host}))
    assert answer.status_code == 403
    assert "own address" in answer.json()["error"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "http://localhost:7410"]
)
def test_another_pages_post_is_refused(tmp_path: Path, origin: str) -> None:
    answer = asked(tmp_path, lambda client: client.post("/api/acts", json={}, headers={"origin": origin}))
    assert answer.status_code == 403
    assert "may not speak" in answer.json()["error"]


def test_its_own_pages_post_is_heard(tmp_path: Path) -> None:
    headers = {"origin": "http://127.0.0.1:7410"}
    answer = asked(tmp_path, lambda client: client.post("/api/acts", json={}, headers=headers))
    assert answer.status_code == 403
    assert "DSSE" in answer.json()["error"], "heard, and refused for what it says"


@pytest.mark.parametrize("body", [b"not json", b"[]", b'"text"', b"{" * 500])
def test_a_body_that_is_none_is_one_line(tmp_path: Path, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = asked(tmp_path, lambda client: client.post("/api/acts", content=body, headers=headers))
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]


def test_a_body_over_its_limit_is_refused_unread(tmp_path: Path) -> None:
    answer = asked(tmp_path, lambda client: client.post("/api/acts", content=b"x" * (BODY_BYTES_MAX + 1)))
    assert answer.status_code == 403
    assert str(BODY_BYTES_MAX) in answer.json()["error"]


def test_a_body_that_hides_its_length_is_cut_off(tmp_path: Path) -> None:
    async def stream():
        for _ in range(20):
            yield b"x" * 8192

    headers = {"content-type": "application/json"}
    answer = asked(tmp_path, lambda client: client.post("/api/acts", content=stream(), headers=headers))
    assert answer.status_code >= 400
    assert answer.status_code < 500


def test_every_answer_says_what_a_page_may_do(tmp_path: Path) -> None:
    for path in ("/", "/api/status", "/nothing"):
        answer = asked(tmp_path / path.strip("/").replace("/", "-") / "x", lambda c, p=path: c.get(p))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http:" not in policy
        assert "https:" not in policy
        assert "unsafe-eval" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        if path.startswith("/api/"):
            assert answer.headers["cache-control"] == "no-store"


def test_a_console_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = asked(tmp_path, lambda client: client.get("/"))
    assert answer.status_code == 503
    assert "make setup" in answer.text


def test_the_built_console_is_served_and_nothing_outside_it(tmp_path: Path) -> None:
    build = tmp_path / "build"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text("<title>SkyAccord</title>", encoding="utf-8")
    (build / "assets" / "index-abc.js").write_text("1", encoding="utf-8")
    (tmp_path / "secret").write_text("no", encoding="utf-8")

    def get(path: str, root: str) -> httpx2.Response:
        return asked(tmp_path / root, lambda client: client.get(path), build)

    page = get("/", "1")
    assert page.text == "<title>SkyAccord</title>"
    assert page.headers["cache-control"] == "no-cache"
    script = get("/assets/index-abc.js", "2")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    for number, path in enumerate(("/../secret", "/%2e%2e/secret", "/assets", "/api/nothing", "/secret")):
        assert get(path, f"s{number}").status_code == 404

"""The link's listener: one path, bounded, and every refusal one line."""

from pathlib import Path

import anyio
import httpx2
import pytest

from skyaccord.node.link_server import link_app
from skyaccord.record.wire import BATCH_WIRE_BYTES_MAX, read_answer
from tests.node.tabletop import Table


def ask(root: Path, method: str, path: str, content: bytes) -> tuple[httpx2.Response, list[str]]:
    async def run() -> tuple[httpx2.Response, list[str]]:
        table = Table(root, "A")
        heard: list[str] = []

        def note(party: str, entries: int, refused: str | None) -> None:
            heard.append(f"{party}: {entries}, {refused}")

        app = link_app(table.seats["a"].node.incoming, note)
        try:
            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://a"
            ) as client:
                return await client.request(method, path, content=content), heard
        finally:
            await table.close()

    return anyio.run(run)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/link/v1/entries", 405),
        ("GET", "/api/status", 404),
        ("GET", "/", 404),
        ("POST", "/api/acts", 404),
    ],
)
def test_nothing_else_can_be_asked_of_it(tmp_path: Path, method: str, path: str, status: int) -> None:
    answer, _ = ask(tmp_path, method, path, b"")
    assert answer.status_code == status


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"from": 1}'])
def test_what_is_no_batch_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    answer, heard = ask(tmp_path, "POST", "/link/v1/entries", content)
    assert answer.status_code == 400
    assert answer.text
    assert "\n" not in answer.text
    assert heard == []


def test_a_flood_is_cut_off(tmp_path: Path) -> None:
    answer, _ = ask(tmp_path, "POST", "/link/v1/entries", b"x" * (BATCH_WIRE_BYTES_MAX + 1))
    assert answer.status_code == 413


def test_a_strangers_batch_is_refused_with_the_reason(tmp_path: Path) -> None:
    async def batch() -> bytes:
        (tmp_path / "other").mkdir()
        table = Table(tmp_path / "other", "B")
        table.seats["b"].enrol()
        from skyaccord.record.link import Outgoing

        try:
            return Outgoing(table.seats["b"].journal, "A").batch().dumps()
        finally:
            await table.close()

    answer, heard = ask(tmp_path, "POST", "/link/v1/entries", anyio.run(batch))
    assert answer.status_code == 200
    assert "no party pinned" in (read_answer(answer.content).reason or "")
    assert heard == ["B: 2, this journal is of no party pinned here"]

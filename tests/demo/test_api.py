"""The demo's view of a node's console interface: answers, refusals, silence."""

from __future__ import annotations

import httpx2
import pytest

from skyaccord.demo.api import NodeApi, NodeRefusedError, NodeUnreachableError


def node(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/api/acts":
        return httpx2.Response(409, json={"error": "this key is not enrolled"})
    if request.url.path == "/api/status":
        raise httpx2.ConnectError("nobody listens")
    if request.url.path == "/api/broken":
        return httpx2.Response(500, text="<html>")
    return httpx2.Response(200, json=[{"path": request.url.path, "query": str(request.url.params)}])


@pytest.fixture
def api() -> NodeApi:
    return NodeApi("http://127.0.0.1:8001/", httpx2.MockTransport(node))


def test_rows(api: NodeApi) -> None:
    assert api.rows("alerts") == [{"path": "/api/alerts", "query": ""}]
    assert api.get("me", public_key="a+b") == [{"path": "/api/me", "query": "public_key=a%2Bb"}]


def test_a_refusal_carries_the_nodes_reason(api: NodeApi) -> None:
    with pytest.raises(NodeRefusedError, match="this key is not enrolled"):
        api.act({})
    with pytest.raises(NodeRefusedError, match="500"):
        api.get("broken")


def test_silence_names_the_address(api: NodeApi) -> None:
    with pytest.raises(NodeUnreachableError, match=r"http://127\.0\.0\.1:8001/api/status"):
        api.status()
    assert api.healthy()
    assert not NodeApi("http://127.0.0.1:9", httpx2.MockTransport(lambda _: httpx2.Response(503))).healthy()

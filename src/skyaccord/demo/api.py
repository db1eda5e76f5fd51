"""A node's console interface, as the demo's officers and narrator use it: the one a browser uses."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final, Self

import httpx2

from skyaccord.base.errors import SkyAccordError

TIMEOUT_S: Final = 10.0


class NodeUnreachableError(SkyAccordError):
    """The node did not answer (it is starting, stopping, or gone)."""


class NodeRefusedError(SkyAccordError):
    """The node answered, and said no."""


class NodeApi:
    """Reads and acts at one console address, e.g. `http://127.0.0.1:8001`.

    transport: None: the network. token: of an account there; None until `sign_in`.
    """

    def __init__(
        self, address: str, transport: httpx2.BaseTransport | None = None, *, token: str | None = None
    ) -> None:
        self.address = address.rstrip("/")
        self._client = httpx2.Client(
            base_url=self.address, timeout=TIMEOUT_S, trust_env=False, transport=transport
        )
        if token is not None:
            self.sign_in(token)

    def sign_in(self, token: str) -> None:
        """Show this token from now on."""
        self._client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **parameters: str) -> Any:
        """The JSON of `/api/<path>`."""
        return self._answer("GET", path, params=parameters)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of `/api/<path>`."""
        rows: list[dict[str, Any]] = self.get(path)
        return rows

    def status(self) -> dict[str, Any]:
        """`/api/status`."""
        status: dict[str, Any] = self.get("status")
        return status

    def healthy(self) -> bool:
        """Whether the node answers at all."""
        try:
            self.get("health")
        except SkyAccordError:
            return False
        return True

    def act(self, statement: dict[str, Any]) -> dict[str, Any]:
        """Hand in a person's signed statement; returns `{"ref": …}`."""
        answer: dict[str, Any] = self._answer("POST", "acts", json=statement)
        return answer

    def _answer(self, method: str, path: str, **more: Any) -> Any:
        try:
            response = self._client.request(method, f"/api/{path}", **more)
        except httpx2.HTTPError as error:
            raise NodeUnreachableError(f"no answer from {self.address}/api/{path} ({error})") from None
        try:
            answer = response.json()
        except ValueError:
            answer = {}
        if response.status_code >= httpx2.codes.BAD_REQUEST:
            reason = answer.get("error") if isinstance(answer, dict) else None
            raise NodeRefusedError(f"{self.address}/api/{path}: {reason or response.status_code}")
        return answer

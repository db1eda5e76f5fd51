"""docs/node.md cannot drift: every setting with its default, every path, every field of every row is in
it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import anyio
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from skyaccord.node.http.app import console_app
from skyaccord.node.settings import Settings
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Table

PAGE = (Path(__file__).parents[2] / "docs" / "node.md").read_text(encoding="utf-8")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models inside an annotation such as `FeedSettings | None`."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf setting with its default."""
    for name, field in model.model_fields.items():
        inner = next(models(field.annotation), None)
        if inner is not None:
            yield from settings(inner, f"{prefix}{name}.")
        else:
            default = field.default_factory() if field.default_factory else field.default  # type: ignore[call-arg]
            yield f"{prefix}{name}", default


ROWS = dict(re.findall(r"^\| `([a-z_.]+)` \|([^|]*)\|", PAGE, re.M))


def test_every_setting_is_described_with_its_default_and_no_other() -> None:
    known = dict(settings(Settings))
    assert sorted(ROWS) == sorted(known)
    for name, default in known.items():
        shown = ROWS[name].strip().strip("`")
        if default is None or default is PydanticUndefined:
            assert not re.fullmatch(r"\d+(\.\d+)?|true|false", shown), name
        else:
            assert shown == json.dumps(list(default) if isinstance(default, tuple) else default), name


def test_every_path_is_described_and_no_other(tmp_path: Path) -> None:
    async def paths() -> set[str]:
        table = Table(tmp_path, "A")
        try:
            await table.prepare()
            schema = console_app(table.seats["a"].node.desk, ["x"]).openapi()
        finally:
            await table.close()
        return {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}

    described = set(re.findall(r"^\| `((?:GET|POST|DELETE|WS) /api/[a-z/{}-]+)` \|", PAGE, re.M))
    assert described - {"WS /api/live"} == anyio.run(paths)
    assert "WS /api/live" in described


def test_every_field_of_every_row_is_described(tmp_path: Path) -> None:
    section = PAGE.split("### Rows", 1)[1].split("### Live", 1)[0]

    async def rows() -> dict[str, dict[str, Any]]:
        table = Table(tmp_path, "A")
        seat = table.seats["a"]
        write_pass(tmp_path)
        seat.enrol()
        seat.set_feed(feed_table(speed=20.0))
        seat.open()
        try:
            await table.prepare()
            while not await seat.get("encounters"):
                await table.second()
            (alert,) = await seat.get("alerts")
            await seat.act({"act": "acknowledge", "of": alert["alerts"][0]["ref"]})
            (approach,) = await seat.get("approaches")
            note = {"act": "open-incident", "pair": approach["pair"], "about": approach["ref"], "note": "x"}
            await seat.act(note)
            word = {"act": "message", "to_role": "duty-officer", "text": "x", "language": "en"}
            await seat.act(word)
            return {
                "alert": (await seat.get("alerts"))[0],
                "incident": (await seat.get("incidents"))[0],
                "message": (await seat.get("messages"))[0],
            }
        finally:
            await table.close()

    for kind, row in anyio.run(rows).items():
        paragraph = section.split(f"**{kind}**", 1)[1].split("\n\n", 1)[0]
        named = set(re.findall(r"`([a-z_]+)`", paragraph))
        assert set(row) - named == set(), kind
        for nested in ("alerts", "acknowledgements", "openings"):
            for one in row.get(nested, []):
                assert set(one) - set(re.findall(r"`([a-z_]+)`", section)) == set(), (kind, nested)

"""Every kind and every act there is: strict, frozen, bounded, extras refused.

Bounded: each text, list and map in each schema has a limit of its own, so that nobody can send what fills a
screen or a disk within a message that keeps to its schema.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from skyaccord.cli.rooms import know_all_rooms
from skyaccord.record.acts import ACTS
from skyaccord.record.dsse import TYPE_CHARS_MAX, payload_type
from skyaccord.record.kinds import KINDS
from tests.test_requirement_1 import is_forbidden

know_all_rooms()
SCHEMAS: dict[str, type[BaseModel]] = {
    **{f"kind {kind}": KINDS._models[kind] for kind in KINDS.known()},
    **{f"act {act}": typing.cast("type[BaseModel]", ACTS.model(act)) for act in ACTS.known()},
}
# Checked elsewhere, value by value: bounded by what they must be, not by a number.
FIXED = {
    "statement": "read as DSSE, bounded by STATEMENT_BYTES_MAX",
}


def unbounded(schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a JSON schema sets no limit."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if path.count("→") < 6:
            yield from unbounded(root["$defs"][name], root, f"{path}→{name}")
        return
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from unbounded(part, root, path)
    kind = schema.get("type")
    if kind == "string" and not {"maxLength", "enum", "const", "pattern", "format"} & schema.keys():
        yield path
    repeated = schema.get("pattern", "").replace("\\*", "").replace("\\+", "")
    if kind == "string" and "maxLength" not in schema and ("*" in repeated or "+" in repeated):
        yield path  # a pattern that repeats without end
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{path}[]"
        for item in (schema.get("items") or {}, *schema.get("prefixItems", ())):
            yield from unbounded(item, root, f"{path}[]")
    if kind == "object" and "properties" not in schema and "maxProperties" not in schema:
        yield f"{path}{{}}"
    for name, inner in schema.get("properties", {}).items():
        if name not in FIXED:
            yield from unbounded(inner, root, f"{path}.{name}")


def test_the_walk_finds_what_there_is() -> None:
    assert {"kind node.opened", "kind key.rotated", "kind record.erased", "act acknowledge"} <= SCHEMAS.keys()
    assert len(SCHEMAS) > 15


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_strict_frozen_and_refuses_extras(name: str) -> None:
    config = SCHEMAS[name].model_config
    assert (config.get("extra"), config.get("strict"), config.get("frozen")) == ("forbid", True, True)


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_text_list_and_map_is_bounded(name: str) -> None:
    schema = SCHEMAS[name].model_json_schema()
    assert list(unbounded(schema, schema)) == []


def test_an_unbounded_field_would_be_found() -> None:
    class Loose(BaseModel):
        text: str
        texts: list[str]

    schema = Loose.model_json_schema()
    assert list(unbounded(schema, schema)) == [".text", ".texts[]", ".texts[]"]


@pytest.mark.parametrize("name", [*KINDS.known(), *(f"statement.{act}" for act in ACTS.known())])
def test_the_payload_types_are_dsse_types_of_ours(name: str) -> None:
    found = payload_type(name)
    assert found.startswith("application/vnd.skyaccord.")
    assert found.endswith("+json")
    assert len(found) <= TYPE_CHARS_MAX


@pytest.mark.parametrize("name", [*KINDS.known(), *ACTS.known()])
def test_no_kind_or_act_is_named_after_what_must_not_be_named(name: str) -> None:
    assert not is_forbidden(name)


def test_every_act_is_carried_by_a_kind_whose_body_has_room_for_it() -> None:
    for act in ACTS.known():
        kind = ACTS.kind_of(act)
        assert kind is not None
        assert "statement" in KINDS._models[kind].model_fields

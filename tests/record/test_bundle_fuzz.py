"""Whatever stands in a line, a verdict comes out, or one line that says why the file cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import RefusedError, UnreadableError
from skyaccord.record.bundle import read_line
from skyaccord.record.bundle_export import export_bundle
from tests.record.bundles import Bundle, sealed
from tests.record.tampering import Scene

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["\n\n", "— x AAAAAAAA\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SETTINGS = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def bundle(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    export_bundle(scene.b, folder / "B.bundle")
    return Bundle((folder / "B.bundle").read_bytes(), scene.cards, folder / "changed.bundle")


@SETTINGS
@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_refused(data: bytes) -> None:
    try:
        line = read_line(data)
    except RefusedError as error:
        said = str(error)
    else:
        said = type(line).__name__
    assert said.count("\n") == 0
    assert said


@SETTINGS
@given(data=st.data())
def test_any_value_in_any_field_is_found(bundle: Bundle, data: st.DataObject) -> None:
    lines: list[dict[str, Any]] = bundle.lines()
    place = data.draw(st.integers(0, len(lines) - 1))
    name = data.draw(st.sampled_from(sorted(lines[place])))
    before, value = lines[place][name], data.draw(JSON)
    lines[place][name] = value
    try:
        report = bundle.verify(sealed(lines))
    except UnreadableError:
        assert place == 0
        return
    assert report.ok is (type(value) is type(before) and value == before)
    assert report.to_dict()["ok"] is report.ok

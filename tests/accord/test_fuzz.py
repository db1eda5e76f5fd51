"""Whatever is in a file: an accord, or an error of ours with line and reason; never anything else."""

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.accord.annexes import amended, parse_amendment
from skyaccord.accord.canonical import canonical_bytes, digest
from skyaccord.accord.comparing import differences
from skyaccord.accord.model import Accord
from skyaccord.accord.source import AccordFileError, load_accord, parse_accord
from skyaccord.accord.summary import accord_lines, problem_data
from skyaccord.accord.text.document import accord_document
from skyaccord.accord.text.html import accord_html
from skyaccord.accord.writing import accord_toml, rewritten
from skyaccord.base.errors import AccordError
from skyaccord.paper.sheet import document_source
from tests.accord.samples import CLASSES, RICH, SMALL, WHOLE

LINE_LENGTH_MAX = 400
TEXT = RICH.read_text(encoding="utf-8")

ANYTHING: Any = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.datetimes(),
        st.sampled_from(["either", "A", "duty-officer", "warning", "unmanned", 1e400, -0.0, 10**30]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)  # fmt: skip


def try_it(text: str) -> Accord | None:
    """Parse; an accord must survive all that is done with one, a refusal must be readable."""
    try:
        loaded = parse_accord(text, "x.toml")
    except AccordFileError as error:
        for problem in error.problems:
            line = str(problem)
            assert line.startswith("x.toml")
            assert not any(character in line for character in "\n\r\x1b\x00")
            assert len(line) <= LINE_LENGTH_MAX
            assert problem_data(problem)["what"]
            assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1
        return None
    again = Accord.model_validate_json(canonical_bytes(loaded.accord), by_alias=True, by_name=False)
    assert again == loaded.accord
    assert accord_lines(loaded)
    assert loaded.digest in accord_html(loaded, "ar")
    assert document_source(accord_document(loaded, "ru"))
    assert parse_accord(accord_toml(loaded.accord), "again").digest == loaded.digest
    assert parse_accord(rewritten(text, loaded.accord), "again").digest == loaded.digest
    assert differences(loaded.accord, again) == ()
    return loaded.accord


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab=[]{}\"'#.,\n\r\t 1-+:TZ\\é\x00_", max_size=60))
def test_any_text(text: str) -> None:
    try_it(text)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bytes_changed_in_a_good_file(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([TEXT, WHOLE.read_text(encoding="utf-8")]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 12))
        put = data.draw(st.text(alphabet="ab=[]{}\"'#.,\n 1-+\\é_e", max_size=4))
        text = text[:start] + put + text[start + length :]
    try_it(text)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(found for key, item in items for found in places(item, (*path, key)))]


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = put(document[path[0]], path[1:], value)
    return copy


DOCUMENTS = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (RICH, CLASSES, WHOLE)]
PLACES = [(document, path) for document in DOCUMENTS for path in places(document) if path]


def without_none(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_none(item) for item in value if item is not None]
    return 0 if value is None else value


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), ANYTHING)
def test_any_value_at_any_place(place: tuple[Any, tuple[Any, ...]], value: Any) -> None:
    text = tomlkit.dumps(without_none(put(*place, value)))
    try:
        tomllib.loads(text)
    except ValueError:  # tomlkit writes some values that TOML does not have
        return
    try_it(text)


BASE = load_accord(WHOLE).accord
AMENDMENT = {
    "format": "skyaccord.annex/1",
    "accord": digest(BASE),
    "annex": "frequencies",
    "version": 3,
    "frequency_plan": {"version": 5},
    "frequency": [{"name": "guard", "mhz": 121.5, "use": "x"}],
}
AMENDED_PLACES = [path for path in places(AMENDMENT) if path]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(AMENDED_PLACES), ANYTHING)
def test_any_value_in_an_amendment(place: tuple[Any, ...], value: Any) -> None:
    text = tomlkit.dumps(without_none(put(AMENDMENT, place, value)))
    try:
        tomllib.loads(text)
    except ValueError:
        return
    try:
        amendment = parse_amendment(text, "x.toml").amendment
        after = amended(BASE, amendment)
    except AccordError as error:
        said = str(error)
    else:
        said = ""
        assert after.annex(amendment.annex).version == amendment.version  # type: ignore[union-attr]
    assert "\n" not in said


@pytest.mark.parametrize(
    "text",
    [
        SMALL + '\n"a\\nb\\u001b[31m" = 1\n',
        SMALL.replace("[validity]", f'["{"k" * 5000}"]\nx = 1\n[validity]'),
        SMALL.replace('title = "Small"', f'title = "{"x" * 5000}"'),
        SMALL.replace('id = "r"', 'id = "r\\n\\u001b[31m"'),
        SMALL.replace("version = 1", "version = 1e400"),
        SMALL.replace("version = 1", "version = " + "9" * 4000),
        SMALL.replace("version = 1", "version = " + "9" * 5000),
        SMALL.replace("version = 1", "version = 0x" + "f" * 5000),
        SMALL.replace("2020-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59"),
        SMALL.replace("2020-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
        SMALL.replace("horizontal_nm = 3", "horizontal_nm = " + "9" * 400),
    ],
)
def test_known_nasty_files(text: str) -> None:
    assert try_it(text) is None

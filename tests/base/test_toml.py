"""Long dotted keys are refused before they cost anything; dots in text, numbers and comments are not."""

from __future__ import annotations

import tomllib

import pytest

from skyaccord.base.toml import DOTTED_PARTS_MAX, parse_toml

LONG = ".".join("a" * (DOTTED_PARTS_MAX + 1))
FITS = ".".join("a" * DOTTED_PARTS_MAX)


@pytest.mark.parametrize(
    "line",
    [
        f"{LONG} = 1",
        ".".join("a" * 31_000) + "=1",
        f"[{LONG}]",
        f"[[ {LONG} ]]",
        f"x = {{ y = 1, {LONG} = 2 }}",
        f"x = [1, {{ {LONG} = 2 }}]",
        LONG.replace("a", '"a.b"') + " = 1",
        LONG.replace("a", "''") + " = 1",
        LONG.replace("a", '""') + " = 1",
        LONG.replace(".", " \t. ") + " = 1",
        LONG.replace("a", r'"\""') + " = 1",
        f'x = """"""\n{LONG} = 1'.replace("\n", ", "),
    ],
)
@pytest.mark.parametrize(
    "before",
    ["ok = 1", "ok = '''it''s\n'''''", 'ok = """\\"""\n"""""', "ok = 'C:\\'", 'ok = "\\\\" # "', "ok = 1\r"],
)
def test_a_key_of_many_parts_is_refused_with_its_line(line: str, before: str) -> None:
    number = before.count("\n") + 2
    with pytest.raises(tomllib.TOMLDecodeError, match=rf"write long keys as tables \(at line {number}, "):
        parse_toml(f"{before}\n{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{FITS} = 1",
        f"[{FITS}]\nb = 1",
        f"x = '{LONG}'",
        f'x = "{LONG} = 1"  # {LONG} = 1',
        f'x = """\n{LONG} = 1\n\\"""{LONG} = 2\n[{LONG}]"""""',
        f"x = '''\n{LONG} = 1\n''{LONG}'''''",
        "x = 'e.g. ............ 10.0.0.1, 10.0.0.2, 10.0.0.3'",
        "x = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5]",
        "x = [\n[1.5, 2.5], # a.b\n[3.5, 4.5],\n[5.5, 6.5], [7.5, 8.5], [9.5, 0.5]\n]",
        "x = {a.b = 1.5, c.d = 2.5, e.f = 3.5, g.h = 4.5, i.j = 5.5}",
        "\n".join(f"k{n}.a.b = 1.5" for n in range(20)),
        f'"{LONG}" = 1',
        "t = 2026-11-22T10:00:00.123Z\r\nu = 1.5\r\n",
    ],
)
def test_all_else_reads_as_tomllib_reads_it(text: str) -> None:
    assert parse_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", ['x = """' + '\\"""' * 20_000 + "\\", "x = '''" + "''a" * 20_000, 'x = "\\'])
def test_a_string_without_an_end_is_told_as_tomllib_tells_it(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as ours:
        parse_toml(text)
    with pytest.raises(tomllib.TOMLDecodeError) as theirs:
        tomllib.loads(text)
    assert str(ours.value) == str(theirs.value)


def test_nesting_too_deep_stays_a_recursion_error() -> None:
    with pytest.raises(RecursionError):
        parse_toml("a = " + "[" * 100_000)

"""What is wrong with an accord's file is said by file, line and field."""

import io
from pathlib import Path

import pytest

from skyaccord.accord import limits
from skyaccord.accord.sense import remarks
from skyaccord.accord.source import AccordFileError, load_accord, parse_accord, shipped_names, shipped_text
from skyaccord.base.errors import AccordError, UnreadableError
from tests.accord.samples import KEY_A, RICH, SMALL, line_of

# what to replace in SMALL, by what, where the error must point in the new text, field, words of the error
FAULTS = [
    ("horizontal_nm = 3", "horizontal_nm = -3", "horizontal_nm", "rule[0].horizontal_nm", "greater than 0"),
    ("horizontal_nm = 3", "horizontal_nm = 0", "horizontal_nm", "rule[0].horizontal_nm", "greater than 0"),
    ("horizontal_nm = 3", "horizontal_nm = 101", "horizontal_nm", "rule[0].horizontal_nm", "at most 100"),
    ("horizontal_nm = 3", 'horizontal_nm = "3"', "horizontal_nm", "rule[0].horizontal_nm", "without quotes"),
    ("horizontal_nm = 3", "horizontal_nm = nan", "horizontal_nm", "rule[0].horizontal_nm", "finite"),
    ("horizontal_nm = 3", "horizontal_nm = true", "horizontal_nm", "rule[0].horizontal_nm", "a number"),
    ("horizontal_nm = 3", "horizontl_nm = 3", "horizontl", "rule[0].horizontl_nm", "mean 'horizontal_nm'"),
    ("horizontal_nm = 3\n", "", "[[rule]]", "rule[0].horizontal_nm", "missing"),
    ("vertical_ft = 3000", "vertical_ft = 6e9", "vertical_ft", "rule[0].vertical_ft", "at most 60000"),
    ("vertical_ft = 3000", "vertical_ft = 3000\nmax_dwell_s = 0", "max_dwell_s", "rule[0].max_dwell_s", "0"),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\ncombinator = "any"',
        "combinator", "rule[0].combinator", "'either' or 'both'",
    ),
    ("vertical_ft = 3000", 'vertical_ft = 3000\nreading = " "', "reading", "rule[0].reading", "blank"),
    ("[[rule]]", "[[rules]]", "[[rules]]", "rules", "mean 'rule'"),
    ('id = "r"', 'id = "the rule"', 'id = "the', "rule[0].id", "no blanks"),
    ('name = "small"', 'name = ""', 'name = ""', "name", "identifier"),
    ('title = "Small"', 'title = "Sm\\u202Eall"', "title", "title", "U+202E"),
    ('title = "Small"', 'title = "Sm\\u0007all"', "title", "title", "U+0007"),
    ('title = "Small"', 'title = " Small"', "title", "title", "blanks"),
    ('title = "Small"', 'title = "Sm\\nall"', "title", "title", "one line"),
    ('title = "Small"', "title = 5", "title", "title", "quotes"),
    ("version = 1", "version = 0", "version", "version", "at least 1"),
    ("version = 1", "version = 1.5", "version", "version", "whole number"),
    ("version = 1", "version = true", "version", "version", "whole number"),
    ("version = 1", 'version = 1\nexercise = "yes"', "exercise", "exercise", "true or false"),
    ('format = "skyaccord.accord/1"', 'format = "skyaccord.accord/9"', "format", "format", "accord/1"),
    ("00:00:00Z", "00:00:00", "start", "validity.start", "without a zone"),
    ("2020-01-01T00:00:00Z", '"2020-01-01T00:00:00Z"', "start", "validity.start", "without quotes"),
    ("2020-01-01T00:00:00Z", "2020-01-01", "start", "validity.start", "a time with a zone"),
    ("00:00:00Z", "00:00:00Z\nend = 2020-01-01T03:00:00+03:00", "[validity]", "validity", "not after"),
    ("[validity]", "[validty]", "[validty]", "validty", "mean 'validity'"),
    ('id = "B"', 'id = "A"', '"A"\nname = "Party B"', "party[1].id", "same id as party[0]"),
    ('name = "Party B"', 'name = "Party a"', '"Party a"', "party[1].name", "same name"),
    ('id = "B"', 'id = "B/1"', "B/1", "party[1].id", "identifier"),
    ('id = "B"', 'id = "B"\npublic_key = "AAAA"', "public_key", "party[1].public_key", "32 bytes"),
    ('id = "B"', 'id = "B"\ntarget = "x"', "target", "party[1].target", "unknown key"),
    ('id = "B"', f'id = "B"\npublic_key = "{KEY_A[:-2]}p="', "public_key", "party[1].public_key", "32 bytes"),
    ("lookahead_s = 30", "lookahead_s = 1801", "lookahead_s", "tier[0].lookahead_s", "at most 1800"),
    ('"warning"', '"panic"', '"panic"', "tier[0].name", "'advisory', 'caution' or 'warning'"),
    (
        "lookahead_s = 30", 'lookahead_s = 30\n[[tier]]\nname = "advisory"\nlookahead_s = 120',
        '"advisory"', "tier[1].name", "the order is",
    ),
    (
        'name = "warning"\nlookahead_s = 30',
        'name = "caution"\nlookahead_s = 30\n[[tier]]\nname = "warning"\nlookahead_s = 31',
        "lookahead_s = 31", "tier[1].lookahead_s", "looks less far",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = [\n"*",\n"Unmaned"]',
        '"Unmaned"', "rule[0].classes[1]", "no class of aircraft; did you mean 'unmanned'?",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = ["*", "spoon"]',
        "classes", "rule[0].classes[1]", "the classes are light, small",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = ["*", 7]',
        "classes", "rule[0].classes[1]", "not one of the choices",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = ["glider"]',
        "classes", "rule[0].classes", "at least 2",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = ["*", "glider", "heavy"]',
        "classes", "rule[0].classes", "at most 2",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = "glider"',
        "classes", "rule[0].classes", "a list",
    ),
    (
        "vertical_ft = 3000", 'vertical_ft = 3000\nclasses = ["*", "*"]',
        "classes", "rule[0].classes", "leave the key out",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 9\n[[watch.class]]\nclasses = ["unmand", "*"]\nhorizontal_nm = 5\n[[tier]]',
        "unmand", "watch.class[0].classes[0]", "mean 'unmanned'",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 9\n[[watch.class]]\nclass = ["unmanned", "*"]\nhorizontal_nm = 5\n[[tier]]',
        "class =", "watch.class[0].class", "mean 'classes'",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 9\n'
        '[[watch.class]]\nclasses = ["unmanned", "*"]\nhorizontal_nm = 2\n[[tier]]',
        "horizontal_nm = 2\n", "watch.class[0].horizontal_nm", "watches 2 NM, less than rule r keeps",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 2\n'
        '[[watch.class]]\nclasses = ["unmanned", "*"]\nhorizontal_nm = 9\n[[tier]]',
        "horizontal_nm = 2\n", "watch.horizontal_nm", "watches 2 NM, less than rule r keeps",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 20\n[[watch.class]]\nclasses = ["*", "*"]\nhorizontal_nm = 9\n[[tier]]',
        '"*", "*"', "watch.class[0].classes", "watch.horizontal_nm",
    ),
    (
        "[[tier]]",
        '[watch]\nhorizontal_nm = 20\n[[watch.class]]\nclasses = ["heavy", "*"]\nhorizontal_nm = 9\n'
        '[[watch.class]]\nclasses = ["*", "heavy"]\nhorizontal_nm = 8\n[[tier]]',
        '"*", "heavy"', "watch.class[1].classes", "the same classes as watch.class[0]",
    ),
    ("[[tier]]", "[watch]\nhorizontal_nm = 2\n[[tier]]", "horizontal_nm = 2", "watch.horizontal_nm", "wider"),
    (
        "acknowledge_within_s = 30", "acknowledge_within_s = -1",
        "acknowledge", "role[0].acknowledge_within_s", "greater than 0",
    ),
    (
        "acknowledge_within_s = 30", 'acknowledge_within_s = 30\nescalates_to = "boss"',
        "escalates_to", "role[0].escalates_to", "no role 'boss'",
    ),
    (
        "acknowledge_within_s = 30", 'acknowledge_within_s = 30\nescalates_to = "duty-officer"',
        "escalates_to", "role[0].escalates_to", "loop: duty-officer → duty-officer",
    ),
    ("[[tier]]", '[[area]]\nname = "x"\n[[tier]]', "[[area]]", "area[0]", "exactly one"),
    (
        "[[tier]]", '[[area]]\nname = "x"\npolygon = [[0, 0], [1, 1]]\n[[tier]]',
        "polygon", "area[0].polygon", "at least 3",
    ),
    (
        "[[tier]]", '[[area]]\nname = "x"\npolygon = [\n[0, 0],\n[1, 1],\n[91, 0]]\n[[tier]]',
        "[91", "area[0].polygon[2][0]", "at most 90",
    ),
    (
        "[[tier]]", '[[area]]\nname = "x"\npolygon = [[0, 0], [1, 1], [0, 1], [1, 0]]\n[[tier]]',
        "[[area]]", "area[0]", "crosses",
    ),
    (
        "[[tier]]",
        '[[area]]\nname = "x"\ncircle = { latitude = 0, longitude = 0, radius_nm = 1e9 }\n[[tier]]',
        "[[area]]", "area[0]", "radius",
    ),
    (
        "[[tier]]", '[[area]]\nname = "x"\ncircle = { latitude = 0, radius_nm = 1 }\n[[tier]]',
        "circle", "area[0].circle.longitude", "missing",
    ),
    ("[[tier]]", '[[frequency]]\nname = "x"\nmhz = 1\n[[tier]]', "mhz", "frequency[0].mhz", "at least 2"),
    ("[[tier]]", "[tier]", "[tier]", "tier", "a list"),
    ("vertical_ft", "exercise = true\nvertical_ft", "exercise", "rule[0].exercise", "top of the file"),
    ("version = 1", "version = 1 2", "version", None, "not TOML"),
    ("version = 1", "version = 1\nversion = 2", "version = 2", None, "not TOML"),
    ('title = "Small"', 'title = "Small', "title", None, "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "needle", "field", "words"), FAULTS)
def test_a_fault_is_named_by_line_and_field(
    old: str, new: str, needle: str, field: str | None, words: str
) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    with pytest.raises(AccordFileError) as caught:
        parse_accord(text, "small.toml")
    error = caught.value
    matching = [problem for problem in error.problems if problem.field == field]
    assert matching, [str(problem) for problem in error.problems]
    problem = matching[0]
    assert words in str(problem)
    assert problem.line == line_of(text, needle)
    assert str(problem).startswith(f"small.toml, line {problem.line}")
    assert "\n" not in str(error)


def test_all_faults_are_listed_in_the_order_of_lines() -> None:
    text = SMALL.replace("horizontal_nm = 3", "horizontal_nm = -3").replace("version = 1", "version = 0")
    with pytest.raises(AccordFileError) as caught:
        parse_accord(text, "small.toml")
    assert [problem.field for problem in caught.value.problems] == ["version", "rule[0].horizontal_nm"]
    assert caught.value.line == line_of(text, "version")
    assert "1 more problem" in str(caught.value)


def test_one_slip_is_one_problem() -> None:
    """A misspelt key is not reported as missing too, nor the list around it as too short."""
    with pytest.raises(AccordFileError) as caught:
        parse_accord(SMALL.replace("horizontal_nm", "horizontalnm"), "small.toml")
    assert [str(problem) for problem in caught.value.problems] == [
        "small.toml, line 19, rule[0].horizontalnm: unknown key; did you mean 'horizontal_nm'?"
    ]


def test_a_loop_of_roles_is_told_at_each_role_on_it() -> None:
    text = SMALL + 'escalates_to = "b"\n' + "".join(
        f'[[role]]\nid = "{one}"\ntitle = "{one}"\nacknowledge_within_s = 1\nescalates_to = "{other}"\n'
        for one, other in (("b", "c"), ("c", "b"))
    )  # fmt: skip
    with pytest.raises(AccordFileError) as caught:
        parse_accord(text, "small.toml")
    assert [problem.field for problem in caught.value.problems] == [
        "role[1].escalates_to", "role[2].escalates_to",
    ]  # fmt: skip


def test_files_that_are_none(tmp_path: Path) -> None:
    for name, data, words in (
        ("empty.toml", b"", "the file is empty"),
        ("comment.toml", b"# only this\n", "the file is empty"),
        ("latin.toml", b'a = 1\nname = "caf\xe9"\n', "line 2: not UTF-8"),
        ("data.gz", b"\x1f\x8b\x08\x00", "not UTF-8"),
        ("brackets.toml", b"a = " + b"[" * 20_000, "nested too deeply"),
        ("closed.toml", b"a = " + b"[" * 20_000 + b"]" * 20_000, "nested too deeply"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(AccordError, match=words) as caught:
            load_accord(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    large = tmp_path / "large.toml"
    large.write_text("#" * (limits.FILE_BYTES_MAX + 1))
    with pytest.raises(UnreadableError, match="larger than an accord may be"):
        load_accord(large)
    with pytest.raises(UnreadableError, match="no such file"):
        load_accord(tmp_path / "none.toml")
    with pytest.raises(UnreadableError, match="rule-of-threes"):
        load_accord("rule-of-fours")
    with pytest.raises(UnreadableError, match="directory"):
        load_accord(tmp_path)


def test_a_file_and_a_shipped_name(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text(shipped_text("rule-of-threes"), encoding="utf-8")
    shipped, copied = load_accord("rule-of-threes"), load_accord(str(path))
    assert shipped.digest == copied.digest
    assert shipped.path is None
    assert copied.path == path
    assert "rule-of-threes" in shipped_names()
    with pytest.raises(AccordError, match="no accord called"):
        shipped_text("rule-of-fours")


def test_every_field_is_read() -> None:
    accord = load_accord(RICH).accord
    assert accord.party("A") is not None
    assert accord.party("A").members[1] == "Второй участник"  # type: ignore[union-attr]
    assert accord.watch is not None
    assert accord.watch.horizontal_nm == 12.5
    assert accord.rules[0].combinator == "both"
    assert accord.rules[1].vertical_ft == 500.0
    assert accord.areas[1].circle is not None
    assert accord.areas[1].circle.radius_nm == 100.0
    assert accord.keyless == ("C-3",)
    assert accord.exercise is True
    assert accord.validity.start.isoformat() == "2024-02-29T20:59:59.250000+00:00"


def test_values_are_shown_as_written_but_for_what_is_invisible() -> None:
    text = SMALL.replace('"small"', '"имя \\u202E"')
    with pytest.raises(AccordFileError) as caught:
        parse_accord(text, "x")
    assert '"имя \\u202e" is no identifier' in str(caught.value)


def test_standard_input_and_byte_order_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    digest = parse_accord(SMALL, "x").digest
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SMALL.encode())))
    assert load_accord("-").digest == digest
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a = ")))
    with pytest.raises(AccordFileError, match=r"^standard input, line 1: not TOML"):
        load_accord("-")
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load_accord(path).digest == digest


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_template_is_complete(name: str) -> None:
    """Each passes, has every part that people agree on, and misses no words in any of the three languages."""
    accord = load_accord(name).accord
    assert remarks(accord) == ("draft: party A has no key yet", "draft: party B has no key yet")
    assert accord.languages is not None
    assert set(accord.languages.versions) == {"en", "ru", "ar"}
    for part in ("circuit_checks", "drills", "notices", "incident", "disclosure", "retention", "review"):
        assert getattr(accord, part) is not None, part
    assert accord.suspension is not None
    assert accord.withdrawal is not None
    assert accord.frequency_plan is not None
    codes = {phrase.code for phrase in accord.phrasebook}
    needed = "RADIO_CHECK SAFETY_STOP POSITION NOTICE UNCOORDINATED_FLIGHT EMERGENCY GOODWILL CIRCUIT_CHECK"
    assert codes >= set(needed.split())
    assert accord.first_role.deputies


def test_the_drones_keep_50_and_15_metres() -> None:
    rule = load_accord("drone-operators").accord.rules[0]
    assert rule.horizontal_nm * 1852 == 50
    assert round(rule.vertical_ft * 0.3048, 9) == 15


def test_a_key_of_thousands_of_parts_is_refused_by_its_line() -> None:
    """62 kB that would take 3.7 GiB; talks and signatures read a peer's text here."""
    with pytest.raises(AccordFileError, match=r"small.toml, line 2: .*more than 8 parts joined by dots"):
        parse_accord("\n" + ".".join("a" * 31_000) + "=1", "small.toml")

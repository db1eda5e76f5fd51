"""A house to live in: sizes, layers, what must never be committed, and a quick start-up."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import skyaccord
from tests.conftest import FIRST

ROOT = Path(__file__).resolve().parents[1]
LINES_MAX = 400  # a longer file is asking to be two


def tracked(*suffixes: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [ROOT / line for line in listing.stdout.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def test_no_file_is_over_the_limit() -> None:
    sources = [p for p in tracked(".py", ".ts", ".svelte") if "data" not in p.relative_to(ROOT).parts]
    assert len(sources) > 50
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LINES_MAX
    }
    assert long == {}


def test_the_files_that_begin_are_there() -> None:
    assert len(set(FIRST)) == len(FIRST)
    assert [name for name in FIRST if not (ROOT / "tests" / name).is_file()] == []


def test_arrows_point_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_no_leftovers_in_the_sources() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
    hits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py", ".ts", ".svelte")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert hits == []


def test_lock_files_name_no_address() -> None:
    locks = [ROOT / "requirements/dev.txt", ROOT / "console/package-lock.json"]
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "resolved" not in text
        assert not re.search(r"^\s*--(extra-)?(index-url|find-links)", text, re.MULTILINE)
    assert "--hash=sha256:" in locks[0].read_text(encoding="utf-8")
    assert '"integrity"' in locks[1].read_text(encoding="utf-8")


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert skyaccord.__version__ == project["version"]


def test_the_public_face_is_what_it_says() -> None:
    assert skyaccord.__all__ == ["Encounters", "__version__", "find_conflicts", "scan"]
    assert all(getattr(skyaccord, name) is not None for name in skyaccord.__all__)
    with pytest.raises(AttributeError, match="no attribute 'target'"):
        _ = skyaccord.target


def test_help_imports_nothing_heavy() -> None:
    """What keeps `--help` within its 0.5 s of process time (the figure itself is in bench/, as all times)."""
    code = (
        "import sys; sys.argv = ['skyaccord', '--help']\n"
        "from skyaccord.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'polars', 'pandas', 'sqlalchemy', 'fastapi', 'cryptography',\n"
        "         'pydantic', 'pyarrow', 'asyncio', 'yaml', 'httpx2', 'uvicorn'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "scan" in result.stdout


def test_a_scan_imports_nothing_of_other_commands() -> None:
    """A day is scanned in a second, half of which is imports."""
    day = ROOT / "src" / "skyaccord" / "demo" / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"
    code = (
        f"import sys; sys.argv = ['skyaccord', 'scan', {str(day)!r}, '--within', '0.5nm,500ft']\n"
        "from skyaccord.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "others = {'pandas', 'pyarrow', 'sqlalchemy', 'fastapi', 'cryptography', 'asyncio', 'httpx2',\n"
        "          'tomlkit', 'scipy', 'skyaccord.report', 'skyaccord.accord', 'skyaccord.record',\n"
        "          'skyaccord.paper', 'skyaccord.cli.accord', 'skyaccord.cli.node'}\n"
        "others &= set(sys.modules)\n"
        "assert not others, others\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "7 encounters" in result.stderr

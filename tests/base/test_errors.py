"""The error tree: drawn as it is, each error one line."""

import inspect
import re

import pytest

from skyaccord.base import errors
from skyaccord.base.errors import InputError, JournalError, SkyAccordError

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, SkyAccordError) and cls is not SkyAccordError
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_the_drawing_shows_every_error_with_its_exit_code(cls: type[SkyAccordError]) -> None:
    line = next(
        line for line in (errors.__doc__ or "").splitlines() if re.search(rf"─ {cls.__name__}\b", line)
    )
    assert line.rstrip().endswith(f"({cls.exit_code})")


def test_no_error_is_raised_from_outside_the_tree() -> None:
    """Every exception class of the package descends from SkyAccordError, or says why it does not."""
    import importlib
    import pkgutil

    import skyaccord

    strangers = []
    for module_info in pkgutil.walk_packages(skyaccord.__path__, "skyaccord."):
        if ".migrations" in module_info.name or module_info.name.endswith("__main__"):
            continue
        module = importlib.import_module(module_info.name)
        strangers += [
            f"{cls.__module__}.{name}"
            for name, cls in inspect.getmembers(module, inspect.isclass)
            if issubclass(cls, Exception)  # KeyboardInterrupt and its kin are no errors
            and cls.__module__ == module.__name__
            and not issubclass(cls, SkyAccordError)
        ]
    assert strangers == []


def test_one_line_says_where_what_and_what_to_do() -> None:
    error = InputError(
        "latitude 4330 is outside -90..90", where="day.csv, line 7", do="is it another format?"
    )
    assert str(error) == "day.csv, line 7: latitude 4330 is outside -90..90; is it another format?"
    assert str(InputError("no such file")) == "no such file"
    assert JournalError("x").exit_code == 1

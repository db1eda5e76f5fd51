"""TOML that others wrote, read in time that grows with its length alone.

`tomllib` takes time and memory that grow with the square of the parts of one dotted key: 62 kB of
`a.a.a…=1` takes 14 s and 3.7 GiB. So dots are counted before it reads: outside strings and comments more
than a handful in a row are never legal in the files that people agree on.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

DOTTED_PARTS_MAX: Final = 8  # twice what any file of ours has; at eight tomllib is as quick as at one

# Strings as tomllib ends them, and at the end of line or text where they do not end: there tomllib stops.
# Every alternative matches once it has begun and gives nothing back, which keeps the scan linear.
_TOKEN: Final = re.compile(
    r'''
    """(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5}+|\\?\Z)
    | \'\'\'(?:[^']++|'(?!''))*+(?:'{3,5}+|\Z)
    | "(?:[^"\\\n]++|\\[^\n])*+(?:"|\\?(?=\n|\Z))
    | '[^'\n]*+'?
    | (?P<dot>\.)
    | (?P<stop>[\n=,\[\]{}]|\#[^\n]*+)
    ''',
    re.VERBOSE | re.DOTALL,
)


def parse_toml(text: str) -> dict[str, Any]:
    """The document that `text` is.

    Raises tomllib.TOMLDecodeError with the line, also for a key of more than DOTTED_PARTS_MAX parts; and as
    `tomllib.loads` does RecursionError (nested too deeply) and ValueError (an integer too long).
    """
    dots = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "stop":
            dots = 0
        elif token.lastgroup == "dot":
            dots += 1
            if dots >= DOTTED_PARTS_MAX:
                raise tomllib.TOMLDecodeError(_too_many(text, token.start()))
    return tomllib.loads(text)


def _too_many(text: str, at: int) -> str:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return (
        f"More than {DOTTED_PARTS_MAX} parts joined by dots: put text in quotes, write long keys as tables "
        f"(at line {line}, column {column})"
    )

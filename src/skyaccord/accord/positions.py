"""On which line each key and item of a TOML document stands, so that an error can point at it.

`tomllib` reads values and tells the line of a syntax error, and nothing more; `tomlkit` keeps the layout
but no public positions. So the values come from `tomllib`, and this scanner goes over the same text once
more for lines only. It is run on text that `tomllib` has accepted, which keeps it small: it need not
check anything.

A path is the way to a value as in Python: `("rule", 0, "horizontal_nm")`. The grammar is TOML 1.0's.
"""

from __future__ import annotations

import re
import tomllib
from typing import Final

Path = tuple[str | int, ...]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")  # numbers, booleans, times
_BASIC: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL: Final = re.compile(r"'[^'\n]*'")
_MULTI_BASIC: Final = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")', re.DOTALL)
_MULTI_LITERAL: Final = re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL)
_BLANKS: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")


def line_index(text: str) -> dict[Path, int]:
    """Path → line (from 1) of every table, key and array item of a valid TOML document.

    A table's line is that of its header (or of its first dotted key), a key's the line it stands on, an
    item's the line on which its value begins.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def nearest_line(index: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, or of the nearest thing around it that stands in the file (for a missing key)."""
    for length in range(len(path), 0, -1):
        if path[:length] in index:
            return index[path[:length]]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.index: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # array of tables → how many it has so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(_BLANKS)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANKS)
        return self.index

    # ---- moving over the text

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        found = match.group() if match else ""
        self.line += found.count("\n")
        self.at += len(found)
        return found

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def note(self, path: Path, line: int) -> None:
        self.index.setdefault(path, line)

    # ---- grammar

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; returns the path of the table that it opens."""
        line = self.line
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        keys = self.dotted_key()
        self.at += 2 if is_array else 1
        path = self.resolve(keys[:-1], line)
        path = (*path, keys[-1])
        self.note(path, line)
        if is_array:
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            path = (*path, number)
            self.note(path, line)
        elif path in self.counts:
            path = (*path, self.counts[path] - 1)
        return path

    def resolve(self, keys: list[str], line: int) -> Path:
        """The path of keys from the root, where the name of an array of tables means its latest table."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self.note(path, line)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def dotted_key(self) -> list[str]:
        keys = []
        while True:
            self.blanks()
            keys.append(self.simple_key())
            self.blanks()
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def simple_key(self) -> str:
        for pattern in (_BASIC, _LITERAL):
            quoted = self.skip(pattern)
            if quoted:
                return next(iter(tomllib.loads(f"{quoted} = 0")))
        return self.skip(_BARE_KEY)

    def pair(self, table: Path) -> None:
        line = self.line
        path = table
        for key in self.dotted_key():
            path = (*path, key)
            self.note(path, line)
        self.at += 1  # the `=`
        self.blanks()
        self.value(path)

    def value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in "\"'":
            for pattern in (_MULTI_BASIC, _MULTI_LITERAL, _BASIC, _LITERAL):
                if self.skip(pattern):
                    return
        else:
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self.skip(_BLANKS)
            if self.text[self.at] == "]":
                self.at += 1
                return
            self.note((*path, number), self.line)
            self.value((*path, number))
            number += 1
            self.skip(_BLANKS)
            if self.text[self.at] == ",":
                self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self.skip(_BLANKS)
            if self.text[self.at] == "}":
                self.at += 1
                return
            self.pair(path)
            self.skip(_BLANKS)
            if self.text[self.at] == ",":
                self.at += 1

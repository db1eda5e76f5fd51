"""The same work on every row of a text column, done once for each different text.

A day has millions of rows and thousands of addresses and call signs; patterns are matched on those.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def by_value(texts: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`work(texts)`, for work that looks at one text at a time; the name stays that of `texts`."""
    different = texts.unique()
    worked = work(different)
    if len(different) == len(texts):
        return work(texts).alias(texts.name)
    return texts.replace_strict(different, worked, return_dtype=worked.dtype).alias(texts.name)

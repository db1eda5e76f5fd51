"""A Polars table for those who work in pandas, which is not among what SkyAccord installs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyaccord.base.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def to_pandas(table: pl.DataFrame) -> pd.DataFrame:
    """The same rows as a pandas DataFrame. Raises InputError if pandas is not installed."""
    try:
        return table.to_pandas()
    except ModuleNotFoundError as error:
        raise InputError(
            f"to_pandas() needs {error.name}", do="install it (`pip install pandas`), or use to_polars()"
        ) from error

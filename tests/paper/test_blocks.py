"""Sentences with places to fill."""

import pytest

from skyaccord.paper.blocks import Run, figure, filled, joined, text


def test_filled() -> None:
    assert filled("keep {n} apart", {"n": (figure("3"), text(" NM"))}) == (
        Run("keep "), Run("3", "figure"), Run(" NM"), Run(" apart"),
    )  # fmt: skip
    assert "".join(run.text for run in filled("{{literal}}", {})) == "{literal}"
    with pytest.raises(KeyError):
        filled("{missing}", {})


def test_joined() -> None:
    one, two = (text("a"),), (text("b"),)
    assert joined([one, (), two]) == (text("a"), text(" "), text("b"))
    assert joined([]) == ()

"""Accords to test with: the shipped one, one with every field, and keys for their parties."""

from __future__ import annotations

from pathlib import Path

from skyaccord.accord.drafting import fill_keys
from skyaccord.accord.source import shipped_text

RICH = Path(__file__).parent / "vectors" / "rich.toml"
CLASSES = Path(__file__).parent / "vectors" / "classes.toml"
FIRST_EDITION = Path(__file__).parent / "vectors" / "first-edition.toml"
"""The shipped rule-of-threes before the format had more than rules: its digest must never change."""
WHOLE = Path(__file__).parent / "vectors" / "whole.toml"
THREES = shipped_text("rule-of-threes")

KEY_A = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8032, test 1
KEY_B = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="  # RFC 8032, test 2

SMALL = """\
format = "skyaccord.accord/1"
name = "small"
title = "Small"
version = 1

[validity]
start = 2020-01-01T00:00:00Z

[[party]]
id = "A"
name = "Party A"

[[party]]
id = "B"
name = "Party B"

[[rule]]
id = "r"
horizontal_nm = 3
vertical_ft = 3000

[[tier]]
name = "warning"
lookahead_s = 30

[[role]]
id = "duty-officer"
title = "Duty officer"
acknowledge_within_s = 30
"""


def line_of(text: str, needle: str) -> int:
    """The line (from 1) on which `needle` first stands."""
    return text[: text.index(needle)].count("\n") + 1


def keyed(text: str = SMALL) -> str:
    """The accord with a key for A and B."""
    return fill_keys(text, {"A": KEY_A, "B": KEY_B})

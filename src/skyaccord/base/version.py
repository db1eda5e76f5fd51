"""The version of this program, as it stands in what it writes: every floor may name it.

A test compares it with pyproject.toml.
"""

__version__ = "0.1.0"

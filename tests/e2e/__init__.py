"""Whole nodes and whole consoles, as people meet them."""

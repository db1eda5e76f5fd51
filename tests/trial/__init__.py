"""Trials of clauses on recordings."""

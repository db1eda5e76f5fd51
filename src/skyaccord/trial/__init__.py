"""Trials: what the clauses of an accord would have raised on recordings, before anybody signs them."""

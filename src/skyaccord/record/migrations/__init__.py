"""Alembic migrations of a node's store. They run when a store is opened; no ini file is read."""

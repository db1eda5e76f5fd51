"""Alembic's migrations of accounts.db."""

"""Alembic's entry: migrates on the connection and in the transaction that `store.py` opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
context.run_migrations()

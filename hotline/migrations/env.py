"""Run by alembic with a connection handed over by `hotline.migrations`; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from hotline.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()

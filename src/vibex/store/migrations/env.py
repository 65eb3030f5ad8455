"""How alembic reaches the database: through the connection that `Database.upgrade` hands over."""

from alembic import context

from vibex.store.trading_schema import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
with context.begin_transaction():
    context.run_migrations()

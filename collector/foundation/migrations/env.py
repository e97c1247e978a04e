"""Alembic's entry: runs on the connection that `foundation.schema` hands over, in its transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    **({"render_item": context.config.attributes["render"]} if "render" in context.config.attributes else {}),
)
with context.begin_transaction():
    context.run_migrations()

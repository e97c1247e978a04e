"""The chain is provable: checkpoints are chained, gates are kept word for word, what happened can only be added to.

What must be forgotten about a person can still be emptied: the columns named in `ERASABLE` may become empty, once, and
never hold anything else. Rows stay, and every entry of the audit.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

ERASABLE: dict[str, tuple[str, ...]] = {
    "attempt": ("number", "text"),
    "outcome": ("note",),
    "disposition": ("note", "next_step"),
    "standing": ("number", "detail", "natural_key"),
    "delivery": (),
    "strategy_version": (),
    "policy_text": (),
    "audit_entry": (),
    "audit_link": (),
    "audit_checkpoint": (),
}
"""Tables that are only added to. A natural key that was empty may be given once."""

FUNCTION = """
CREATE FUNCTION collector_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := COALESCE(TG_ARGV, '{}');
    field text;
    was jsonb;
    becomes jsonb;
BEGIN
    IF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - erasable <> to_jsonb(OLD) - erasable THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    FOREACH field IN ARRAY erasable LOOP
        was := to_jsonb(OLD) -> field;
        becomes := to_jsonb(NEW) -> field;
        IF becomes <> was AND NOT (
            (field = 'natural_key' AND was = 'null') OR (field <> 'natural_key' AND becomes IN ('null', '{}'))
        ) THEN
            RAISE EXCEPTION '%.% can only be emptied', TG_TABLE_NAME, field;
        END IF;
    END LOOP;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "policy_text",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_text")),
    )
    op.add_column("audit_checkpoint", sa.Column("previous", BIG, nullable=True))
    op.add_column("promise", sa.Column("withdrawn_because", sa.String(), nullable=True))
    op.add_column("stop", sa.Column("lifted_because", sa.String(), nullable=True))
    _when_it_was_recorded("stop", "hold", "dispute")
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _when_it_was_recorded(*tables: str) -> None:
    """What was written down before is taken to have been known at once."""
    for table in tables:
        op.add_column(table, sa.Column("recorded_at", UTCDateTime(), nullable=True))
        op.execute(f"UPDATE {table} SET recorded_at = at")  # noqa: S608 - names of our own
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("recorded_at", existing_type=UTCDateTime(), nullable=False)


def _guard_postgresql() -> None:
    op.execute(FUNCTION)
    for table, erasable in ERASABLE.items():
        given = ", ".join(f"'{name}'" for name in erasable)
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION collector_append_only({given})"
        )
        op.execute(
            f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION collector_append_only()"
        )


def _guard_sqlite() -> None:
    """A later revision that rebuilds one of these tables must make its triggers again: SQLite drops them with it."""
    inspector = sa.inspect(op.get_bind())
    for table, erasable in ERASABLE.items():
        fixed = [column["name"] for column in inspector.get_columns(table) if column["name"] not in erasable]
        abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {abort}")
        named = ", ".join(f'"{name}"' for name in fixed)
        op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE OF {named} ON {table} {abort}")
        for name in erasable:
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {name} ON {table}"
                f" WHEN NEW.{name} IS NOT OLD.{name} AND {_not_emptied(name)} {abort}"
            )


def _not_emptied(name: str) -> str:
    if name == "natural_key":
        return f"OLD.{name} IS NOT NULL"
    return f"NEW.{name} IS NOT NULL AND NEW.{name} <> '{{}}'"

"""A ledger of exports: who was given which list as a file, and the digest by which a leaked one is known again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
TABLE = "export_record"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("portfolio_ids", JSON, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_export_record_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_record")),
        sa.UniqueConstraint("number", name=op.f("uq_export_record_number")),
    )
    op.create_index("ix_export_record_user_at", TABLE, ["user_id", "at"])
    op.create_index(op.f("ix_export_record_sha256"), TABLE, ["sha256"])
    _guard()


def _guard() -> None:
    """Rows are only ever added, as with all that tells what happened (revision 0006)."""
    if op.get_bind().dialect.name == "postgresql":
        for name, moment, each in (
            ("append_only", "UPDATE OR DELETE", "ROW"),
            ("append_only_truncate", "TRUNCATE", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {moment} ON {TABLE}"
                f" FOR EACH {each} EXECUTE FUNCTION collector_append_only()"
            )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )

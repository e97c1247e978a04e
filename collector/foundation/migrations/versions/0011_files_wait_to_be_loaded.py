"""A file that was brought is looked at before it is loaded, and its mapping is kept for the next one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORD = sa.String(length=32)


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("portfolio_id", BIG, nullable=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("found", JSON, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_upload_user_id")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_upload_portfolio_id")),
        sa.ForeignKeyConstraint(["run_id"], ["load_run.id"], name=op.f("fk_upload_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("token", name=op.f("uq_upload_token")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_run_id"), ["run_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_user_id"), ["user_id"], unique=False)
    op.create_table(
        "saved_mapping",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_saved_mapping_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mapping")),
        sa.UniqueConstraint("portfolio_id", "kind", "name", name=op.f("uq_saved_mapping_portfolio_id_kind_name")),
    )

"""Originals in the archive with their loans; what must be kept, what was removed, and the proof of it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _archive()


def _archive() -> None:
    op.create_table(
        "original",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_original_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_original_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
        sa.UniqueConstraint("document_id", name=op.f("uq_original_document_id")),
    )
    op.create_index(op.f("ix_original_account_id"), "original", ["account_id"])
    op.create_table(
        "original_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("original_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("condition", sa.String(length=32), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_original_step_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original_step")),
        sa.UniqueConstraint("original_id", "number", name=op.f("uq_original_step_original_id_number")),
    )
    op.create_index("ix_original_step_due", "original_step", ["step", "due_on"])
    only_added_to("original")
    only_added_to("original_step")

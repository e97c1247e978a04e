"""Rates that change while a contract runs; case files that were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rate_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("annual_rate", sa.String(), nullable=True),
        sa.Column("penalty_rate", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_rate_change_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rate_change_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_change")),
    )
    op.create_index("ix_rate_change_portfolio", "rate_change", ["portfolio_id", "account_id"])
    op.create_index(op.f("ix_rate_change_account_id"), "rate_change", ["account_id"])
    only_added_to("rate_change")
    op.create_table(
        "case_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("as_of", UTCDateTime(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_case_file_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_file_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_account_id"), "case_file", ["account_id"])
    op.create_index(op.f("ix_case_file_sha256"), "case_file", ["sha256"])
    only_added_to("case_file")

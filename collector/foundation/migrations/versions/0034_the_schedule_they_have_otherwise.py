"""Where a schedule was agreed with the borrower, what the creditor's book says of it otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "stated_instalment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_due", BIG, nullable=True),
        sa.Column("principal", BIG, nullable=True),
        sa.Column("interest", BIG, nullable=True),
        sa.Column("fee", BIG, nullable=True),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.Column("explained", sa.String(), nullable=False),
        sa.Column("explained_by", sa.String(), nullable=False),
        sa.Column("explained_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_stated_instalment_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_stated_instalment_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stated_instalment")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_stated_instalment_account_id_number")),
    )
    op.create_index("ix_stated_instalment_portfolio", "stated_instalment", ["portfolio_id"])

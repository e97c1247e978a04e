"""The creditor's ledger beside ours, reversals that wait for their payment, and a way to the debits that failed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SAID = ("principal", "interest", "penalty", "fees", "balance", "overdue")
NO_PAYMENT = sa.text("kind <> 'payment'")


def upgrade() -> None:
    op.create_table(
        "ledger_balance",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        *(sa.Column(name, BIG, nullable=True) for name in SAID),
        sa.Column("loaded_at", UTCDateTime(), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("size", BIG, nullable=False),
        *(sa.Column(name, BIG, nullable=True) for name in ("theirs", "ours_owed", "ours_overdue")),
        sa.Column("compared_at", UTCDateTime(), nullable=True),
        sa.Column("explained", sa.String(), nullable=False),
        sa.Column("explained_by", sa.String(), nullable=False),
        sa.Column("explained_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_ledger_balance_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_balance_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_balance")),
        sa.UniqueConstraint(
            "portfolio_id", "account_no", "as_of", name=op.f("uq_ledger_balance_portfolio_id_account_no_as_of")
        ),
    )
    op.create_index("ix_ledger_balance_account", "ledger_balance", ["account_id", "as_of"])
    op.create_index("ix_ledger_balance_last", "ledger_balance", ["portfolio_id", "is_last", "state"])
    op.create_table(
        "stage_balance",
        sa.Column("run", BIG, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        *(sa.Column(name, BIG, nullable=True) for name in SAID),
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],
    )
    op.create_table(
        "reversal_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("payment_id", BIG, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_reversal_note_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal_note")),
    )
    op.create_index(op.f("ix_reversal_note_payment_id"), "reversal_note", ["payment_id"])
    op.add_column("payment", sa.Column("takes_back", sa.String(), nullable=True))
    op.create_index("ix_payment_takes_back", "payment", ["portfolio_id", "takes_back"])
    op.create_index(
        "ix_payment_moves_none",
        "payment",
        ["portfolio_id", "kind", "paid_on"],
        sqlite_where=NO_PAYMENT,
        postgresql_where=NO_PAYMENT,
    )
    only_added_to("reversal_note")

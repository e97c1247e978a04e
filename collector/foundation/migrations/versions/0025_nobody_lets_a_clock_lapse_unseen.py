"""Alarms of clocks: that somebody was told in time is written down once."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clock_alarm",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("legal_on", sa.Date(), nullable=False),
        sa.Column("cautious_on", sa.Date(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_clock_alarm_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_clock_alarm_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_alarm")),
        sa.UniqueConstraint(
            "account_id",
            "clock",
            "cautious_on",
            "ahead",
            name=op.f("uq_clock_alarm_account_id_clock_cautious_on_ahead"),
        ),
    )
    op.create_index("ix_clock_alarm_raised", "clock_alarm", ["portfolio_id", "day"])
    only_added_to("clock_alarm")

"""Clocks of the law: what moves them is kept, and what is lost first is found at once."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNS = sa.text("lapses_on IS NOT NULL")
PARTS = {"portfolio_id": "portfolio", "account_id": "account", "guarantor_id": "person", "about_id": "clock_event"}
PARTS |= {"document_id": "document", "attempt_id": "attempt"}


def upgrade() -> None:
    op.create_table(
        "clock_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("guarantor_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("contract", sa.String(length=32), nullable=True),
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("about_id", BIG, nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("attempt_id", BIG, nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_clock_event_{name}"))
            for name, table in PARTS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_event")),
    )
    op.create_index(op.f("ix_clock_event_account_id"), "clock_event", ["account_id"])
    only_added_to("clock_event")
    with op.batch_alter_table("account_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lapses_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_account_state_lapses_on", "account_state", ["lapses_on"], sqlite_where=RUNS, postgresql_where=RUNS
    )
    # The kept facts do not know this date yet: every row is behind, and the next sweep brings it up to date.
    op.execute("UPDATE account_state SET fresh_until = '1970-01-01'")

"""Referrals have a route, one negotiator and every step on record; groups are filed together; contracts say more."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERMS = ("arbitration", "notarised", "service_address")


def upgrade() -> None:
    _filings()
    with op.batch_alter_table("referral") as table:
        table.add_column(sa.Column("route", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("negotiator_id", BIG, nullable=True))
        table.add_column(sa.Column("filing_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_referral_negotiator_id"), "user_account", ["negotiator_id"], ["id"])
        table.create_foreign_key(op.f("fk_referral_filing_id"), "filing", ["filing_id"], ["id"])
    op.create_index(op.f("ix_referral_filing_id"), "referral", ["filing_id"])
    _steps()
    _of_before()
    for name in TERMS:
        op.add_column("account", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        op.add_column("stage_account", sa.Column(name, sa.Boolean(), nullable=True))


def _filings() -> None:
    op.create_table(
        "filing",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_filing_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("portfolio_id", "number", name=op.f("uq_filing_portfolio_id_number")),
    )
    only_added_to("filing")


def _steps() -> None:
    op.create_table(
        "referral_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("referral_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("referred_to", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("route", sa.String(length=32), nullable=True),
        sa.Column("proposed", sa.String(length=32), nullable=True),
        sa.Column("negotiator_id", BIG, nullable=True),
        sa.Column("filing_id", BIG, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_referral_step_account_id")),
        sa.ForeignKeyConstraint(["negotiator_id"], ["user_account.id"], name=op.f("fk_referral_step_negotiator_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_referral_step_filing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
    )
    op.create_index(op.f("ix_referral_step_referral_id"), "referral_step", ["referral_id"])
    op.create_index(op.f("ix_referral_step_account_id"), "referral_step", ["account_id"])
    only_added_to("referral_step")


def _of_before() -> None:
    """Of cases that the legal team has already, the account's owner goes on talking, as where nobody is named. The
    facts of these people are to be read anew."""
    op.execute(
        "UPDATE referral SET negotiator_id = (SELECT a.owner_id FROM account a WHERE a.id = referral.account_id)"
        " WHERE kind = 'legal' AND state = 'accepted'"
    )
    op.execute(
        "INSERT INTO referral_step (referral_id, account_id, referred_to, kind, state, negotiator_id, reason, at, actor)"
        " SELECT id, account_id, kind, 'moved', state, negotiator_id, '', state_at, state_by FROM referral"
        " WHERE kind = 'legal' AND state = 'accepted' ORDER BY id"
    )
    op.execute(
        "UPDATE account_state SET fresh_until = '1970-01-01' WHERE account_id IN (SELECT account_id FROM referral_step)"
    )

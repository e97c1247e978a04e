"""Campaigns, whom they chose, and which contact is whose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
RELEASED = sa.text("released_at IS NOT NULL")
OF_A_CAMPAIGN = sa.text("campaign_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("template", sa.String(), nullable=True),
        sa.Column("tone", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("chosen", JSON, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("money", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("approval_id", BIG, nullable=True),
        sa.Column("measured_from", UTCDateTime(), nullable=True),
        sa.Column("passed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_campaign_portfolio_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_campaign_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_portfolio", "campaign", ["portfolio_id", "id"])
    _members()
    op.add_column("task", sa.Column("campaign_id", BIG, nullable=True))
    op.create_index(
        "ix_task_campaign", "task", ["campaign_id"], sqlite_where=OF_A_CAMPAIGN, postgresql_where=OF_A_CAMPAIGN
    )


def _members() -> None:
    op.create_table(
        "campaign_member",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=True),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_member_campaign_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_campaign_member_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_campaign_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_member")),
        sa.UniqueConstraint("campaign_id", "account_id", name=op.f("uq_campaign_member_campaign_id_account_id")),
    )
    op.create_index("ix_campaign_member_state", "campaign_member", ["campaign_id", "state", "id"])
    op.create_index(
        "ix_campaign_member_person",
        "campaign_member",
        ["person_id"],
        sqlite_where=RELEASED,
        postgresql_where=RELEASED,
    )
    op.create_index(op.f("ix_campaign_member_task_id"), "campaign_member", ["task_id"])

"""Strategies are drafted in the browser, approved by a second person, and braked while they are new."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("strategy_version", sa.Column("approver", sa.String(), nullable=True))
    _drafts()
    _brakes()


def _drafts() -> None:
    op.create_table(
        "strategy_draft",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("approval_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_strategy_draft_user_id")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_strategy_draft_portfolio_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_strategy_draft_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_draft")),
        sa.UniqueConstraint("user_id", "portfolio_id", name=op.f("uq_strategy_draft_user_id_portfolio_id")),
    )
    op.create_index(op.f("ix_strategy_draft_portfolio_id"), "strategy_draft", ["portfolio_id"])
    op.create_table(
        "strategy_trial",
        sa.Column("draft_id", BIG, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["strategy_draft.id"], name=op.f("fk_strategy_trial_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_strategy_trial")),
    )


def _brakes() -> None:
    op.create_table(
        "brake",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("state_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_brake_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brake")),
        sa.UniqueConstraint("portfolio_id", "kind", "what", name=op.f("uq_brake_portfolio_id_kind_what")),
    )
    op.create_table(
        "brake_sample",
        sa.Column("brake_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["brake_id"], ["brake.id"], name=op.f("fk_brake_sample_brake_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_brake_sample_task_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brake_sample_person_id")),
        sa.PrimaryKeyConstraint("brake_id", "task_id", name=op.f("pk_brake_sample")),
    )
    op.create_table(
        "messages_out",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_messages_out_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_out")),
    )
    op.create_index("ix_messages_out_portfolio", "messages_out", ["portfolio_id", "at"])

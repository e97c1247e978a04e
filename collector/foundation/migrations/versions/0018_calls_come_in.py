"""A call that comes in has a row of its own: whose phone rang, who took it, and what was said in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
AT_A_DESK = sa.text("state IN ('ringing', 'talking', 'over')")


def upgrade() -> None:
    _calls()
    op.create_table(
        "said_in_call",
        sa.Column("id", BIG, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_said_in_call_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_said_in_call")),
        sa.UniqueConstraint("subject", name=op.f("uq_said_in_call_subject")),
    )
    op.create_index(op.f("ix_said_in_call_attempt_id"), "said_in_call", ["attempt_id"])
    op.add_column("verification", sa.Column("inbound", BIG, nullable=True))
    op.add_column("inbound_message", sa.Column("call_id", BIG, nullable=True))
    op.add_column("inbound_message", sa.Column("callback_id", BIG, nullable=True))


def _calls() -> None:
    op.create_table(
        "inbound_call",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("from_number", sa.String(), nullable=False),
        sa.Column("to_number", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("portfolio_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("rung", JSON, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("attempt_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_inbound_call_portfolio_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbound_call_person_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_inbound_call_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_inbound_call_user_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_inbound_call_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_call")),
        sa.UniqueConstraint("sid", name=op.f("uq_inbound_call_sid")),
    )
    op.create_index(
        "ix_inbound_call_user", "inbound_call", ["user_id"], sqlite_where=AT_A_DESK, postgresql_where=AT_A_DESK
    )

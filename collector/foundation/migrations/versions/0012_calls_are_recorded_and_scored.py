"""Recordings of calls, with what proves them whole, and what listeners found in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "recording",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_recording_task_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recording_person_id")),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_recording_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("sid", name=op.f("uq_recording_sid")),
    )
    op.create_index(op.f("ix_recording_task_id"), "recording", ["task_id"])
    op.create_index("ix_recording_state", "recording", ["state", "keep_until"])
    op.create_table(
        "call_score",
        sa.Column("id", BIG, nullable=False),
        sa.Column("recording_id", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("met", JSON, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_call_score_recording_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_score")),
    )
    op.create_index(op.f("ix_call_score_recording_id"), "call_score", ["recording_id"])

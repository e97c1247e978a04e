"""Agents say whether they take calls; and what was said, paid and promised today is found without walking all of it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agent_state",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_agent_state_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_state")),
    )
    with op.batch_alter_table("agent_state", schema=None) as batch_op:
        batch_op.create_index("ix_agent_state_user", ["user_id", "id"], unique=False)
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_recorded_at"), ["recorded_at"], unique=False)
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index("ix_payment_paid_on", ["portfolio_id", "paid_on"], unique=False)
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_recorded_at"), ["recorded_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_decided_at"), ["decided_at"], unique=False)

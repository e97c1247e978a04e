"""An account moves up, never silently down: contacts tell the level they were worked at, and who lowered it says why."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "level_lowered",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_level_lowered_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_lowered")),
    )
    with op.batch_alter_table("level_lowered", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_lowered_account_id"), ["account_id"], unique=False)
    with op.batch_alter_table("account_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level_floor", sa.String(), nullable=True))
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(), nullable=True))

"""Refusals are read by portfolio and day: the supervisor's counts no longer walk all of them."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_portfolio", ["portfolio_id", "at"], unique=False)

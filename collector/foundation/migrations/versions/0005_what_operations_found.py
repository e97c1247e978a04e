"""Who says it is paid is a task of operations until somebody looked: what they found, and when."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("proof_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("proof_by", sa.String(), nullable=True))

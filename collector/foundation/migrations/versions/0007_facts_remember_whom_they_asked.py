"""Kept facts remember for good which third persons were asked: those kept before are made again when next used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE account_state SET fresh_until = '1970-01-01'"))

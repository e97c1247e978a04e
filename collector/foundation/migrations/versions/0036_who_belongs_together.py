"""Users have a team: nobody of it agrees to what is given up of its accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("team", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.alter_column("team", existing_type=sa.String(), server_default=None)

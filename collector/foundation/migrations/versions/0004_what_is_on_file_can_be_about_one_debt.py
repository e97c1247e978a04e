"""A notice or a verification on file is of one debt; wishes and consents stay the person's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", BIG, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_standing_account_id"), "account", ["account_id"], ["id"])

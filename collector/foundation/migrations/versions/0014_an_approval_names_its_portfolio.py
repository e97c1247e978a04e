"""An approval says of itself whose book it is about; so far its subject had to be looked up."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWNERS = (
    "UPDATE approval SET portfolio_id = (SELECT account.portfolio_id FROM account"
    " WHERE approval.subject = 'account:' || account.id) WHERE subject LIKE 'account:%'",
    "UPDATE approval SET portfolio_id = (SELECT payment.portfolio_id FROM payment"
    " WHERE approval.subject = 'payment:' || payment.id) WHERE subject LIKE 'payment:%'",
)
"""Of what subjects named until now."""


def upgrade() -> None:
    op.add_column("approval", sa.Column("portfolio_id", BIG, nullable=True))
    for statement in OWNERS:
        op.execute(statement)

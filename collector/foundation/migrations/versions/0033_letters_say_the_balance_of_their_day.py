"""Letters say the balance of their day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0033"
down_revision = "0028"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("letter", sa.Column("amounts", JSON, nullable=True))
    op.add_column("letter", sa.Column("terms_id", BIG, nullable=True))
    op.add_column("rate_change", sa.Column("product", sa.String(), nullable=True))
    op.add_column("rate_change", sa.Column("asked_by", sa.String(), nullable=False, server_default=""))
    _settings()


def _settings() -> None:
    op.create_table(
        "portfolio_setting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_portfolio_setting_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_setting")),
    )
    op.create_index("ix_portfolio_setting_kind", "portfolio_setting", ["portfolio_id", "kind", "id"])
    only_added_to("portfolio_setting")

"""Ways to pay wait a day and are kept, texts have versions and registrations, holds are extended, exports are agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    for name in ("links", "call_backs", "pay_accounts"):
        op.add_column("portfolio", sa.Column(name, JSON, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("hold", sa.Column("extends_id", BIG, nullable=True))
    op.add_column("export_record", sa.Column("approval_id", BIG, nullable=True))
    op.create_index("ix_export_record_approval_id", "export_record", ["approval_id"], unique=True)
    _ways()
    _texts()


def _ways() -> None:
    op.create_table(
        "ways_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("approval_id", BIG, nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("agreed_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_ways_change_portfolio_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_ways_change_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ways_change")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_ways_change_approval_id")),
    )
    op.create_index(op.f("ix_ways_change_portfolio_id"), "ways_change", ["portfolio_id"])


def _texts() -> None:
    op.create_table(
        "text_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("checker", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_version")),
        sa.UniqueConstraint("language", "name", "version", name=op.f("uq_text_version_language_name_version")),
    )
    op.create_table(
        "text_registration",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("carrier_id", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_registration")),
    )
    op.create_index("ix_text_registration_text", "text_registration", ["portfolio_id", "language", "name"])

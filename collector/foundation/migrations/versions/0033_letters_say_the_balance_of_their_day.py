"""Letters say the balance of their day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("letter", sa.Column("amounts", JSON, nullable=True))
    op.add_column("letter", sa.Column("terms_id", BIG, nullable=True))
    op.add_column("rate_change", sa.Column("product", sa.String(), nullable=True))
    op.add_column("rate_change", sa.Column("asked_by", sa.String(), nullable=False, server_default=""))
    _steps()
    _batches()
    _settings()


def _steps() -> None:
    """A step that was struck can be taken again. The table is made anew where that is the only way, so what forbids
    its rows to change is put back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER letter_event_update")
    with op.batch_alter_table("letter_event") as table:
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("refused", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("why", sa.String(), nullable=False, server_default=""))
        table.drop_constraint(op.f("uq_letter_event_letter_id_step"), type_="unique")
        table.create_unique_constraint(op.f("uq_letter_event_letter_id_step_round"), ["letter_id", "step", "round"])
    if op.get_bind().dialect.name == "sqlite":
        only_added_to("letter_event", forbid=("UPDATE",))
    op.create_table(
        "letter_correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["letter_event.id"], name=op.f("fk_letter_correction_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_correction")),
        sa.UniqueConstraint("event_id", name=op.f("uq_letter_correction_event_id")),
    )
    only_added_to("letter_correction", forbid=("UPDATE",))


def _batches() -> None:
    op.create_table(
        "letter_batch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("letters", JSON, nullable=False),
        sa.Column("not_printed", JSON, nullable=False),
        sa.Column("numbers", JSON, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_letter_batch_portfolio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index("ix_letter_batch_portfolio", "letter_batch", ["portfolio_id", "id"])


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

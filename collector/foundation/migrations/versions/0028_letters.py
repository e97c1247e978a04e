"""Letters, and what becomes of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("overdue", BIG, nullable=False),
        sa.Column("owed", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_letter_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_letter_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_account_id"), "letter", ["account_id"])
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"])
    op.create_index("ix_letter_portfolio", "letter", ["portfolio_id", "id"])
    op.create_table(
        "letter_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("posting_no", sa.String(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("attempt_id", BIG, nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_event_letter_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_letter_event_attempt_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_letter_event_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_event")),
        sa.UniqueConstraint("letter_id", "step", name=op.f("uq_letter_event_letter_id_step")),
    )
    op.create_index("ix_letter_event_posting", "letter_event", ["posting_no"])
    only_added_to("letter", forbid=("UPDATE",))
    only_added_to("letter_event", forbid=("UPDATE",))

"""Terms of an account, our own lines in the ledger, and versions of a schedule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
PARTS = ("penalty", "fees", "interest", "principal")


def upgrade() -> None:
    _ledger()
    _versions()
    _offers()
    _terms()


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("fees", BIG, nullable=False),
        sa.Column("interest", BIG, nullable=False),
        sa.Column("principal", BIG, nullable=False),
        sa.Column("penalty", BIG, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("takes_back", BIG, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_ledger_entry_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ledger_entry_account_id")),
        sa.ForeignKeyConstraint(["takes_back"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_takes_back")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("takes_back", name=op.f("uq_ledger_entry_takes_back")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"])
    only_added_to("ledger_entry")


def _versions() -> None:
    op.create_table(
        "instalment_before",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_due", BIG, nullable=False),
        sa.Column("principal", BIG, nullable=True),
        sa.Column("interest", BIG, nullable=True),
        sa.Column("fee", BIG, nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("replaced_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_instalment_before_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_before")),
    )
    op.create_index(op.f("ix_instalment_before_account_id"), "instalment_before", ["account_id"])
    only_added_to("instalment_before")


def _offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_offer_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_account_id"), "offer", ["account_id"])


def _terms() -> None:
    sums = [sa.Column(f"{part}_{what}", BIG, nullable=False) for what in ("owed", "waived") for part in PARTS]
    op.create_table(
        "terms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *sums,
        sa.Column("paid_before", BIG, nullable=False),
        sa.Column("schedule", JSON, nullable=False),
        sa.Column("approval_id", BIG, nullable=True),
        sa.Column("offer_id", BIG, nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("state_at", UTCDateTime(), nullable=False),
        sa.Column("state_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_terms_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_terms_account_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_terms_approval_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_terms_offer_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_terms_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
    )
    op.create_index(op.f("ix_terms_account_id"), "terms", ["account_id"])
    op.create_index("ix_terms_state_due", "terms", ["state", "due_on"])

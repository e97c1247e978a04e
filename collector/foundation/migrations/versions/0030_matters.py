"""Matters: stages, days at court, costs, and packages for counsel."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    """What every table of a matter begins with."""
    names = ("portfolio", "account", "referral")
    keys = [sa.ForeignKeyConstraint([f"{n}_id"], [f"{n}.id"], name=op.f(f"fk_{table}_{n}_id")) for n in names]
    columns = [sa.Column(f"{name}_id", BIG, nullable=False) for name in names]
    return [
        sa.Column("id", BIG, nullable=False),
        *columns,
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _points(table: str, **where: str) -> list[sa.schema.SchemaItem]:
    """Columns that name a row of another table, or none."""
    keys = [sa.ForeignKeyConstraint([c], [f"{t}.id"], name=op.f(f"fk_{table}_{c}")) for c, t in where.items()]
    return [*(sa.Column(column, BIG, nullable=True) for column in where), *keys]


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    op.create_table(
        "matter_step",
        *_owned("matter_step"),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("counsel", sa.String(), nullable=False),
        *_points("matter_step", document_id="document"),
        sa.Column("paper_to_come", sa.Boolean(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("claimed", BIG, nullable=True),
        sa.Column("awarded", BIG, nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        *_points("matter_step", clock_event_id="clock_event", strikes_id="matter_step"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.UniqueConstraint("strikes_id", name=op.f("uq_matter_step_strikes_id")),
    )
    op.create_table(
        "court_date",
        *_owned("court_date"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("ended", sa.String(length=32), nullable=True),
        sa.Column("ended_note", sa.String(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
    )
    op.create_index("ix_court_date_open", "court_date", ["ended", "at"])
    op.create_table(
        "matter_cost",
        *_owned("matter_cost"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("advanced_by", sa.String(length=32), nullable=False),
        sa.Column("recoverable", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        *_points("matter_cost", document_id="document", strikes_id="matter_cost"),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.UniqueConstraint("strikes_id", name=op.f("uq_matter_cost_strikes_id")),
    )
    op.create_table(
        "counsel_package",
        *_owned("counsel_package"),
        sa.Column("case_file_id", BIG, nullable=False),
        sa.Column("counsel", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_file_id"], ["case_file.id"], name=op.f("fk_counsel_package_case_file_id")),
    )
    op.create_table(
        "counsel_receipt",
        sa.Column("id", BIG, nullable=False),
        sa.Column("package_id", BIG, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        *_points("counsel_receipt", document_id="document"),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["counsel_package.id"], name=op.f("fk_counsel_receipt_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsel_receipt")),
        sa.UniqueConstraint("package_id", name=op.f("uq_counsel_receipt_package_id")),
    )
    for table in ("matter_step", "matter_cost", "counsel_package"):
        _indexed(table, "account_id", "referral_id")
    _indexed("court_date", "referral_id")
    for table in ("matter_step", "matter_cost", "counsel_package", "counsel_receipt"):
        only_added_to(table)

"""Originals in the archive with their loans; what must be kept, what was removed, and the proof of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

from collector.foundation.migrations.guards import only_added_to

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _archive()
    _holds()
    _purges()
    _words_of_papers_may_be_emptied()


def _archive() -> None:
    op.create_table(
        "original",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_original_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_original_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
        sa.UniqueConstraint("document_id", name=op.f("uq_original_document_id")),
    )
    op.create_index(op.f("ix_original_account_id"), "original", ["account_id"])
    op.create_table(
        "original_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("original_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("condition", sa.String(length=32), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_original_step_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original_step")),
        sa.UniqueConstraint("original_id", "number", name=op.f("uq_original_step_original_id_number")),
    )
    op.create_index("ix_original_step_due", "original_step", ["step", "due_on"])
    only_added_to("original")
    only_added_to("original_step")


def _holds() -> None:
    op.create_table(
        "retention_hold",
        sa.Column("id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("approval_id", BIG, nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_approval_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolio.id"], name=op.f("fk_retention_hold_portfolio_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_retention_hold_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    op.create_index(op.f("ix_retention_hold_account_id"), "retention_hold", ["account_id"])
    op.create_index(op.f("ix_retention_hold_portfolio_id"), "retention_hold", ["portfolio_id"])


def _purges() -> None:
    op.create_table(
        "purge",
        sa.Column("id", BIG, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("left", JSON, nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("removed", BIG, nullable=False),
        sa.Column("approval_id", BIG, nullable=True),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")),
    )
    op.create_table(
        "purged",
        sa.Column("id", BIG, nullable=False),
        sa.Column("purge_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("portfolio_id", BIG, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["purge_id"], ["purge.id"], name=op.f("fk_purged_purge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purged")),
        sa.UniqueConstraint("purge_id", "kind", "record_id", name=op.f("uq_purged_purge_id_kind_record_id")),
    )
    op.create_index("ix_purged_record", "purged", ["record_id", "kind"])
    only_added_to("purged")
    op.create_table(
        "purged_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("purge_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("gone_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["purge_id"], ["purge.id"], name=op.f("fk_purged_file_purge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purged_file")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_purged_file_kind_number")),
    )
    waits: Any = {f"{name}_where": sa.text("gone_at IS NULL") for name in ("sqlite", "postgresql")}
    op.create_index("ix_purged_file_waits", "purged_file", ["id"], **waits)


def _words_of_papers_may_be_emptied() -> None:
    """A paper's row outlives its bytes: it says what was there and its SHA-256. Its title and note, which may name a
    person, can be emptied and nothing else; the row itself is no longer removed."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER append_only ON document")
        same = "(to_jsonb(NEW) - 'name' - 'note') = (to_jsonb(OLD) - 'name' - 'note')"
        op.execute(
            "CREATE TRIGGER append_only BEFORE UPDATE ON document FOR EACH ROW"
            f" WHEN (NOT (NEW.name = '' AND NEW.note = '' AND {same})) EXECUTE FUNCTION collector_append_only()"
        )
        return
    op.execute("DROP TRIGGER document_update")
    abort = "BEGIN SELECT RAISE(ABORT, 'document is append-only'); END"
    kept = "id, portfolio_id, account_id, person_id, kind, media, size, sha256, dated_on, privileged, replaces_id"
    op.execute(f"CREATE TRIGGER document_update BEFORE UPDATE OF {kept}, stored_at, actor ON document {abort}")
    for name in ("name", "note"):
        op.execute(f"CREATE TRIGGER document_{name} BEFORE UPDATE OF {name} ON document WHEN NEW.{name} <> '' {abort}")

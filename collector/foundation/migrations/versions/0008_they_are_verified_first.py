"""Who answered a call is verified before a word about the debt: each try is kept, and only added to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "verification",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("call", BIG, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("right", JSON, nullable=False),
        sa.Column("wrong", JSON, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_verification_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_verification_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index("ix_verification_person_at", "verification", ["person_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON verification"
            " FOR EACH ROW EXECUTE FUNCTION collector_append_only()"
        )
        op.execute(
            "CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON verification"
            " FOR EACH STATEMENT EXECUTE FUNCTION collector_append_only()"
        )
        return
    for change in ("DELETE", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER verification_{change.lower()} BEFORE {change} ON verification"
            " BEGIN SELECT RAISE(ABORT, 'verification is append-only'); END"
        )

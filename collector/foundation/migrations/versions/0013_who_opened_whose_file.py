"""Every look at a person's file is kept, and only added to."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_look_user_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_look_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    op.create_index("ix_look_user_at", "look", ["user_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON look"
            " FOR EACH ROW EXECUTE FUNCTION collector_append_only('why')"
        )
        op.execute(
            "CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON look"
            " FOR EACH STATEMENT EXECUTE FUNCTION collector_append_only()"
        )
        return
    abort = "BEGIN SELECT RAISE(ABORT, 'look is append-only'); END"
    op.execute(f"CREATE TRIGGER look_delete BEFORE DELETE ON look {abort}")
    op.execute(f"CREATE TRIGGER look_update BEFORE UPDATE OF id, user_id, person_id, account_id, at ON look {abort}")
    op.execute(f"CREATE TRIGGER look_why BEFORE UPDATE OF why ON look WHEN NEW.why IS NOT NULL {abort}")

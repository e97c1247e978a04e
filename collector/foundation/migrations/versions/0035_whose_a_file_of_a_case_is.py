"""Every file of a case file by its hash, so that one that is found somewhere can be traced."""

import sqlalchemy as sa
from alembic import op

from collector.foundation.migrations.guards import only_added_to

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_file_part",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_file_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_file_id"], ["case_file.id"], name=op.f("fk_case_file_part_case_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file_part")),
    )
    op.create_index(op.f("ix_case_file_part_sha256"), "case_file_part", ["sha256"])
    op.create_index(op.f("ix_case_file_part_case_file_id"), "case_file_part", ["case_file_id"])
    only_added_to("case_file_part")

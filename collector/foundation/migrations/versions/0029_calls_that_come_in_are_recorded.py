"""A recording is of a call of ours or of one that came in; whom it was with, that call knows."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.alter_column("task_id", existing_type=BIG, nullable=True)
        batch_op.add_column(sa.Column("inbound_call_id", BIG, nullable=True))
        batch_op.create_foreign_key(op.f("fk_recording_inbound_call_id"), "inbound_call", ["inbound_call_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_recording_of_one_call"), "(task_id IS NULL) <> (inbound_call_id IS NULL)"
        )
        batch_op.drop_constraint(op.f("fk_recording_person_id"), type_="foreignkey")
        batch_op.drop_column("person_id")
    op.create_index(op.f("ix_recording_inbound_call_id"), "recording", ["inbound_call_id"])
    op.create_index(op.f("ix_inbound_call_attempt_id"), "inbound_call", ["attempt_id"])

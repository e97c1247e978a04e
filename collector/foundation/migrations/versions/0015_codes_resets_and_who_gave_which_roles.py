"""A second step of the sign-in, resets by code, who reset and promoted whom, and where a key may be used from."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("reset_by", "reset_asked_by", "promoted_by", "totp_sealed", "totp_pending"):
        op.add_column("user_account", sa.Column(name, sa.String(), nullable=True))
    for name in ("reset_seen_at", "promoted_at", "totp_since", "signed_in_at"):
        op.add_column("user_account", sa.Column(name, UTCDateTime(), nullable=True))
    op.add_column("user_account", sa.Column("totp_step", BIG, nullable=True))
    op.add_column("user_session", sa.Column("confirmed_at", UTCDateTime(), nullable=True))
    for table, name in (
        ("user_session", "address"),
        ("user_session", "browser"),
        ("api_key", "addresses"),
        ("api_key", "created_by"),
    ):
        op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("throttle", sa.Column("user_id", BIG, nullable=True))
    op.create_index(op.f("ix_throttle_user_id"), "throttle", ["user_id"])
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_in_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"])
    op.create_table(
        "reset_code",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("clears_totp", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_reset_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_code")),
    )
    op.create_index(op.f("ix_reset_code_user_id"), "reset_code", ["user_id"])

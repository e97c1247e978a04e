"""What the desk, the account page and the floor ask for is found by an index: a queue's open calls, a recording by its
attempt, what was said about one account, a portfolio's contacts since a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'planned' AND channel = 'call'")
MADE = sa.text("attempt_id IS NOT NULL")
NAMED = {"callback": ("account_id", "user_id"), "disposition": ("account_id",), "complaint": ("account_id",)}


def upgrade() -> None:
    op.create_index(
        "ix_task_left", "task", ["run_id", "segment", "not_after"], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_index("ix_task_attempt", "task", ["attempt_id"], postgresql_where=MADE, sqlite_where=MADE)
    op.create_index("ix_attempt_portfolio_at", "attempt", ["portfolio_id", "at"])
    for table, columns in NAMED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])

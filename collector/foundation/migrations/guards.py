"""What the database itself forbids."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op


def only_added_to(table: str, forbid: Sequence[str] = ("UPDATE", "DELETE")) -> None:
    """Rows of this table never change, and are removed only where DELETE is not among what is forbidden (a purge after
    the term of law)."""
    if op.get_bind().dialect.name == "postgresql":
        each = [("append_only", " OR ".join(forbid), "ROW")]
        if "DELETE" in forbid:
            each.append(("append_only_truncate", "TRUNCATE", "STATEMENT"))
        for name, when, per in each:
            does = f"FOR EACH {per} EXECUTE FUNCTION collector_append_only()"
            op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} {does}")
        return
    for when in forbid:
        abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_{when.lower()} BEFORE {when} ON {table} {abort}")

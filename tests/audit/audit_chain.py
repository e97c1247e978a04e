"""The chain that the tests of this room tamper with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import text
from sqlmodel import Session

from collector.audit.queries import Proof
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database, is_postgresql

AT = parse_moment("2026-05-12T09:00+08:00")
SEALED = 12
"""Entries, with ids and positions from 1; checkpoints stand at 4, 8 and 12."""
Databases = Callable[[str], AbstractContextManager[Database]]
Tamper = Callable[..., Proof]


def as_owner(session: Session) -> None:
    """Who owns the database can take its guards away; that is what the chain is for."""
    if is_postgresql(session):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        session.execute(text(f"DROP TRIGGER {name}"))

"""Writing down who opened whose file."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.foundation.errors import Forbidden
from collector.history.actions.keep import add, words_of
from collector.history.tables import Look
from collector.identity.rules import Actor
from collector.portfolio.tables import Account


def note_look(session: Session, *, account: Account, why: str | None, at: datetime, actor: Actor) -> Look:
    """One look by a person; programs have none."""
    if actor.user_id is None:
        raise Forbidden("only a person looks at a person's file")
    row = Look(user_id=actor.user_id, person_id=account.person_id, account_id=account.id or 0, at=at, why=why)
    detail = {"person": row.person_id, "account": row.account_id, "why": words_of(session, row.person_id, why or "")}
    add(session, row, actor.name, "file.opened", detail, at)
    return row

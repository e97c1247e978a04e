"""One way of moving terms on, with its audit entry."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.history.actions.keep import change
from collector.identity.rules import Actor
from collector.terms.rules import TermsState, move_terms
from collector.terms.tables import Terms


def move(session: Session, row: Terms, after: TermsState, at: datetime, actor: Actor, why: str = "") -> None:
    """`why`: a code, never free words."""
    before, row.state = row.state, move_terms(row.state, after)
    row.state_at, row.state_by = at, actor.name
    detail = {"account": row.account_id, "kind": row.kind.value, "before": before.value, "why": why}
    change(session, row, actor.name, f"terms.{after}", detail, at)

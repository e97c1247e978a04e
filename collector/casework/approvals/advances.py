"""The month's advances: listed by one person, agreed to by another, then booked (handbook section 2, 垫款)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Portfolio
from collector.terms.actions import advances_of

ADVANCES = "advances"


def propose(session: Session, book: Portfolio, month: date, maker: Actor, now: datetime) -> Approval:
    """Ask for a second person: exactly this list. A `BadInput` where nothing is to be advanced."""
    first = month.replace(day=1)
    lines = advances_of(session, book, first, local_day(now, book.timezone))
    if not lines:
        raise BadInput("nothing of this month is unpaid and not advanced yet")
    body = {
        "portfolio": book.id,
        "month": first.isoformat(),
        "lines": [[one.account_id, one.amount] for one in lines],
        "total": sum(one.amount for one in lines),
    }
    return ask(session, ADVANCES, f"portfolio:{book.id}", body, maker, now, book.id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body = approval.body
    lines = [(account_id, amount) for account_id, amount in body["lines"]]
    month = date.fromisoformat(body["month"])
    actions.book_advances(session, office, portfolio_id=body["portfolio"], month=month, lines=lines, at=at, actor=actor)


KIND = Kind(ADVANCES, frozenset({Role.supervisor, Role.operations, Role.admin}), carry_out)

"""For the demo floor, where everybody is made up: who could call this agent now."""

from __future__ import annotations

import secrets

from sqlmodel import Session, col, select

from collector.facts.tables import AccountState
from collector.identity.rules import Actor
from collector.portfolio.rules import ContactKind, ContactOwner, ContactStatus
from collector.portfolio.tables import Account, CallerNumber, ContactPoint

AMONG = 200


def somebody(session: Session, actor: Actor) -> tuple[str, str] | None:
    """Number of a borrower who is late, one of this agent's own if they have any, and the number of ours they call."""
    statement = (
        select(ContactPoint.value, Account.portfolio_id)
        .join(Account, col(Account.person_id) == col(ContactPoint.person_id))
        .join(AccountState, col(AccountState.account_id) == col(Account.id))
        .where(
            col(ContactPoint.kind) == ContactKind.phone,
            col(ContactPoint.status) == ContactStatus.active,
            col(ContactPoint.owner) == ContactOwner.own,
            col(AccountState.overdue) > 0,
        )
    )
    if actor.scope.portfolio_ids is not None:
        statement = statement.where(col(Account.portfolio_id).in_(actor.scope.portfolio_ids))
    own = session.exec(statement.where(col(Account.owner_id) == actor.user_id).limit(AMONG)).all()
    found = own or session.exec(statement.limit(AMONG)).all()
    if not found:
        return None
    number, portfolio_id = secrets.choice(found)
    line = session.exec(select(CallerNumber.number).where(col(CallerNumber.portfolio_id) == portfolio_id)).first()
    return (number, line) if line is not None else None

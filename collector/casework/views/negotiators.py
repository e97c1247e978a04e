"""Who may be named to go on talking about an account that the legal team has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from collector.identity.rules import Role
from collector.identity.tables import User
from collector.portfolio.tables import PortfolioAccess

TALKING = frozenset({Role.agent.value, Role.senior.value, Role.supervisor.value, Role.legal.value})


def negotiators(session: Session, portfolio_id: int) -> Sequence[User]:
    """Users who work, see the portfolio and may have a borrower on the line, by login."""
    given = select(PortfolioAccess.user_id).where(PortfolioAccess.portfolio_id == portfolio_id)
    found = select(User).where(
        col(User.disabled_at).is_(None), or_(col(User.all_portfolios).is_(True), col(User.id).in_(given))
    )
    rows = session.exec(found.order_by(col(User.name))).all()
    return [row for row in rows if TALKING & set(row.roles.split(","))]


def by_default(may_talk: Sequence[User], owner_id: int | None, actor_id: int | None) -> User | None:
    """Who talks where nobody is named: the account's owner, or else who decides; of those who may."""
    known = {user.id: user for user in may_talk}
    return next((known[number] for number in (owner_id, actor_id) if number is not None and number in known), None)

"""How much the people of a floor can do in a day."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import Session, col, select

from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.planning.rules import Context
from collector.portfolio.tables import PortfolioAccess

TALKING = frozenset({Role.agent.value, Role.senior.value})
"""Roles of those who make the calls."""


def agents_places(session: Session, ctx: Context) -> dict[str, int]:
    """How many calls a day the agents of each level can make in this portfolio; empty: there are none, no limit.

    An agent without a level takes calls of every level, and counts as a senior, who helps below.
    """
    people = session.exec(
        select(User.level, User.roles)
        .where(col(User.disabled_at).is_(None))
        .where(
            or_(
                col(User.all_portfolios),
                select(PortfolioAccess.id)
                .where(
                    col(PortfolioAccess.user_id) == col(User.id),
                    col(PortfolioAccess.portfolio_id) == ctx.portfolio_id,
                )
                .exists(),
            )
        )
    ).all()
    agents = [level or Level.senior for level, roles in people if TALKING & set(roles.split(","))]
    each = ctx.strategy.capacity.accounts_per_agent
    return {level.value: each * agents.count(level) for level in Level} if agents else {}

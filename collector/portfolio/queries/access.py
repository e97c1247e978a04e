"""Who may see which portfolio, for whoever gives that out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from collector.portfolio.tables import Portfolio, PortfolioAccess


def codes_by_user(session: Session) -> Mapping[int, Sequence[str]]:
    """User → codes of the portfolios they were given, by code."""
    return _codes_by(session, PortfolioAccess.user_id)


def codes_by_key(session: Session) -> Mapping[int, Sequence[str]]:
    """The same of API keys."""
    return _codes_by(session, PortfolioAccess.api_key_id)


def _codes_by(session: Session, owner: Any) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.exec(
        select(owner, Portfolio.code)
        .join(Portfolio, col(Portfolio.id) == col(PortfolioAccess.portfolio_id))
        .where(col(owner).is_not(None))
        .order_by(Portfolio.code)
    )
    for number, code in rows:
        found[number].append(code)
    return found

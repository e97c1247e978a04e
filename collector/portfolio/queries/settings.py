"""What holds for a whole portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.portfolio.rules.settings import Reckoning, SettingKind, read_reckoning
from collector.portfolio.tables import PortfolioSetting


def settings_of(session: Session, portfolio_id: int, kind: SettingKind) -> Sequence[PortfolioSetting]:
    """All of that kind, the one that holds first."""
    asked = select(PortfolioSetting).where(PortfolioSetting.portfolio_id == portfolio_id, PortfolioSetting.kind == kind)
    return session.exec(asked.order_by(col(PortfolioSetting.id).desc())).all()


def creditor_of(session: Session, portfolio_id: int) -> dict[str, str]:
    """What papers say of the creditor beside its name; empty: it was not set yet."""
    rows = settings_of(session, portfolio_id, SettingKind.creditor)
    return dict(rows[0].body) if rows else {}


class Own(NamedTuple):
    """A portfolio's own reckoning, and by which clause it holds."""

    reckoning: Reckoning
    reason: str


def reckoning_of(session: Session, portfolio_id: int) -> Own | None:
    """How its contracts are reckoned; None: as the law of the place has it."""
    rows = settings_of(session, portfolio_id, SettingKind.reckoning)
    return Own(read_reckoning(rows[0].body), rows[0].reason) if rows else None

"""Rates of contracts that change while they run, and what else is agreed for a portfolio as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.history.actions.keep import add
from collector.identity.rules import Actor
from collector.portfolio.rules.settings import SettingKind
from collector.portfolio.tables import PortfolioSetting, RateChange

PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?")
MOST_REASON = 200


def check_rates(annual_rate: str | None, penalty_rate: str | None, reason: str) -> None:
    """Percent a year as decimal text; neither, or no number, or no reason, is a `BadInput`."""
    given = [rate for rate in (annual_rate, penalty_rate) if rate is not None]
    if not given or not all(PERCENT.fullmatch(rate) for rate in given):
        raise BadInput("give the annual rate, the penalty rate or both, in percent a year such as 14.07")
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise BadInput(f"say in 1 to {MOST_REASON} characters by which clause or notice the rate changes")


def note_rate_change(
    session: Session,
    _office: Office,
    portfolio_id: int,
    account_id: int | None,
    from_on: date,
    *,
    product: str | None = None,
    annual_rate: str | None = None,
    penalty_rate: str | None = None,
    reason: str,
    asked_by: str = "",
    actor: Actor,
    now: datetime,
) -> RateChange:
    """From that day on other rates hold: for one account, or all of a product, or (neither named) all of a portfolio,
    as far as none of their own is nearer. Checked as `check_rates` says."""
    check_rates(annual_rate, penalty_rate, reason)
    if account_id is not None and product is not None:
        raise BadInput("a change is for an account or for a product, not for both")
    row = RateChange(
        portfolio_id=portfolio_id,
        account_id=account_id,
        product=product,
        from_on=from_on,
        annual_rate=annual_rate,
        penalty_rate=penalty_rate,
        reason=reason.strip(),
        asked_by=asked_by,
        actor=actor.name,
        recorded_at=now,
    )
    rates = {"annual_rate": annual_rate, "penalty_rate": penalty_rate, "product": product}
    add(session, row, actor.name, "rate.changed", {"account": account_id, "from": from_on.isoformat(), **rates}, now)
    return row


def set_portfolio(
    session: Session,
    _office: Office,
    portfolio_id: int,
    kind: SettingKind,
    body: Mapping[str, Any],
    *,
    reason: str,
    asked_by: str,
    actor: Actor,
    now: datetime,
) -> PortfolioSetting:
    """From now on this holds for the portfolio. The approval checked it; the entry tells of the fields only."""
    row = PortfolioSetting(
        portfolio_id=portfolio_id,
        kind=kind,
        body=dict(body),
        reason=reason,
        asked_by=asked_by,
        agreed_by=actor.name,
        at=now,
    )
    detail = {"portfolio": portfolio_id, "kind": kind.value, "fields": sorted(body)}
    add(session, row, actor.name, "portfolio.set", detail, now)
    return row

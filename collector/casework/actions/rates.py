"""Rates of contracts that change while they run."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlmodel import Session

from collector.casework.office import Office
from collector.foundation.errors import BadInput
from collector.history.actions.keep import add
from collector.identity.rules import Actor
from collector.portfolio.tables import RateChange

PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?")


def note_rate_change(
    session: Session,
    _office: Office,
    portfolio_id: int,
    account_id: int | None,
    from_on: date,
    *,
    annual_rate: str | None = None,
    penalty_rate: str | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> RateChange:
    """From that day on other rates hold, for one account or (None) for all of a portfolio that have none of their own.
    Percent a year as decimal text; neither, or no number, or no reason, is a `BadInput`."""
    given = [rate for rate in (annual_rate, penalty_rate) if rate is not None]
    if not given or not all(PERCENT.fullmatch(rate) for rate in given):
        raise BadInput("give the annual rate, the penalty rate or both, in percent a year such as 14.07")
    if not reason.strip():
        raise BadInput("say by which clause or notice the rate changes")
    row = RateChange(
        portfolio_id=portfolio_id,
        account_id=account_id,
        from_on=from_on,
        annual_rate=annual_rate,
        penalty_rate=penalty_rate,
        reason=reason.strip(),
        actor=actor.name,
        recorded_at=now,
    )
    rates = {"annual_rate": annual_rate, "penalty_rate": penalty_rate}
    add(session, row, actor.name, "rate.changed", {"account": account_id, "from": from_on.isoformat(), **rates}, now)
    return row

"""Raising the alarms of clocks: each once, with its audit entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from collector.facts.clocks import read_clocks
from collector.foundation.clock import local_day
from collector.history.actions.keep import add
from collector.identity.rules import Actor
from collector.legal.queries import told
from collector.legal.rules import Alarm, alarms_due
from collector.legal.tables import ClockAlarm
from collector.portfolio.queries import portfolio_of


def raise_alarms(
    session: Session, portfolio_id: int, account_ids: Collection[int], *, now: datetime, actor: Actor
) -> int:
    """Every alarm that the clocks of these accounts have reached by now and that was not raised yet; returns how many.
    The caller holds the people of the accounts."""
    today = local_day(now, portfolio_of(session, portfolio_id).timezone)
    before = told(session, account_ids)
    known = {(row.account_id, row.clock, row.cautious_on, row.ahead) for rows in before.values() for row in rows}
    raised = 0
    for account_id, (clocks, _) in sorted(read_clocks(session, account_ids, now).items()):
        for alarm in alarms_due(clocks, today):
            if (account_id, alarm.clock.key, alarm.clock.cautious_on, alarm.ahead) in known:
                continue
            row = _row(alarm, portfolio_id, account_id, now)
            row.day = today
            detail = {"account": account_id, "clock": row.clock, "cautious_on": row.cautious_on.isoformat()}
            add(session, row, actor.name, "clock.alarm", detail | {"ahead": row.ahead}, now)
            raised += 1
    return raised


def _row(alarm: Alarm, portfolio_id: int, account_id: int, now: datetime) -> ClockAlarm:
    clock = alarm.clock
    return ClockAlarm(
        portfolio_id=portfolio_id,
        account_id=account_id,
        clock=clock.key,
        kind=clock.kind,
        legal_on=clock.legal_on,
        cautious_on=clock.cautious_on,
        ahead=alarm.ahead,
        day=now.date(),
        raised_at=now,
    )

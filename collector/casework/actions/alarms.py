"""The alarms of every account with a debt, referred or not: a part of the sweep."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.identity.rules import Actor
from collector.legal.actions import raise_alarms as raise_some
from collector.legal.queries import CHUNK, near
from collector.portfolio.tables import Account, Portfolio


def raise_alarms(office: Office, at: datetime, actor: Actor) -> int:
    """Raise what is due; returns how many. Once a day every account near a date, or with more clocks than one, is
    looked at; in between only those whose first date nobody was told of: something of today moved it. Each chunk is a
    transaction of its own."""
    raised = 0
    with office.database.read() as session:
        zones = session.exec(select(Portfolio.id, Portfolio.timezone).order_by(col(Portfolio.id))).all()
    for number, zone in zones:
        today = local_day(at, zone)
        with office.database.read() as session:
            accounts = near(session, number or 0, today, untold=office.alarmed.get(number or 0) == today)
        for start in range(0, len(accounts), CHUNK):
            raised += _chunk(office, number or 0, accounts[start : start + CHUNK], at, actor)
        office.alarmed[number or 0] = today
    return raised


def _chunk(office: Office, portfolio_id: int, accounts: list[int], at: datetime, actor: Actor) -> int:
    with office.database.begin() as session:
        people = set(session.exec(select(col(Account.person_id)).where(among(session, Account.id, accounts))))
        lock_people(session, sorted(people))
        return raise_some(session, portfolio_id, accounts, now=at, actor=actor)

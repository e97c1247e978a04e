"""Is today ready? One light each for database, payments, plan, carrier, the red switch and the audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from collector.audit.queries import unsealed_newest
from collector.casework.office import Office
from collector.foundation.clock import day_start, local_day
from collector.foundation.database import is_postgresql
from collector.foundation.errors import NotReady
from collector.history.rules import HoldScope
from collector.history.tables import Hold
from collector.identity.rules import Scope
from collector.planning.rules import RunState
from collector.planning.tables import PlanRun
from collector.portfolio.queries import portfolios
from collector.portfolio.tables import Portfolio

SAFE_SQLITE = (3, 51, 3)
"""From here on the WAL reset is sound (security section 3); older builds are fine for a demo."""
SEALED_WITHIN = timedelta(seconds=10)
"""The longest that an entry waits for its seal (security section 3)."""


class State(StrEnum):
    good = "good"
    look = "look"
    bad = "bad"


@dataclass(frozen=True, slots=True)
class Light:
    """One answer to "is today ready?". `sentence` with its `parts` filled in is what it says."""

    name: str
    state: State
    sentence: str
    parts: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.sentence.format(**self.parts)


def readiness(session: Session, office: Office, scope: Scope, now: datetime) -> list[Light]:
    """The lights: database, payments loaded, plan run, carrier, audit sealed. Words name no portfolio: a monitor may
    read them."""
    books = portfolios(session, scope)
    loaded, planned = _payments(books, now), _plans(session, books, now)
    return [_database(session), loaded, planned, _carrier(office, now), _stopped(session, now), _audit(session, now)]


def _database(session: Session) -> Light:
    if is_postgresql(session):
        return Light("database", State.good, "PostgreSQL answers")
    version = sqlite3.sqlite_version_info
    if version >= SAFE_SQLITE:
        return Light("database", State.good, "SQLite answers")
    parts = {"version": sqlite3.sqlite_version}
    return Light("database", State.look, "SQLite {version} answers; for production use PostgreSQL", parts)


def _payments(books: Sequence[Portfolio], now: datetime) -> Light:
    if not books:
        return Light("payments", State.look, "no portfolio is loaded yet")
    yesterday = timedelta(days=1)
    stale = sum(
        1
        for book in books
        if not book.payments_as_of
        or book.payments_as_of < day_start(local_day(now, book.timezone), book.timezone) - yesterday
    )
    if stale:
        parts = {"some": stale, "all": len(books)}
        return Light("payments", State.look, "{some} of {all} portfolios have no payments since yesterday", parts)
    return Light("payments", State.good, "payments are loaded")


def _plans(session: Session, books: Sequence[Portfolio], now: datetime) -> Light:
    current = session.exec(select(PlanRun).where(PlanRun.state == RunState.current))
    planned = {run.portfolio_id: run.day for run in current}
    missing = sum(1 for book in books if planned.get(book.id or 0) != local_day(now, book.timezone))
    if missing:
        parts = {"some": missing, "all": len(books)}
        return Light("plan", State.look, "{some} of {all} portfolios have no plan for today", parts)
    return Light("plan", State.good, "today is planned")


def _carrier(office: Office, now: datetime) -> Light:
    if office.settings.sandboxed:
        return Light("carrier", State.look, "a make-believe carrier: nobody real can be reached from here")
    try:
        office.require_armed(now, now)
    except NotReady:
        return Light("carrier", State.bad, "not armed: nothing is sent from this database")
    return Light("carrier", State.good, "armed to contact people")


def _audit(session: Session, now: datetime) -> Light:
    count, since = unsealed_newest(session)
    if since is not None and now - since > SEALED_WITHIN:
        return Light("audit", State.look, "{count} entries of the audit wait to be sealed", {"count": count})
    return Light("audit", State.good, "the audit is sealed")


def _stopped(session: Session, now: datetime) -> Light:
    held = session.exec(
        select(Hold.id).where(
            Hold.scope == HoldScope.everything,
            col(Hold.lifted_at).is_(None),
            or_(col(Hold.until).is_(None), col(Hold.until) > now),
        )
    ).first()
    if held is not None:
        return Light("contact", State.bad, "the red switch is on: all contact is stopped")
    return Light("contact", State.good, "contact is allowed")

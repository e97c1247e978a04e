"""Everything a supervisor sees at a glance: is today ready, queues, figures, approvals, holds, and the rail beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.casework.letters.lists import Against, posted_against
from collector.casework.office import Office
from collector.casework.views.agents import Agent, agents
from collector.casework.views.allocation import Owned, owned
from collector.casework.views.call_queues import Queue, call_queues
from collector.casework.views.campaigns import paused
from collector.casework.views.halts import segments_of
from collector.casework.views.pulse import Pulse, calls_today, pulse
from collector.casework.views.rail import CallerLine, Complaints, Missed, caller_lines, complaints, missed_calls, sends
from collector.casework.views.readiness import Light, readiness
from collector.casework.views.refusals import Counted, counted, refused_today
from collector.casework.views.untouched import Untouched, untouched
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.history.rules import HoldScope
from collector.history.tables import Campaign, Hold
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolios
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import PaymentRow, Portfolio

AGAINST_FOR = timedelta(days=30)
"""How long the floor tells of a letter that left against the gate's no."""


@dataclass(frozen=True, slots=True)
class Floor:
    at: datetime
    zone: str
    """Of the first portfolio: the clock of what is said of the floor as a whole."""
    lights: Sequence[Light]
    pulse: Pulse
    queues: Sequence[Queue]
    agents: Sequence[Agent]
    owned: Owned
    refusals: Counted
    """Of today."""
    refused: int
    """Contacts that were refused today, whichever rules spoke."""
    untouched: Sequence[Untouched]
    sends: Sequence[tuple[str, int]]
    complaints: Complaints
    callers: Sequence[CallerLine]
    missed: Missed
    against: Sequence[Against]
    """Letters that left although the gate said no, of the last days."""
    paused: Sequence[Campaign]
    """Campaigns that a person has to look at."""
    held_payments: int
    holds: Sequence[Hold]
    segments: Mapping[int, Sequence[str]]
    """Of the strategy of each portfolio that is looked at."""
    portfolios: Sequence[Portfolio]
    """All of the scope."""


def floor(
    session: Session,
    office: Office,
    scope: Scope,
    now: datetime,
    portfolio_id: int | None = None,
    quiet: Sequence[Untouched] | None = None,
) -> Floor:
    """The portfolios of the scope, or that one of them; foreign and absent are the same `NotFound`. `quiet`: the
    untouched accounts as they were counted a moment ago; None: they are counted now."""
    everything = portfolios(session, scope)
    seen = narrowed(scope, everything, portfolio_id)
    books = [book for book in everything if seen.admits(book.id or 0)]
    zone = books[0].timezone if books else "UTC"
    calls = calls_today(session, books, now)
    return Floor(
        at=now,
        zone=zone,
        lights=readiness(session, office, scope, now),
        pulse=pulse(session, books, calls, now),
        queues=call_queues(session, books, now),
        agents=agents(session, seen, now, zone),
        owned=owned(session, seen, now),
        refusals=counted(session, seen, now, days=1),
        refused=refused_today(session, seen, now),
        untouched=untouched(session, books, now) if quiet is None else quiet,
        sends=sends(session, books, now),
        complaints=complaints(session, seen, local_day(now, zone)),
        callers=caller_lines(session, books, calls, now),
        missed=missed_calls(session, books, now),
        against=posted_against(session, seen, now - AGAINST_FOR),
        paused=paused(session, seen),
        held_payments=held_count(session, seen),
        holds=wide_holds(session, scope, now),
        segments={book.id or 0: segments_of(session, book, now) for book in books},
        portfolios=everything,
    )


def narrowed(scope: Scope, books: Sequence[Portfolio], portfolio_id: int | None) -> Scope:
    """The scope, or that one portfolio of it."""
    if portfolio_id is None:
        return scope
    if portfolio_id not in {book.id for book in books}:
        raise NotFound("there is no such portfolio")
    return Scope(frozenset({portfolio_id}))


def held_count(session: Session, scope: Scope) -> int:
    """Payments that match no account and wait for a person."""
    statement = select(func.count()).select_from(PaymentRow).where(PaymentRow.state == PaymentState.held)
    if scope.portfolio_ids is not None:
        statement = statement.where(col(PaymentRow.portfolio_id).in_(scope.portfolio_ids))
    return session.exec(statement).one()


def wide_holds(session: Session, scope: Scope, now: datetime) -> Sequence[Hold]:
    """Holds in force on everything, a portfolio or a segment: those of the scope."""
    statement = select(Hold).where(
        col(Hold.scope).in_([HoldScope.everything, HoldScope.portfolio, HoldScope.segment]),
        col(Hold.lifted_at).is_(None),
        or_(col(Hold.until).is_(None), col(Hold.until) > now),
    )
    rows = session.exec(statement.order_by(col(Hold.id))).all()
    return [row for row in rows if row.portfolio_id is None or scope.admits(row.portfolio_id)]

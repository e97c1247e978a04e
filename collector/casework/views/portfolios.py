"""Portfolios as their page shows them: who collects for whom, the numbers that call, whom people are told to pay, what
of it is about to change and what was changed, and who may see the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.foundation.errors import NotFound
from collector.history.rules import ANSWERED, Channel, Direction
from collector.history.tables import Attempt, OutcomeRow
from collector.identity.rules import Scope
from collector.identity.tables import Approval, User
from collector.portfolio import ways
from collector.portfolio.queries import callers, portfolios
from collector.portfolio.rules.ways import Ways, WaysState
from collector.portfolio.tables import Account, CallerNumber, Portfolio, PortfolioAccess, WaysChange

LOOKED_BACK = timedelta(days=30)
"""Over which a number's answers are counted."""
EARLIER = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A caller number, its outbound calls of the last 30 days, and those that somebody answered."""

    row: CallerNumber
    placed: int
    answered: int


@dataclass(frozen=True, slots=True)
class Summary:
    book: Portfolio
    accounts: int
    callers: int
    proposal: Approval | None
    waiting: WaysChange | None


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """`proposal` waits for a second person, `waiting` for its moment; `earlier` are over, newest first."""

    book: Portfolio
    accounts: int
    lines: Sequence[Line]
    ways: Ways
    proposal: Approval | None
    waiting: WaysChange | None
    earlier: Sequence[WaysChange]
    seen_by: Sequence[User]


def summaries(session: Session, scope: Scope) -> list[Summary]:
    """Every portfolio of the scope, in short."""
    return [
        Summary(
            book,
            _accounts(session, book.id or 0),
            sum(bool(row.channels) for row in callers(session, book.id or 0)),
            ways.open_proposal(session, book.id or 0),
            ways.waiting_change(session, book.id or 0),
        )
        for book in portfolios(session, scope)
    ]


def one(session: Session, scope: Scope, portfolio_id: int) -> Portfolio:
    """The portfolio, inside the scope; else `NotFound`."""
    book = session.get(Portfolio, portfolio_id) if scope.admits(portfolio_id) else None
    if book is None:
        raise NotFound
    return book


def change(session: Session, scope: Scope, change_id: int) -> WaysChange:
    """An agreed change of a portfolio of the scope; else `NotFound`."""
    row = session.get(WaysChange, change_id)
    if row is None or not scope.admits(row.portfolio_id):
        raise NotFound
    return row


def asked_by_file(session: Session, scope: Scope, at: datetime) -> list[Portfolio]:
    """Portfolios whose ways to pay the file that was loaded at that moment has otherwise: it proposed them."""
    mine = Approval.kind == ways.WAYS, Approval.made_at == at
    rows = session.exec(select(Approval).where(*mine).order_by(col(Approval.id))).all()
    ids = [row.body["portfolio"] for row in rows if row.body["file"] and scope.admits(row.body["portfolio"])]
    return [session.get_one(Portfolio, number) for number in dict.fromkeys(ids)]


def portfolio_view(session: Session, scope: Scope, portfolio_id: int, now: datetime) -> PortfolioView:
    book = one(session, scope, portfolio_id)
    over = WaysChange.portfolio_id == portfolio_id, WaysChange.state != WaysState.waiting
    earlier = select(WaysChange).where(*over).order_by(col(WaysChange.id).desc()).limit(EARLIER)
    return PortfolioView(
        book,
        _accounts(session, portfolio_id),
        _lines(session, portfolio_id, now),
        ways.ways_of(session, book),
        ways.open_proposal(session, portfolio_id),
        ways.waiting_change(session, portfolio_id),
        session.exec(earlier).all(),
        _seen_by(session, portfolio_id),
    )


def _accounts(session: Session, portfolio_id: int) -> int:
    statement = select(func.count()).select_from(Account).where(Account.portfolio_id == portfolio_id)
    return session.exec(statement).one()


def _lines(session: Session, portfolio_id: int, now: datetime) -> list[Line]:
    heard = select(OutcomeRow.id).where(
        col(OutcomeRow.attempt_id) == col(Attempt.id), col(OutcomeRow.outcome).in_(sorted(ANSWERED))
    )
    called = (
        col(Attempt.portfolio_id) == portfolio_id,
        col(Attempt.channel) == Channel.call,
        col(Attempt.direction) == Direction.outbound,
        col(Attempt.at) > now - LOOKED_BACK,
    )
    each = select(Attempt.caller, func.count()).where(*called).group_by(col(Attempt.caller))
    placed = dict(session.exec(each).all())
    answered = dict(session.exec(each.where(heard.exists())).all())
    return [Line(row, placed.get(row.number, 0), answered.get(row.number, 0)) for row in callers(session, portfolio_id)]


def _seen_by(session: Session, portfolio_id: int) -> Sequence[User]:
    """Who may open its accounts: users who were given it, and those who see everything."""
    given = select(PortfolioAccess.user_id).where(PortfolioAccess.portfolio_id == portfolio_id)
    statement = select(User).where(
        or_(col(User.all_portfolios).is_(True), col(User.id).in_(given)), col(User.disabled_at).is_(None)
    )
    return session.exec(statement.order_by(col(User.name))).all()

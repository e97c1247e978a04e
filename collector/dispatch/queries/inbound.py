"""Calls that came in: held until commit, in an agent's hand, and the desks they may ring."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from collector.dispatch.queries.agents import calls_in_hand, choices_of
from collector.dispatch.rules import AT_A_DESK, DeskPhone, InboundState, state_of
from collector.dispatch.tables import InboundCall
from collector.foundation.database import among
from collector.history.tables import OutcomeRow
from collector.identity.absences import away
from collector.identity.actions import IDLE, LONGEST
from collector.identity.rules import Role, Scope
from collector.identity.tables import User, UserSession
from collector.portfolio.tables import PortfolioAccess

TAKES_CALLS = frozenset({Role.agent.value, Role.senior.value})
"""Whose work it is to answer whoever calls."""


def held_inbound(session: Session, *, sid: str = "", call_id: int | None = None) -> InboundCall | None:
    """The call, read afresh and held until commit."""
    wanted = InboundCall.id == call_id if call_id is not None else InboundCall.sid == sid
    statement = select(InboundCall).where(wanted).with_for_update().execution_options(populate_existing=True)
    return session.exec(statement).first()


def inbound_in_hand(session: Session, user_id: int | None) -> InboundCall | None:
    """The call that rings this user's phone, that they talk in, or whose result they have not said: the newest."""
    if user_id is None:
        return None
    statement = select(InboundCall).where(col(InboundCall.user_id) == user_id, col(InboundCall.state).in_([*AT_A_DESK]))
    return session.exec(statement.order_by(col(InboundCall.id).desc()).limit(1)).first()


def at_desks(session: Session) -> Sequence[InboundCall]:
    """Every call that is at a desk, the newest last."""
    statement = select(InboundCall).where(
        col(InboundCall.state).in_([*AT_A_DESK]), col(InboundCall.user_id).is_not(None)
    )
    return session.exec(statement.order_by(col(InboundCall.id))).all()


def left_behind(session: Session, ringing_before: datetime, talking_before: datetime) -> Sequence[InboundCall]:
    """Calls whose end the carrier never told us."""
    rings = (col(InboundCall.state) == InboundState.ringing) & (col(InboundCall.at) < ringing_before)
    talks = (col(InboundCall.state) == InboundState.talking) & (col(InboundCall.answered_at) < talking_before)
    return session.exec(select(InboundCall).where(or_(rings, talks)).order_by(col(InboundCall.id)).limit(100)).all()


def users_of(session: Session, scope: Scope) -> list[User]:
    """Users who see a portfolio of the scope."""
    statement = select(User).where(col(User.disabled_at).is_(None)).order_by(col(User.name))
    if scope.portfolio_ids is not None:
        sees = select(PortfolioAccess.user_id).where(
            col(PortfolioAccess.portfolio_id).in_(scope.portfolio_ids), col(PortfolioAccess.user_id).is_not(None)
        )
        statement = statement.where(or_(col(User.all_portfolios), col(User.id).in_(sees)))
    return list(session.exec(statement))


def signed_in(session: Session, user_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Since when, by user: the newest session that lives."""
    statement = (
        select(UserSession.user_id, func.max(UserSession.created_at))
        .where(
            among(session, UserSession.user_id, user_ids),
            col(UserSession.ended_at).is_(None),
            col(UserSession.seen_at) >= now - IDLE,
            col(UserSession.created_at) >= now - LONGEST,
        )
        .group_by(col(UserSession.user_id))
    )
    return dict(session.exec(statement).all())


def desk_phones(session: Session, portfolio_id: int, at: datetime) -> list[DeskPhone]:
    """Everyone who sees that portfolio and is not away, and what they are doing."""
    not_here = away(session, at)
    users = [user for user in users_of(session, Scope(frozenset({portfolio_id}))) if user.id not in not_here]
    ids = [user.id or 0 for user in users]
    names = {f"user:{user.name}": user.id or 0 for user in users}
    choices, here = choices_of(session, ids), signed_in(session, ids, at)
    held, worked = calls_in_hand(session, names, at), _last_results(session, names, at)
    found = []
    for name, user in zip(names, users, strict=True):
        user_id, mine = user.id or 0, held.get(name)
        call = mine.call if mine else None
        state, since = state_of(choices.get(user_id), call, here.get(user_id), worked.get(name))
        takes_any = bool(TAKES_CALLS & set(user.roles.split(",")))
        found.append(DeskPhone(user_id, user.phone, state, since, user.level, takes_any))
    return found


def _last_results(session: Session, names: Collection[str], at: datetime) -> dict[str, datetime]:
    """When each of them last said how a call went, of those who did since they may be signed in."""
    statement = (
        select(OutcomeRow.actor, func.max(OutcomeRow.recorded_at))
        .where(col(OutcomeRow.recorded_at) >= at - LONGEST, among(session, OutcomeRow.actor, names))
        .group_by(col(OutcomeRow.actor))
    )
    return dict(session.exec(statement).all())

"""Ways to pay that two people agreed to come into force when their day is there, or are cancelled before."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.office import Office
from collector.compliance.actions import keep_policy
from collector.identity.rules import WORKER, Actor
from collector.planning.queries import policy_in_force
from collector.portfolio import ways
from collector.portfolio.rules.ways import WaysState
from collector.portfolio.tables import Portfolio, WaysChange


def ways_take_effect(office: Office, at: datetime, actor: Actor = WORKER) -> int:
    """Changes whose moment is there, each in a transaction of its own; how many came into force."""
    due = WaysChange.state == WaysState.waiting, col(WaysChange.starts_at) <= at
    with office.database.read() as session:
        ids = session.exec(select(WaysChange.id).where(*due).order_by(col(WaysChange.id))).all()
    count = 0
    for number in ids:
        with office.database.begin() as session:
            count += _take_effect(session, office, number or 0, at, actor)
    return count


def _take_effect(session: Session, office: Office, change_id: int, at: datetime, actor: Actor) -> bool:
    row = session.get_one(WaysChange, change_id)
    if row.state is not WaysState.waiting:  # cancelled since it was found
        return False
    row = ways.take_effect(session, change_id, actor, at)
    book = session.get_one(Portfolio, row.portfolio_id)
    # The gate asks for the sender's name: which one judges from now on is on record.
    policy = policy_in_force(session, book, office.capabilities, at)
    keep_policy(session, policy, row.portfolio_id, actor.name, at)
    return row.state is WaysState.in_force


def cancel_ways(
    session: Session, _office: Office, change_id: int, *, at: datetime, actor: Actor, reason: str
) -> WaysChange:
    """An agreed change shall not come into force; say why."""
    return ways.cancel(session, change_id, actor, at, reason)

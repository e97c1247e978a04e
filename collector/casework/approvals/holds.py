"""A hold made longer than one person may: nobody parks a case alone (security section 1, commission)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.clock import parse_moment
from collector.identity import actions as identity
from collector.identity.queries import find_user
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Account

HOLD = "hold"


def propose(
    session: Session, account: Account, hold_id: int, until: datetime, why: str, maker: Actor, now: datetime
) -> Approval:
    """Ask a supervisor, and say why. The same question that waits already is returned."""
    body = {**actions.hold_body(session, account.id or 0, hold_id, until), "why": why}
    return ask(session, HOLD, f"hold:{body['hold']}", body, maker, now, account.portfolio_id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """In the name of who asked, as the supervisor agreed."""
    body = approval.body
    maker = find_user(session, approval.maker)
    actions.extend_hold(
        session,
        office,
        account_id=body["account"],
        hold_id=body["hold"],
        until=parse_moment(body["until"]),
        at=at,
        actor=identity.actor_of(maker) if maker else actor,
        note=body["why"],
        approval_id=approval.id,
    )


KIND = Kind(HOLD, frozenset({Role.supervisor}), carry_out)

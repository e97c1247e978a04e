"""A purge, and a hold on what must not go: proposed by one person, agreed to by another. Nothing is removed, and no
order of a regulator is set aside, by one person alone."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.legal.retention.actions import going
from collector.legal.retention.rules import PurgeState
from collector.legal.retention.tables import Purge, RetentionHold
from collector.portfolio.tables import Account, Portfolio

PURGE_KIND, HOLD_KIND = "purge", "retention_hold"
DECIDERS = frozenset({Role.legal, Role.admin})
MOST = 200
"""Characters of a reason."""


def propose_purge(session: Session, office: Office, purge_id: int, maker: Actor, now: datetime) -> Approval:
    """Ask for a second person: exactly what was counted. `BadInput` where nothing may go."""
    row = session.get(Purge, purge_id)
    if row is None:
        raise NotFound(f"there is no purge {purge_id}; collector retention plan makes one")
    if not going(row.found):
        raise BadInput("nothing may go yet: every record is within a term or held")
    body = {"purge": purge_id, "as_of": row.as_of.isoformat(), "found": row.found}
    if row.state is PurgeState.planned:
        actions.move_purge(session, office, purge_id, PurgeState.asked, at=now, actor=maker)
    elif row.state is not PurgeState.asked:
        raise Conflict("this purge is not at that point any more; look at its state")
    return ask(session, PURGE_KIND, f"purge:{purge_id}", body, maker, now, None)


def _purge(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    """Agreed to; the worker, or a command, removes."""
    row = actions.move_purge(session, office, approval.body["purge"], PurgeState.approved, at=at, actor=actor)
    row.approval_id = approval.id
    session.add(row)


def _no_purge(session: Session, approval: Approval, actor: Actor, at: datetime) -> None:
    actions.drop_purge(session, approval.body["purge"], at=at, actor=actor)


def propose_hold(
    session: Session, book: Portfolio, account: Account | None, reason: str, maker: Actor, now: datetime
) -> Approval:
    """Ask that nothing of an account, or of all the portfolio, be removed. It holds from the yes on."""
    words = " ".join(reason.split())[:MOST]
    if not words:
        raise BadInput("say by whose letter or order it is held")
    body = {"portfolio": book.id, "account": account.id if account else None, "reason": words, "lifts": None}
    subject = f"account:{account.id}" if account else f"portfolio:{book.id}"
    return ask(session, HOLD_KIND, subject, body, maker, now, book.id)


def propose_lifting(session: Session, hold_id: int, reason: str, maker: Actor, now: datetime) -> Approval:
    """Ask that terms count again."""
    row = session.get(RetentionHold, hold_id)
    if row is None:
        raise NotFound(f"there is no retention hold {hold_id}")
    if row.lifted_at is not None:
        raise Conflict("this hold was lifted already")
    words = " ".join(reason.split())[:MOST]
    if not words:
        raise BadInput("say why it need not be held any more")
    body = {"portfolio": row.portfolio_id, "account": row.account_id, "reason": words, "lifts": hold_id}
    return ask(session, HOLD_KIND, f"retention_hold:{hold_id}", body, maker, now, row.portfolio_id)


def _hold(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    body, number = approval.body, approval.id or 0
    if body["lifts"] is not None:
        actions.lift_retention_hold(session, office, body["lifts"], approval_id=number, at=at, actor=actor)
        return
    about = {"portfolio_id": body["portfolio"], "account_id": body["account"], "reason": body["reason"]}
    actions.put_retention_hold(session, office, **about, approval_id=number, at=at, actor=actor)


PURGE = Kind(PURGE_KIND, DECIDERS, _purge, _no_purge)
HOLD = Kind(HOLD_KIND, DECIDERS, _hold)

"""Hand-offs to skip-tracing and legal, with their evidence (handbook section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.history import rules
from collector.history.actions.keep import add, change, fetch
from collector.history.rules import ReferralKind, ReferralState
from collector.history.tables import Referral
from collector.identity.rules import Actor

OPEN = (ReferralState.proposed, ReferralState.accepted)


def open_referral(
    session: Session,
    *,
    kind: ReferralKind,
    person_id: int,
    account_id: int,
    portfolio_id: int,
    reasons: Sequence[dict[str, Any]],
    evidence: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> Referral:
    """Propose the hand-off. One is open per account, person and kind: when there is one, it is returned as it is."""
    running = select(Referral).where(
        col(Referral.kind) == kind,
        col(Referral.person_id) == person_id,
        col(Referral.account_id) == account_id,
        col(Referral.state).in_(OPEN),
    )
    before = session.exec(running.limit(1)).first()
    if before is not None:
        return before
    row = Referral(
        kind=kind,
        person_id=person_id,
        account_id=account_id,
        portfolio_id=portfolio_id,
        reasons=list(reasons),
        evidence=evidence,
        opened_at=now,
        opened_by=actor.name,
        state_at=now,
        state_by=actor.name,
    )
    triggers = [reason.get("trigger") for reason in reasons]
    detail = {"kind": kind.value, "person": person_id, "account": account_id, "triggers": triggers}
    add(session, row, actor.name, "referral.opened", detail, now)
    return row


def move_referral(
    session: Session, referral_id: int, to: ReferralState, now: datetime, actor: Actor, reason: str = ""
) -> Referral:
    """Accept, return, recall or close it; a move that does not exist is a `Conflict`."""
    row = fetch(session, Referral, referral_id)
    before = row.state
    row.state = rules.move_referral(before, to)
    row.state_at, row.state_by, row.state_reason = now, actor.name, reason
    detail = {"account": row.account_id, "before": before.value, "after": to.value}
    change(session, row, actor.name, "referral.moved", detail, now)
    return row

"""Hand-offs to skip-tracing and legal: their evidence, and every step that is decided (handbook section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from collector.foundation.database import lock_key
from collector.foundation.errors import Conflict
from collector.history import rules
from collector.history.actions.keep import add, change, fetch
from collector.history.rules import ReferralKind, ReferralState, Route, StepKind
from collector.history.tables import Filing, Referral, ReferralStep
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
    session: Session,
    referral_id: int,
    to: ReferralState,
    now: datetime,
    actor: Actor,
    reason: str = "",
    *,
    route: Route | None = None,
    proposed: Route | None = None,
    negotiator_id: int | None = None,
) -> Referral:
    """Accept, return, recall or close it; a move that does not exist is a `Conflict`. On acceptance: by which route,
    and who may go on talking."""
    row = fetch(session, Referral, referral_id)
    before = row.state
    row.state = rules.move_referral(before, to)
    row.state_at, row.state_by, row.state_reason = now, actor.name, reason
    if to is ReferralState.accepted:
        row.route, row.negotiator_id = route, negotiator_id
    detail: dict[str, Any] = {"account": row.account_id, "before": before.value, "after": to.value}
    if route is not None or negotiator_id is not None:
        detail |= {"route": route, "proposed": proposed, "negotiator": negotiator_id}
    change(session, row, actor.name, "referral.moved", detail, now)
    _step(session, row, StepKind.moved, now, actor, reason, proposed)
    return row


def choose_route(
    session: Session, referral_id: int, route: Route, now: datetime, actor: Actor, reason: str, proposed: Route | None
) -> Referral:
    """Another route from now on; the one before stays on record."""
    row = _accepted(session, referral_id)
    before, row.route = row.route, route
    detail = {"account": row.account_id, "before": before, "after": route, "proposed": proposed}
    change(session, row, actor.name, "referral.route", detail, now)
    _step(session, row, StepKind.route, now, actor, reason, proposed)
    return row


def name_negotiator(
    session: Session, referral_id: int, user_id: int, now: datetime, actor: Actor, reason: str
) -> Referral:
    """Another one goes on talking from now on, and nobody else."""
    row = _accepted(session, referral_id)
    before, row.negotiator_id = row.negotiator_id, user_id
    detail = {"account": row.account_id, "before": before, "after": user_id}
    change(session, row, actor.name, "referral.negotiator", detail, now)
    _step(session, row, StepKind.negotiator, now, actor, reason)
    return row


def file_together(
    session: Session, portfolio_id: int, code: str, referral_ids: Sequence[int], year: int, now: datetime, actor: Actor
) -> Filing:
    """The accepted referrals of one portfolio under the next number of its year. One that is filed already is a
    `Conflict`."""
    lock_key(session, f"filing:{portfolio_id}")
    begun = select(func.count()).select_from(Filing)
    mine = (col(Filing.portfolio_id) == portfolio_id, col(Filing.number).startswith(f"{code}-{year}-", autoescape=True))
    number = f"{code}-{year}-{session.exec(begun.where(*mine)).one() + 1:03}"
    filing = Filing(portfolio_id=portfolio_id, number=number, cases=len(referral_ids), at=now, actor=actor.name)
    add(session, filing, actor.name, "filing.made", {"number": number, "referrals": sorted(referral_ids)}, now)
    for referral_id in sorted(referral_ids):
        row = _accepted(session, referral_id)
        if row.filing_id is not None:
            raise Conflict("one of these is filed with others already; open the page again")
        row.filing_id = filing.id
        change(session, row, actor.name, "referral.filed", {"account": row.account_id, "number": number}, now)
        _step(session, row, StepKind.filed, now, actor, number)
    return filing


def _accepted(session: Session, referral_id: int) -> Referral:
    row = fetch(session, Referral, referral_id)
    if row.kind is not ReferralKind.legal or row.state is not ReferralState.accepted:
        raise Conflict("this case is not with the legal team; it has to be accepted first")
    return row


def _step(
    session: Session,
    row: Referral,
    kind: StepKind,
    now: datetime,
    actor: Actor,
    reason: str,
    proposed: Route | None = None,
) -> None:
    step = ReferralStep(
        referral_id=row.id or 0,
        account_id=row.account_id,
        referred_to=row.kind,
        kind=kind,
        state=row.state,
        route=row.route,
        proposed=proposed,
        negotiator_id=row.negotiator_id if row.state is ReferralState.accepted else None,
        filing_id=row.filing_id,
        reason=reason,
        at=now,
        actor=actor.name,
    )
    session.add(step)
    session.flush()

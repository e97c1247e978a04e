"""Rates of contracts that change: one proposes, a second person compares them with the clause or the notice and agrees
(money is at stake of every account they hold for)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from collector.casework import actions
from collector.casework.approvals.kind import Kind
from collector.casework.approvals.waiting import ask
from collector.casework.office import Office
from collector.casework.rates import RateOrder
from collector.foundation.errors import BadInput
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.tables import Portfolio

RATES = "rates"


def propose(
    session: Session, portfolio: Portfolio, orders: Sequence[RateOrder], maker: Actor, now: datetime
) -> Approval:
    """Ask a second person, once, for all of these changes together. They were checked by `checked` or `read_rates`."""
    if not orders:
        raise BadInput("there is no change of rate in it")
    body = {"portfolio": portfolio.id, "changes": [one.as_data() for one in orders]}
    return ask(session, RATES, f"portfolio:{portfolio.id}", body, maker, now, portfolio.id)


def carry_out(session: Session, office: Office, approval: Approval, actor: Actor, at: datetime) -> None:
    for change in approval.body["changes"]:
        actions.note_rate_change(
            session,
            office,
            approval.body["portfolio"],
            change["account"],
            date.fromisoformat(change["from_on"]),
            product=change["product"],
            annual_rate=change["annual_rate"],
            penalty_rate=change["penalty_rate"],
            reason=change["reason"],
            asked_by=approval.maker,
            actor=actor,
            now=at,
        )


KIND = Kind(RATES, frozenset({Role.supervisor, Role.legal, Role.admin}), carry_out)

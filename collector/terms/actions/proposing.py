"""What is proposed: worked out from the books, checked, and put down as terms that wait for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict
from collector.history.actions.keep import add
from collector.identity.rules import Actor
from collector.portfolio.booking import standing_entries
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account
from collector.strategy.rules import TermsPolicy
from collector.terms.queries import Debt, advanced, debt_of, live_terms
from collector.terms.rules import (
    NOTHING,
    REDUCTIONS,
    Line,
    Parts,
    TermsKind,
    check_asked,
    extended,
    reduction,
    restructured,
)
from collector.terms.tables import Terms

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants agreed. Minor units. `total` and `due_on`: of waiver and settlement (of recourse, what came
    back); `until`: of an extension, the new maturity; `count` and `first`: of a restructuring; `interest`: of both,
    what is agreed beside the schedule."""

    kind: TermsKind
    reason: str
    total: int = 0
    due_on: date | None = None
    until: date | None = None
    count: int = 0
    first: date | None = None
    interest: int = 0


def propose(
    session: Session, account: Account, order: Order, today: date, policy: TermsPolicy, at: datetime, actor: Actor
) -> Terms:
    """Put terms down as proposed. An account has one at a time: a second is a `Conflict`."""
    lock_key(session, f"terms:{account.id}")
    if live_terms(session, account.id or 0) is not None:
        raise Conflict("other terms of this account are open; let them end, or withdraw them")
    row = drafted(session, account, order, today, policy, at, actor)
    parts = {"owed": row.owed.total, "waived": row.waived.total, "total": row.total, "due_on": str(row.due_on)}
    add(session, row, actor.name, "terms.proposed", {"account": account.id, "kind": row.kind.value, **parts}, at)
    return row


def drafted(
    session: Session, account: Account, order: Order, today: date, policy: TermsPolicy, at: datetime, actor: Actor
) -> Terms:
    """The terms that this would be, checked, and not kept: `BadInput` or `Conflict` say what stands against them."""
    if not 0 < len(order.reason.strip()) <= LONGEST:
        raise BadInput(f"say why in 1 to {LONGEST} characters")
    debt = debt_of(session, account, order.due_on or today)
    row = Terms(
        portfolio_id=account.portfolio_id,
        account_id=account.id or 0,
        kind=order.kind,
        reason=order.reason.strip(),
        due_on=today + timedelta(days=policy.offer_days),
        paid_before=debt.paid,
        proposed_at=at,
        proposed_by=actor.name,
        state_at=at,
        state_by=actor.name,
    )
    if order.kind in REDUCTIONS:
        _reduce(row, order, debt, today, policy)
    elif order.kind is TermsKind.extension:
        _extend(row, account, order, debt, today, policy)
    elif order.kind is TermsKind.restructuring:
        _restructure(row, order, debt, today)
    elif order.kind is TermsKind.recourse:
        _recourse(session, row, order)
    else:
        _end(session, row, debt)
    return row


def _owed(row: Terms, owed: Parts, waived: Parts = NOTHING) -> None:
    row.penalty_owed, row.fees_owed, row.interest_owed, row.principal_owed = owed
    row.penalty_waived, row.fees_waived, row.interest_waived, row.principal_waived = waived


def _reduce(row: Terms, order: Order, debt: Debt, today: date, policy: TermsPolicy) -> None:
    if order.due_on is None:
        raise BadInput("say by which day the total is to be paid")
    asked = reduction(debt.left(order.kind, order.due_on), order.total, today, order.due_on, policy)
    row.total, row.due_on = asked.total, asked.due_on
    _owed(row, asked.owed, asked.waived)


def _extend(row: Terms, account: Account, order: Order, debt: Debt, today: date, policy: TermsPolicy) -> None:
    lines = _scheduled(debt)
    matures_on = account.matures_on or max(line.due_on for line in lines)
    check_asked(today, matures_on, policy.ask_days)
    if order.until is None:
        raise BadInput("say until which day it is to be extended")
    _owed(row, debt.left(TermsKind.settlement, order.until))
    row.due_on = min(row.due_on, matures_on)
    row.schedule = _versions(lines, extended(lines, order.until, order.interest), order.until)


def _restructure(row: Terms, order: Order, debt: Debt, today: date) -> None:
    lines = _scheduled(debt)
    if order.first is None:
        raise BadInput("say when the first new instalment falls due")
    _owed(row, debt.left(TermsKind.settlement, order.first))
    after = restructured(lines, debt.lowered, order.count, order.first, today, order.interest)
    row.due_on = min(row.due_on, order.first)
    row.schedule = _versions(lines, after, max(line.due_on for line in after))


def _scheduled(debt: Debt) -> Sequence[Line]:
    if not debt.has_schedule:
        raise Conflict("this account has no schedule that could be changed")
    return debt.lines


def _versions(before: Sequence[Line], after: Sequence[Line], matures: date) -> dict[str, Any]:
    return {"before": list(map(told, before)), "after": list(map(told, after)), "matures": matures.isoformat()}


def told(line: Line) -> list[Any]:
    """An instalment as it is kept with terms: its day in words."""
    return [line.number, line.due_on.isoformat(), *line[2:]]


def _recourse(session: Session, row: Terms, order: Order) -> None:
    out = advanced(session, row.account_id)
    if not 0 < order.total <= out:
        raise BadInput("what comes back is more than 0, and no more than was advanced and is not back yet")
    row.total = order.total


def _end(session: Session, row: Terms, debt: Debt) -> None:
    """Write-off and closing: of something that is owed, and of nothing."""
    owed = debt.left(TermsKind.settlement, row.due_on)
    if row.kind is TermsKind.closing:
        if owed.total:
            raise Conflict("something is owed still, fees and penalty among it; it is closed once nothing is")
        if debt.costs_left:
            raise Conflict("costs of the suit stand on the account and are not paid; it is closed once they are")
    elif not owed.total:
        raise Conflict("nothing is owed; there is nothing to write off")
    elif standing_entries(session, row.account_id, EntryKind.write_off):
        raise Conflict("this account is written off already")
    _owed(row, owed)


def terms_body(row: Terms) -> dict[str, Any]:
    """What the second person is shown, and agrees to: all of it."""
    return {
        "terms": row.id,
        "account": row.account_id,
        "kind": row.kind.value,
        "reason": row.reason,
        "owed": list(row.owed),
        "waived": list(row.waived),
        "total": row.total,
        "due_on": row.due_on.isoformat(),
        "schedule": row.schedule,
    }

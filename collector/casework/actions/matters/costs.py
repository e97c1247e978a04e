"""What a matter costs; and what of it the borrower bears, put on their account by two people (handbook section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from collector.casework.actions.follow_up import people_of_account
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict
from collector.identity.rules import Actor
from collector.legal.matters import actions as matters
from collector.legal.matters.money import costs_of, held_cost, posted_costs, standing_costs
from collector.legal.matters.queries import matters_of
from collector.legal.matters.rules import Advancer, CostKind
from collector.legal.matters.tables import MatterCost
from collector.portfolio.booking import Sums, book, take_entry_back
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import EntryKind
from collector.portfolio.tables import Account, Portfolio


@dataclass(frozen=True, slots=True)
class CostOrder:
    """Money spent, in minor units. `currency` "": the portfolio's."""

    kind: CostKind
    amount: int
    on: date
    advanced_by: Advancer
    recoverable: bool
    currency: str = ""
    document_id: int | None = None
    note: str = ""


def note_cost(session: Session, account_id: int, order: CostOrder, *, at: datetime, actor: Actor) -> MatterCost:
    """Put it among the costs of the account's matter, which may have ended: bills come late. Noted again in the very
    same words it is the same cost: the borrower bears no bill twice for a second click. Two that are alike are told
    apart by their note."""
    people_of_account(session, account_id)
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        raise Conflict("there is no matter yet: legal accepts the referral of the account first")
    referral, currency = matter.referral, portfolio_of(session, matter.referral.portfolio_id).currency
    if order.currency not in ("", currency):
        raise BadInput(f"costs are kept in {currency}; convert it by the bill, and say the rate in the note")
    if order.on > _today(session, referral.portfolio_id, at):
        raise BadInput("a cost has been paid or billed: give a day that has come")
    row = MatterCost(
        portfolio_id=referral.portfolio_id,
        account_id=account_id,
        referral_id=referral.id or 0,
        kind=order.kind,
        amount=order.amount,
        currency=currency,
        on=order.on,
        advanced_by=order.advanced_by,
        recoverable=order.recoverable,
        document_id=order.document_id,
        note=order.note,
        at=at,
        actor=actor.name,
    )
    costs = standing_costs(costs_of(session, [row.referral_id])[row.referral_id])
    same = next((one for one in costs if _words(one) == _words(row)), None)
    return same or matters.add_cost(session, row, actor)


def _words(row: MatterCost) -> dict[str, Any]:
    """All that was said of a cost."""
    return row.model_dump(exclude={"id", "at", "actor"})


def strike_cost(session: Session, cost_id: int, reason: str, *, at: datetime, actor: Actor) -> MatterCost:
    """It was entered in error. One that stands on the borrower's account is taken off it first, by two people."""
    cost = _held(session, cost_id)
    if cost.source in posted_costs(session, [cost.account_id]):
        raise Conflict("this cost stands on the borrower's account; have it taken off there first")
    return matters.strike_cost(session, cost, reason, at, actor)


def book_costs(session: Session, *, lines: Sequence[tuple[int, int]], back: bool, at: datetime, actor: Actor) -> int:
    """Put costs on the borrower's account, or take them off it (`back`): exactly the lines (cost, minor units) that
    were agreed to. What changed since is a `Conflict`, and nothing of the list is booked then."""
    for cost_id, amount in lines:
        cost = _held(session, cost_id)
        entry, today = posted_costs(session, [cost.account_id]).get(cost.source), _today(session, cost.portfolio_id, at)
        if cost.amount != amount or (entry is not None) is not back:
            raise Conflict("the costs have changed since this was asked; ask anew")
        if entry is not None:
            take_entry_back(session, entry, today, actor=actor.name, at=at)
        else:
            account = session.get_one(Account, cost.account_id)
            book(session, account, EntryKind.cost, Sums(fees=amount), today, cost.source, actor=actor.name, at=at)
    return len(lines)


def _held(session: Session, cost_id: int) -> MatterCost:
    """That line, which stands, with everyone who owes its account held before it is looked at: else one could be struck
    by somebody while somebody else puts it on the account."""
    row = session.get(MatterCost, cost_id)
    if row is not None:
        people_of_account(session, row.account_id)
    return held_cost(session, cost_id)


def _today(session: Session, portfolio_id: int, at: datetime) -> date:
    return local_day(at, session.get_one(Portfolio, portfolio_id).timezone)

"""Promises to pay: made, reminded of, withdrawn, and settled by the payments that were loaded (handbook section 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.foundation.calendar import add_business_days
from collector.foundation.clock import at_local, local
from collector.foundation.database import among, mostly
from collector.foundation.errors import BadInput
from collector.history.actions.keep import add, already, change, fetch, id_of, words_of
from collector.history.rules import (
    PromiseState,
    PromiseTerms,
    Settled,
    banking_country,
    check_promise,
    move_promise,
    paid_on_day,
    settle_all,
)
from collector.history.tables import Promise
from collector.identity.rules import Actor
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PaymentKind, PaymentState
from collector.portfolio.tables import Account, PaymentRow

ONE_DAY = 1
"""Banking days that a payment may take, where no strategy says otherwise."""


def one_day(_portfolio_id: int) -> int:
    """The same for every portfolio."""
    return ONE_DAY


class PromiseMoved(NamedTuple):
    """A promise whose state or paid amount changed."""

    promise_id: int
    account_id: int
    before: PromiseState
    after: PromiseState
    paid: int


def make_promise(
    session: Session,
    *,
    account_id: int,
    person_id: int,
    amount: int,
    due_at: datetime,
    made_at: datetime,
    now: datetime,
    actor: Actor,
    promised_by: str = "borrower",
    way: str = "",
    plan_key: str | None = None,
    approval_id: int | None = None,
    natural_key: str | None = None,
) -> Promise:
    """A promise by an obligor, of an amount, at an exact moment; recorded once for its natural key, if it has one.

    Only a book that is taken over may bring earlier promises: a user's promise is made now.
    """
    before = already(session, Promise, natural_key)
    if before is not None:
        return before
    check_promise(amount, promised_by, made_at, due_at, now)
    if actor.user_id is not None and made_at < now:
        raise BadInput("a promise can not be dated back: payments count from the moment it is made")
    row = Promise(
        account_id=account_id,
        person_id=person_id,
        amount=amount,
        due_at=due_at,
        way=way,
        promised_by=promised_by,
        made_at=made_at,
        recorded_at=now,
        actor=actor.name,
        plan_key=plan_key,
        approval_id=approval_id,
        natural_key=natural_key,
    )
    detail = {"person": person_id, "account": account_id, "amount": amount, "due_at": due_at.isoformat()}
    detail |= {"made_at": made_at.isoformat(), "promised_by": promised_by, "approval": approval_id}
    add(session, row, actor.name, "promise.made", detail, now)
    return row


def withdraw_promise(session: Session, promise_id: int, now: datetime, actor: Actor, reason: str = "") -> Promise:
    """Taken back before it was decided, as when a better plan replaces it. Again, nothing changes."""
    row = fetch(session, Promise, promise_id)
    if row.state is not PromiseState.withdrawn:
        row.state = move_promise(row.state, PromiseState.withdrawn)
        row.decided_at, row.withdrawn_because = now, reason
        detail = {"account": row.account_id, "reason": words_of(session, row.person_id, reason)}
        change(session, row, actor.name, "promise.withdrawn", detail, now)
    return row


def remind_promise(session: Session, promise_id: int, now: datetime, actor: Actor) -> bool:
    """Note that the reminder of a promise went out; False when it had already."""
    row = fetch(session, Promise, promise_id)
    if row.reminded_at is not None:
        return False
    row.reminded_at = now
    change(session, row, actor.name, "promise.reminded", {"account": row.account_id}, now)
    return True


def deadline_covered(due_at: datetime, zone_name: str, currency: str, banking_days: int = ONE_DAY) -> datetime:
    """The moment up to which payments must be loaded before a promise may be called broken: the same hour so many
    banking days after the deadline's (design section 3)."""
    due = local(due_at, zone_name)
    day = add_business_days(due.date(), banking_days, banking_country(currency))
    return at_local(day, due.time(), zone_name)


def settle_promises(
    session: Session,
    account_ids: Collection[int],
    now: datetime,
    actor: Actor,
    banking_days: Callable[[int], int] = one_day,
) -> list[PromiseMoved]:
    """Bring the promises of these accounts to where their payments put them; returns what changed.

    `banking_days`: portfolio → how many after a deadline payments must be loaded for, to decide "broken".
    """
    books: dict[tuple[int, int], list[Promise]] = defaultdict(list)
    for row, portfolio_id in _standing(session, account_ids):
        books[row.account_id, portfolio_id].append(row)
    payments = _payments(session, [account_id for account_id, _ in books])
    moved: list[PromiseMoved] = []
    for (account_id, portfolio_id), rows in books.items():
        portfolio = portfolio_of(session, portfolio_id)
        made = [paid_on_day(at, amount, portfolio.timezone) for at, amount in payments[account_id]]
        terms = portfolio.timezone, portfolio.currency, banking_days(portfolio.id or 0)
        deadlines = {id_of(row): deadline_covered(row.due_at, *terms) for row in rows}
        settled = settle_all([_terms(row) for row in rows], made, portfolio.payments_as_of, deadlines, now)
        moved += [each for row in rows if (each := _move(session, row, settled[id_of(row)], now, actor))]
    return moved


def _standing(session: Session, account_ids: Collection[int]) -> Sequence[tuple[Promise, int]]:
    """Every promise that was not withdrawn, with the portfolio of its account, held until commit: kept ones may have
    lost their payment."""
    wanted = (
        select(Promise, Account.portfolio_id)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(
            among(session, col(Promise.account_id), account_ids),
            col(Promise.state) != PromiseState.withdrawn,
        )
        .order_by(col(Promise.id))
    )
    return session.exec(wanted.with_for_update(of=Promise)).all()


def _payments(session: Session, account_ids: Collection[int]) -> dict[int, list[tuple[datetime, int]]]:
    found = session.exec(
        select(PaymentRow.account_id, PaymentRow.paid_at, PaymentRow.amount).where(
            among(session, col(PaymentRow.account_id), account_ids),
            mostly(col(PaymentRow.kind), PaymentKind.payment),
            mostly(col(PaymentRow.state), PaymentState.applied),
        )
    )
    payments: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for account_id, paid_at, amount in found:
        payments[account_id or 0].append((paid_at, amount))
    return payments


def _terms(row: Promise) -> PromiseTerms:
    return PromiseTerms(id_of(row), row.amount, row.made_at, row.due_at, row.state)


def _move(session: Session, row: Promise, settled: Settled, now: datetime, actor: Actor) -> PromiseMoved | None:
    before = row.state
    if settled == (before, row.paid):
        return None
    row.paid = settled.paid
    if settled.state is not before:
        row.state = move_promise(before, settled.state)
        row.decided_at = now if settled.state in (PromiseState.kept, PromiseState.broken) else None
    detail = {"account": row.account_id, "before": before.value, "after": row.state.value, "paid": row.paid}
    change(session, row, actor.name, "promise.settled", detail, now)
    return PromiseMoved(id_of(row), row.account_id, before, row.state, row.paid)

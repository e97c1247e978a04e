"""One account as people see it: where it stands, its schedule, its payments, its promises, who stands beside it.

Only what the account's own portfolio brought is shown: contact points and notes of another creditor stay there
(design section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from collector.casework.views.people import Beside, people_of
from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts, lateness
from collector.foundation.clock import local_day
from collector.foundation.database import mostly
from collector.history.tables import CallbackRow, Dispute, Hold, Promise, Referral, Stop
from collector.portfolio.rules import Applied, Instalment, Paid, PaymentState, apply_payments
from collector.portfolio.tables import Account, InstalmentRow, PaymentRow, Person, Portfolio
from collector.strategy.queries import compiled


class Mark(StrEnum):
    """How an instalment stands on the day."""

    paid = "paid"
    paid_late = "paid late"
    part_paid = "part paid"
    late = "late"
    due_today = "due today"
    ahead = "to come"


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """An instalment after payments, oldest due first. Amounts in minor units."""

    number: int
    due_on: date
    amount: int
    paid: int
    whole_on: date | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the account stands on the day, in the portfolio's zone. Days, and minor units."""

    days_past_due: int
    bucket: str
    segment: str
    stage: str
    level: str
    playbook: str | None
    asset_class: str
    overdue: int
    owed: int
    due_today: int
    oldest_unpaid_due: date | None
    next_due_on: date | None
    next_due_amount: int
    missed_consecutive: int
    missed_cumulative: int
    promises_broken: int
    last_paid_on: date | None
    settled: bool
    promise_day: date
    """The day offered first for a promise."""


@dataclass(frozen=True, slots=True)
class AccountView:
    account: Account
    portfolio: Portfolio
    name: str
    standing: Standing
    schedule: Sequence[ScheduleLine]
    payments: Sequence[PaymentRow]
    promises: Sequence[Promise]
    callbacks: Sequence[CallbackRow]
    people: Sequence[Beside]
    stops: Sequence[Stop]
    holds: Sequence[Hold]
    disputes: Sequence[Dispute]
    referrals: Sequence[Referral]
    others: Sequence[tuple[int, str]]
    """The person's other accounts in the caller's portfolios: id and `CODE/NO`."""


def account_view(
    session: Session, account: Account, portfolio: Portfolio, now: datetime, others: Sequence[tuple[int, str]] = ()
) -> AccountView:
    """Everything about one account at `now`."""
    account_id = account.id or 0
    facts = read_person(session, account.person_id, now)
    mine = [one for one in facts.accounts if one.account_id == account_id]
    borrower = session.get(Person, account.person_id)
    return AccountView(
        account=account,
        portfolio=portfolio,
        name=borrower.name if borrower else "",
        standing=standing_of(session, mine[0], now),
        schedule=schedule_of(session, account_id, local_day(now, portfolio.timezone)),
        payments=_payments(session, account_id),
        promises=_promises(session, account_id),
        callbacks=_callbacks(session, account_id),
        people=people_of(session, account, facts),
        stops=stops_of(session, account.person_id),
        holds=holds_on(session, account, now),
        disputes=session.exec(select(Dispute).where(Dispute.account_id == account_id).order_by(col(Dispute.id))).all(),
        referrals=session.exec(
            select(Referral).where(Referral.account_id == account_id).order_by(col(Referral.id))
        ).all(),
        others=others,
    )


def standing_of(session: Session, facts: AccountFacts, now: datetime) -> Standing:
    """What the strategy makes of the account today."""
    strategy = compiled(session, facts.portfolio_id, now)
    zone = session.exec(select(Portfolio.timezone).where(Portfolio.id == facts.portfolio_id)).one()
    today = local_day(now, zone)
    days = lateness(facts, today)
    segment = strategy.segment(facts, today)
    return Standing(
        days_past_due=days,
        bucket=strategy.bucket(days),
        segment=segment.name,
        stage=str(segment.stage),
        level=str(segment.level_for(facts.level_floor)),
        playbook=segment.playbook,
        asset_class=str(strategy.asset_class(facts.product, days)),
        overdue=facts.overdue,
        owed=facts.owed,
        due_today=facts.due_today,
        oldest_unpaid_due=facts.oldest_unpaid_due,
        next_due_on=facts.next_due_on,
        next_due_amount=facts.next_due_amount,
        missed_consecutive=facts.missed_consecutive,
        missed_cumulative=facts.missed_cumulative,
        promises_broken=facts.promises_broken,
        last_paid_on=facts.last_paid_on,
        settled=facts.settled,
        promise_day=strategy.promise.suggested_day(today, facts.payday),
    )


def schedule_of(session: Session, account_id: int, today: date) -> list[ScheduleLine]:
    """The instalments with what payments made up to today leave of them."""
    rows = session.exec(
        select(InstalmentRow)
        .where(InstalmentRow.account_id == account_id)
        .order_by(col(InstalmentRow.due_on), col(InstalmentRow.amount_due), col(InstalmentRow.number))
    ).all()
    paid = session.exec(
        select(col(PaymentRow.paid_on), col(PaymentRow.amount)).where(
            PaymentRow.account_id == account_id,
            mostly(col(PaymentRow.state), PaymentState.applied),
            col(PaymentRow.paid_on) <= today,
        )
    ).all()
    applied, _ = apply_payments([Instalment(row.due_on, row.amount_due) for row in rows], [Paid(*one) for one in paid])
    return [
        ScheduleLine(row.number, row.due_on, row.amount_due, line.paid, line.whole_on, _mark(line, today))
        for row, line in zip(rows, applied, strict=True)
    ]


def _mark(line: Applied, today: date) -> Mark:
    if line.whole_on is not None:
        return Mark.paid if line.whole_on <= line.due_on else Mark.paid_late
    if line.due_on < today:
        return Mark.part_paid if line.paid else Mark.late
    return Mark.due_today if line.due_on == today else Mark.ahead


def _payments(session: Session, account_id: int, limit: int = 100) -> Sequence[PaymentRow]:
    statement = select(PaymentRow).where(PaymentRow.account_id == account_id)
    newest_first = statement.order_by(col(PaymentRow.paid_at).desc(), col(PaymentRow.id).desc())
    return session.exec(newest_first.limit(limit)).all()


def _promises(session: Session, account_id: int) -> Sequence[Promise]:
    statement = select(Promise).where(Promise.account_id == account_id)
    return session.exec(statement.order_by(col(Promise.due_at).desc(), col(Promise.id).desc())).all()


def _callbacks(session: Session, account_id: int) -> Sequence[CallbackRow]:
    statement = select(CallbackRow).where(CallbackRow.account_id == account_id, col(CallbackRow.done_at).is_(None))
    return session.exec(statement.order_by(col(CallbackRow.due_at))).all()


def stops_of(session: Session, person_id: int) -> Sequence[Stop]:
    """What stands against contacting the person, lifted ones left out. They bind all creditors, so all are shown."""
    statement = select(Stop).where(Stop.person_id == person_id, col(Stop.lifted_at).is_(None))
    return session.exec(statement.order_by(col(Stop.id))).all()


def holds_on(session: Session, account: Account, now: datetime) -> Sequence[Hold]:
    """Holds in force on the account itself, its person or its portfolio; those on everything too. Of one that was made
    longer, the last row."""
    wide = col(Hold.account_id).is_(None) & col(Hold.person_id).is_(None)
    statement = select(Hold).where(
        or_(
            col(Hold.account_id) == account.id,
            (col(Hold.person_id) == account.person_id) & col(Hold.account_id).is_(None),
            wide & col(Hold.portfolio_id).is_not_distinct_from(account.portfolio_id) & col(Hold.segment).is_(None),
            wide & col(Hold.portfolio_id).is_(None) & col(Hold.segment).is_(None),
        ),
        col(Hold.lifted_at).is_(None),
        or_(col(Hold.until).is_(None), col(Hold.until) > now),
    )
    rows = session.exec(statement.order_by(col(Hold.id))).all()
    last = {row.extends_id or row.id: row for row in rows}
    return list(last.values())

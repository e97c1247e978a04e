"""One account as people see it: where it stands, its schedule, its payments, its promises, who stands beside it.

Only what the account's own portfolio brought is shown: contact points and notes of another creditor stay there
(design section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from collector.casework.views.people import Beside, people_of
from collector.casework.views.records import (
    callbacks_of,
    disputes_of,
    holds_around,
    payments_of,
    promises_of,
    referrals_of,
    stops_on,
)
from collector.casework.views.referred import negotiator_named
from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts, OfferFact, extra_of, lateness
from collector.foundation.clock import local_day
from collector.history.tables import CallbackRow, Dispute, Hold, Promise, Referral, Stop
from collector.portfolio.queries import person_of, portfolio_of
from collector.portfolio.queries.records import waived_of
from collector.portfolio.rules import (
    Applied,
    DebitFailure,
    Instalment,
    Moved,
    Paid,
    PaymentKind,
    PaymentState,
    apply_payments,
    debit_story,
    lowering,
    read_failure,
)
from collector.portfolio.tables import Account, InstalmentRow, PaymentRow, Portfolio
from collector.strategy.queries import compiled

PAYMENTS = 100
"""How many are shown, the newest."""


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
class FailedDebit:
    """The last direct debit that failed, while no money came since."""

    on: date
    why: DebitFailure
    in_a_row: int


@dataclass(frozen=True, slots=True)
class AccountView:
    account: Account
    portfolio: Portfolio
    name: str
    standing: Standing
    schedule: Sequence[ScheduleLine]
    payments: Sequence[PaymentRow]
    failed_debit: FailedDebit | None
    promises: Sequence[Promise]
    callbacks: Sequence[CallbackRow]
    people: Sequence[Beside]
    stops: Sequence[Stop]
    holds: Sequence[Hold]
    disputes: Sequence[Dispute]
    referrals: Sequence[Referral]
    negotiator: str | None
    """Login of who alone talks about it; empty: nobody was named; None: legal has it not."""
    offers: Sequence[OfferFact]
    """Terms that the borrower was told of and that are open."""
    others: Sequence[tuple[int, str]]
    """The person's other accounts in the caller's portfolios: id and `CODE/NO`."""


def account_view(
    session: Session, account: Account, portfolio: Portfolio, now: datetime, others: Sequence[tuple[int, str]] = ()
) -> AccountView:
    """Everything about one account at `now`."""
    account_id = account.id or 0
    facts = read_person(session, account.person_id, now)
    mine = [one for one in facts.accounts if one.account_id == account_id]
    referrals = referrals_of(session, account_id)
    return AccountView(
        account=account,
        portfolio=portfolio,
        name=person_of(session, account.person_id).name,
        standing=standing_of(session, mine[0], now),
        schedule=schedule_of(session, account_id, local_day(now, portfolio.timezone), extra_of(mine[0]).waived > 0),
        payments=payments_of(session, account_id)[:PAYMENTS],
        failed_debit=failed_debit_of(payments_of(session, account_id), now),
        promises=promises_of(session, account_id),
        callbacks=[row for row in callbacks_of(session, account_id) if row.done_at is None],
        people=people_of(session, account, facts),
        stops=stops_of(session, account.person_id),
        holds=holds_on(session, account, now),
        disputes=disputes_of(session, account_id),
        referrals=referrals,
        negotiator=negotiator_named(session, referrals),
        offers=[one for one in extra_of(mine[0]).offers if not one.kept],
        others=others,
    )


def standing_of(session: Session, facts: AccountFacts, now: datetime) -> Standing:
    """What the strategy makes of the account today."""
    strategy = compiled(session, facts.portfolio_id, now)
    today = local_day(now, portfolio_of(session, facts.portfolio_id).timezone)
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


def failed_debit_of(payments: Sequence[PaymentRow], now: datetime) -> FailedDebit | None:
    """`payments`: all lines of one account, newest first."""
    failed = next((row for row in payments if row.kind is PaymentKind.failed_debit and row.paid_at <= now), None)
    if failed is None:
        return None
    lines = [Moved(row.paid_at, row.kind, row.state, row.amount) for row in payments if row.paid_at <= now]
    story = debit_story(failed.paid_at, lines)
    return None if story.paid_since else FailedDebit(failed.paid_on, read_failure(failed.reason), story.in_a_row)


def schedule_of(session: Session, account_id: int, today: date, is_waived: bool = False) -> list[ScheduleLine]:
    """The instalments with what payments made up to today leave of them; `is_waived`: something was given up of it,
    and counts too."""
    rows = session.exec(
        select(InstalmentRow)
        .where(InstalmentRow.account_id == account_id)
        .order_by(col(InstalmentRow.due_on), col(InstalmentRow.amount_due), col(InstalmentRow.number))
    ).all()
    paid = [
        Paid(row.paid_on, row.amount)
        for row in payments_of(session, account_id)
        if row.state is PaymentState.applied and row.paid_on <= today
    ]
    if is_waived:
        paid = lowering(paid, [waived for _, waived in waived_of(session, [account_id])], today)
    applied, _ = apply_payments([Instalment(row.due_on, row.amount_due) for row in rows], paid)
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


def stops_of(session: Session, person_id: int) -> Sequence[Stop]:
    """What stands against contacting the person, lifted ones left out."""
    return [row for row in stops_on(session, person_id) if row.lifted_at is None]


def holds_on(session: Session, account: Account, now: datetime) -> Sequence[Hold]:
    """Holds in force on the account itself, its person or its portfolio; those on everything too. Of one that was made
    longer, the last row."""
    rows = [
        row
        for row in holds_around(session, account)
        if row.lifted_at is None and (row.until is None or row.until > now)
    ]
    last = {row.extends_id or row.id: row for row in sorted(rows, key=lambda row: row.id or 0)}
    return list(last.values())

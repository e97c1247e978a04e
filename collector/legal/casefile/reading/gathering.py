"""Reading all of it, up to a moment, and nothing that may not leave."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, SQLModel, col, or_, select

from collector.dispatch.queries import recordings_of
from collector.dispatch.tables import Submission
from collector.facts.clocks import read_clocks
from collector.facts.rules.lapsing import Clocks
from collector.foundation.clock import local_day
from collector.foundation.keys import Keys
from collector.history.queries import called_on, originals_out
from collector.history.tables import Delivery
from collector.legal.casefile.reading.agreements import approvals_of, closing_of, documents_of, mine_of
from collector.legal.casefile.reading.contacts import (
    TASK,
    attempts_of,
    is_of_task,
    letters_of,
    outcomes_of,
    received_of,
)
from collector.legal.casefile.reading.material import Material
from collector.legal.casefile.reading.people import people_of, points_of
from collector.legal.casefile.reading.proof import audit_of, checkpoint_of
from collector.legal.casefile.reading.rows import rows_by, rows_of
from collector.portfolio.queries import rate_changes, statement_of
from collector.portfolio.queries.claims import instalments_on
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import Account, InstalmentBefore, PaymentRow, Portfolio


def read_material(session: Session, keys: Keys, account: Account, portfolio: Portfolio, as_of: datetime) -> Material:
    """Of the account, as its own portfolio knows it."""
    people = list(people_of(session, keys, account))
    ids = [one.person.id or 0 for one in people]
    attempts = attempts_of(session, account, ids, as_of)
    numbers = [row.id or 0 for row in attempts]
    mine = mine_of(session, account, as_of)
    documents = documents_of(session, account, as_of)
    approvals = approvals_of(session, account, mine, as_of)
    letters = letters_of(session, account, as_of)
    rows: list[SQLModel] = [account, *attempts, *mine.all, *documents, *approvals, *(one.row for one in letters)]
    audit = audit_of(session, rows, as_of)
    day = local_day(as_of, portfolio.timezone)
    called = called_on(session, account.id or 0, day, as_of)
    tasks = {int(row.natural_key.removeprefix(TASK)): row.id or 0 for row in attempts if is_of_task(row)}
    return Material(
        account=account,
        portfolio=portfolio,
        as_of=as_of,
        people=people,
        points=points_of(session, account, ids),
        instalments=instalments_on(session, account, portfolio, day),
        former=[row for row in rows_of(session, InstalmentBefore, account, "id") if row.replaced_at <= as_of],
        payments=[row for row in rows_of(session, PaymentRow, account, "paid_at") if row.paid_at <= as_of],
        rates=[row for row in rate_changes(session, account) if row.recorded_at <= as_of],
        statement=statement_of(session, account, portfolio, day, called_on=called),
        attempts=attempts,
        outcomes=outcomes_of(session, numbers, as_of),
        deliveries={
            row.attempt_id: row for row in rows_by(session, Delivery, "attempt_id", numbers) if row.at <= as_of
        },
        submissions={tasks[row.task_id or 0]: row for row in rows_by(session, Submission, "task_id", tasks)},
        recordings=recordings_of(session, numbers),
        letters=letters,
        received=received_of(session, account, ids, as_of),
        promises=mine.promises,
        disputes=mine.disputes,
        holds=mine.holds,
        terms=mine.terms,
        closing=closing_of(session, mine.terms, day),
        approvals=approvals,
        documents=documents,
        audit=audit,
        checkpoint=checkpoint_of(session, audit),
        held_payments=held_payments(session, account),
        originals_out=originals_out(session, account.id or 0, as_of),
        clocks=read_clocks(session, [account.id or 0], as_of).get(account.id or 0, Clocks()),
    )


def held_payments(session: Session, account: Account) -> int:
    """Payments that wait for a person and may be of this account: by its number or its card."""
    rows = select(PaymentRow.id).where(
        PaymentRow.portfolio_id == account.portfolio_id,
        PaymentRow.state == PaymentState.held,
        or_(
            col(PaymentRow.account_no) == account.account_no,
            (col(PaymentRow.card_no) == account.card_no) & col(PaymentRow.card_no).is_not(None),
        ),
    )
    return len(session.exec(rows).all())

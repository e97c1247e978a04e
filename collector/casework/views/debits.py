"""Direct debits that failed, by day and reason, each with what happened since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, text
from sqlmodel import Session, col, or_, select

from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.foundation.paging import Page, page_of
from collector.identity.rules import Scope
from collector.portfolio.queries import portfolio_of, portfolios
from collector.portfolio.rules import DebitFailure, DebitStory, Moved, PaymentKind, debit_story, read_failure
from collector.portfolio.tables import Account, PaymentRow, Portfolio

SHOWN = 50
DAYS = 30
"""How far back is looked."""
MOVES_NONE: Any = text("payment.kind <> 'payment'")
"""Said as the index says it, so that it is used."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A debit that failed. `key` is empty where the line matches no account; `next_due_on`: the next debit, where the
    creditor debits by itself."""

    payment: PaymentRow
    book: Portfolio
    key: str
    why: DebitFailure
    story: DebitStory
    overdue: int
    next_due_on: date | None


def failures_by_day(session: Session, scope: Scope, now: datetime) -> dict[date, dict[DebitFailure, int]]:
    """How many failed on each of the last `DAYS` days, for each reason; the newest day first."""
    counted = select(col(PaymentRow.paid_on), col(PaymentRow.reason), func.count()).where(*_recent(session, scope, now))
    found: dict[date, dict[DebitFailure, int]] = {}
    for day, words, count in session.exec(
        counted.group_by(col(PaymentRow.paid_on), col(PaymentRow.reason)).order_by(col(PaymentRow.paid_on).desc())
    ):
        reasons = found.setdefault(day, {})
        reasons[read_failure(words)] = reasons.get(read_failure(words), 0) + count
    return found


def failed_debits(
    session: Session,
    scope: Scope,
    now: datetime,
    *,
    day: date | None = None,
    why: DebitFailure | None = None,
    after: tuple[int, int] | None = None,
) -> Page[Failed]:
    """The newest first. `after`: the day (ordinal) and the id of the last one seen."""
    asked = select(PaymentRow).where(*_recent(session, scope, now))
    if day is not None:
        asked = asked.where(PaymentRow.paid_on == day)
    if why is not None:
        asked = asked.where(_means(session, scope, now, why))
    if after is not None:
        last = date.fromordinal(after[0])
        same_day = (col(PaymentRow.paid_on) == last) & (col(PaymentRow.id) < after[1])
        asked = asked.where(or_(col(PaymentRow.paid_on) < last, same_day))
    newest = (col(PaymentRow.paid_on).desc(), col(PaymentRow.id).desc())
    page = page_of(
        session.exec(asked.order_by(*newest).limit(SHOWN + 1)).all(),
        SHOWN,
        lambda row: f"{row.paid_on.toordinal()}.{row.id}",
    )
    return Page(_told(session, page.rows), page.after)


def _recent(session: Session, scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """Failed debits of the scope in the last days; the portfolios are named, so that the index finds them."""
    books = {book.id or 0: local_day(now, book.timezone) for book in portfolios(session, scope)}
    since = min(books.values(), default=now.date()) - timedelta(days=DAYS)
    return [
        col(PaymentRow.portfolio_id).in_(sorted(books)),
        col(PaymentRow.kind) == PaymentKind.failed_debit,
        MOVES_NONE,
        col(PaymentRow.paid_on) > since,
    ]


def _means(session: Session, scope: Scope, now: datetime, why: DebitFailure) -> ColumnElement[bool]:
    """What the banks wrote in these days that means `why`."""
    written = session.exec(select(PaymentRow.reason).where(*_recent(session, scope, now)).distinct()).all()
    meant = {words for words in written if words is not None and read_failure(words) is why}
    same: ColumnElement[bool] = among(session, col(PaymentRow.reason), meant)
    return or_(same, col(PaymentRow.reason).is_(None)) if why is DebitFailure.unknown else same


def _told(session: Session, rows: Sequence[PaymentRow]) -> list[Failed]:
    ids = {row.account_id for row in rows if row.account_id is not None}
    lines, accounts = _lines(session, ids), _accounts(session, ids)
    found = []
    for row in rows:
        book = portfolio_of(session, row.portfolio_id)
        account, state = accounts.get(row.account_id or 0, (None, None))
        found.append(
            Failed(
                payment=row,
                book=book,
                key=f"{book.code}/{account.account_no}" if account else "",
                why=read_failure(row.reason),
                story=debit_story(row.paid_at, lines.get(row.account_id or 0, ())),
                overdue=state.overdue if state else 0,
                next_due_on=state.next_due_on if state and account and account.autopay else None,
            )
        )
    return found


def _lines(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Moved]]:
    found: dict[int, list[Moved]] = defaultdict(list)
    for row in session.exec(select(PaymentRow).where(among(session, PaymentRow.account_id, ids))):
        found[row.account_id or 0].append(Moved(row.paid_at, row.kind, row.state, row.amount))
    return found


def _accounts(session: Session, ids: Collection[int]) -> Mapping[int, tuple[Account, AccountState | None]]:
    statement = (
        select(Account, AccountState)
        .join(AccountState, col(AccountState.account_id) == col(Account.id), isouter=True)
        .where(among(session, Account.id, ids))
    )
    return {account.id or 0: (account, state) for account, state in session.exec(statement)}

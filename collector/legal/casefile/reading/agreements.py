"""What was promised, disputed, held, agreed and filed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, SQLModel, col, or_, select

from collector.foundation.database import among
from collector.history.tables import Dispute, Document, Hold, Promise
from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval
from collector.legal.casefile.reading.rows import rows_of
from collector.portfolio.tables import Account
from collector.terms.queries import Statement, statement_of
from collector.terms.rules import TermsKind, TermsState
from collector.terms.tables import Terms


class Mine(NamedTuple):
    promises: Sequence[Promise]
    disputes: Sequence[Dispute]
    holds: Sequence[Hold]
    terms: Sequence[Terms]

    @property
    def all(self) -> list[SQLModel]:
        return [*self.promises, *self.disputes, *self.holds, *self.terms]


def mine_of(session: Session, account: Account, as_of: datetime) -> Mine:
    promises = [row for row in rows_of(session, Promise, account, "made_at") if row.recorded_at <= as_of]
    disputes = [row for row in rows_of(session, Dispute, account, "at") if row.recorded_at <= as_of]
    holds = [row for row in rows_of(session, Hold, account, "at") if row.recorded_at <= as_of]
    return Mine(
        promises, disputes, holds, [row for row in rows_of(session, Terms, account, "proposed_at") if _told(row, as_of)]
    )


def _told(row: Terms, as_of: datetime) -> bool:
    """Whether the borrower was told of the terms, or they took effect: what was only proposed or agreed to within the
    house leaves it in no file, nor does what concerns the creditor's books alone."""
    known = row.state in (TermsState.offered, TermsState.fulfilled) or row.offer_id is not None
    return known and row.kind not in (TermsKind.write_off, TermsKind.recourse) and row.state_at <= as_of


def closing_of(session: Session, terms: Sequence[Terms], day: date) -> Statement | None:
    """What was asked for, paid and given up of an account that was closed."""
    ended = [row for row in terms if row.kind is TermsKind.closing and row.state is TermsState.fulfilled]
    return statement_of(session, ended[-1], day) if ended else None


def documents_of(session: Session, account: Account, as_of: datetime) -> list[Document]:
    rows = session.exec(
        select(Document)
        .where(Document.account_id == account.id, Document.stored_at <= as_of)
        .order_by(col(Document.id))
    ).all()
    replaced = {row.replaces_id for row in rows}
    return [row for row in rows if not row.privileged and row.id not in replaced]


def approvals_of(session: Session, account: Account, mine: Mine, as_of: datetime) -> Sequence[Approval]:
    """Those that two people agreed to, about the account or something of it."""
    subjects = [f"{row.__tablename__}:{row.id}" for row in (account, *mine.all)]  # type: ignore[attr-defined]
    given = {row.approval_id for row in mine.promises if row.approval_id}
    rows = select(Approval).where(
        Approval.state == ApprovalState.approved,
        or_(among(session, Approval.subject, subjects), among(session, Approval.id, given or {0})),
        col(Approval.decided_at) <= as_of,
    )
    return session.exec(rows.order_by(col(Approval.id))).all()

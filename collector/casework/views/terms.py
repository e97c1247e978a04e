"""Terms as people see them: what is owed by component, what would be given up, and by whom it may be agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.casework.approvals.terms import TERMS
from collector.casework.approvals.waiting import open_of
from collector.casework.letters.lists import Listed, letters_of
from collector.foundation.clock import local_day
from collector.identity.rules import Actor, Role
from collector.identity.tables import Approval
from collector.portfolio.rules import EntryKind, Security
from collector.portfolio.tables import Account, LedgerEntry, Portfolio
from collector.strategy.queries import compiled
from collector.strategy.rules import TermsPolicy
from collector.terms import actions as terms
from collector.terms.queries import (
    advanced,
    collateral_receipt,
    debt_of,
    guarantors_without_consent,
    live_terms,
    signed_agreement,
    terms_of_account,
)
from collector.terms.rules import REDUCTIONS, SCHEDULES, Parts, TermsKind, TermsState, who_may
from collector.terms.tables import Terms


@dataclass(frozen=True, slots=True)
class Live:
    """The terms of an account that are open, and what may be done about them now."""

    terms: Terms
    approval: Approval | None
    who_may: frozenset[Role]
    may_offer: bool
    may_sign: bool
    may_close: bool
    lacks_consent: bool
    lacks_receipt: bool
    lacks_agreement: bool


@dataclass(frozen=True, slots=True)
class TermsView:
    """Money in minor units."""

    today: date
    policy: TermsPolicy
    owed: Parts
    due: Parts
    """Of the owed, what falls due by today."""
    advanced: int
    waived: int
    written_off: bool
    live: Live | None
    past: Sequence[Terms]
    papers: Sequence[Listed]
    """Agreements that were drawn from terms of the account, newest first."""
    entries: Sequence[LedgerEntry]


def terms_view(session: Session, account: Account, book: Portfolio, now: datetime) -> TermsView:
    """The account as its page of terms tells it."""
    today, policy = local_day(now, book.timezone), compiled(session, book.id or 0, now).terms
    debt, live = debt_of(session, account, today), live_terms(session, account.id or 0)
    rows = select(LedgerEntry).where(LedgerEntry.account_id == account.id).order_by(col(LedgerEntry.id).desc())
    entries = session.exec(rows).all()
    return TermsView(
        today=today,
        policy=policy,
        owed=debt.left(TermsKind.settlement, today),
        due=debt.left(TermsKind.waiver, today),
        advanced=advanced(session, account.id or 0),
        waived=debt.waived,
        written_off=any(row.kind is EntryKind.write_off for row in entries),
        live=_live(session, account, live, policy) if live else None,
        past=[row for row in terms_of_account(session, account.id or 0) if live is None or row.id != live.id],
        papers=[one for one in letters_of(session, account.id or 0) if one.terms_id is not None],
        entries=entries,
    )


def _live(session: Session, account: Account, row: Terms, policy: TermsPolicy) -> Live:
    told = row.state is TermsState.approved and row.kind in REDUCTIONS | SCHEDULES
    secured = row.kind is TermsKind.closing and account.security in (Security.mortgaged, Security.pledged)
    return Live(
        terms=row,
        approval=open_of(session, TERMS, f"terms:{row.id}"),
        who_may=who_may(row.kind, row.owed, row.waived, policy),
        may_offer=told,
        may_sign=row.state is TermsState.offered and row.kind in SCHEDULES,
        may_close=row.state is TermsState.approved and row.kind is TermsKind.closing,
        lacks_consent=row.kind in SCHEDULES and bool(guarantors_without_consent(session, account)),
        lacks_agreement=row.state is TermsState.offered
        and row.kind in SCHEDULES
        and signed_agreement(session, row) is None,
        lacks_receipt=secured and collateral_receipt(session, account.id or 0) is None,
    )


def preview(
    session: Session, account: Account, book: Portfolio, order: terms.Order, now: datetime, actor: Actor
) -> tuple[Terms, frozenset[Role]]:
    """The terms that this order would be, kept nowhere, and who may agree to them."""
    today, policy = local_day(now, book.timezone), compiled(session, book.id or 0, now).terms
    row = terms.drafted(session, account, order, today, policy, now, actor)
    return row, who_may(row.kind, row.owed, row.waived, policy)

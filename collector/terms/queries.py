"""What terms read: the debt of an account by instalments and components, terms that are live, advances to be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from collector.foundation.database import among, locked
from collector.foundation.errors import NotFound
from collector.history.rules import DocumentKind
from collector.history.tables import Document
from collector.identity.rules import Scope
from collector.portfolio.booking import schedule, standing_entries
from collector.portfolio.queries import records_of
from collector.portfolio.queries.claims import given_up, instalments_on
from collector.portfolio.queries.claims import statement_of as balance_of
from collector.portfolio.rules import EntryKind, PartyRole, PaymentKind, PaymentState
from collector.portfolio.tables import (
    Account,
    InstalmentBefore,
    InstalmentRow,
    LedgerEntry,
    Party,
    PaymentRow,
    Portfolio,
)
from collector.terms.rules import LIVE, Done, Line, Parts, TermsKind, TermsState, in_scope, parts_left
from collector.terms.tables import Terms


@dataclass(frozen=True, slots=True)
class Debt:
    """The debt of an account as the book has it. Where the creditor only reported a balance, that is one line."""

    lines: Sequence[Line]
    payments: Sequence[tuple[date, int]]
    """Those that stand."""
    lowered: int
    """By how much payments and waivers make less of the lines."""
    waived: int
    """What is given up in all, by terms that were fulfilled."""
    penalty: int = 0
    """What stands on top of the schedule to the day that was asked for (`portfolio.rules.balance`)."""
    has_schedule: bool = True
    costs: int = 0
    """Costs of pursuing the claim that stand on the account, beside the schedule."""

    @property
    def costs_left(self) -> int:
        """What no payment beyond the schedule has covered of them."""
        return max(self.costs - max(self.lowered - sum(line.amount for line in self.lines), 0), 0)

    @property
    def paid(self) -> int:
        return sum(amount for _, amount in self.payments)

    def paid_by(self, day: date) -> int:
        return sum(amount for on, amount in self.payments if on <= day)

    def left(self, kind: TermsKind, due_on: date) -> Parts:
        """What is owed of the instalments that terms of that kind are about, and the penalty on what is late."""
        return parts_left(in_scope(kind, self.lines, due_on), self.lowered, self.penalty)


def debt_of(session: Session, account: Account, on: date | None = None) -> Debt:
    """Read from schedule, standing payments and waivers. `on`: the day to which the penalty is wanted; None: without
    any, as the ledger has it."""
    account_id = account.id or 0
    records = records_of(session, [account_id])[account_id]
    given_up = [(row.booked_on, row.amount) for row in standing_entries(session, account_id, EntryKind.waiver)]
    payments, waived = [(paid.on, paid.amount) for paid in records.payments], sum(amount for _, amount in given_up)
    rows = schedule(session, account_id)
    costs = sum(row.amount for row in standing_entries(session, account_id, EntryKind.cost))
    if rows or records.reported is None:
        lowered = waived + sum(amount for _, amount in payments)
        penalty = _penalty(session, account, on) if on is not None and rows else 0
        return Debt([line_of(row) for row in rows], payments, lowered, waived, penalty, bool(rows), costs)
    said = records.reported
    since = sum(amount for on, amount in (*payments, *given_up) if on > said.as_of)
    late, rest = min(said.overdue, said.balance), max(said.balance - said.overdue, 0)
    lines = [Line(1, said.as_of, late), Line(2, account.matures_on or date.max, rest)]
    return Debt(lines, payments, since, waived, has_schedule=False, costs=costs)


def _penalty(session: Session, account: Account, on: date) -> int:
    """All that the balance to the day has on top of what the ledger does."""
    told = balance_of(session, account, session.get_one(Portfolio, account.portfolio_id), on)
    return max(told.total - told.bridge.owed, 0)


def debt_when(session: Session, account: Account, done: Done, without: str) -> Debt | None:
    """The debt as it was at the payment that completed a total, by what is known of that moment now: later payments and
    waivers are not in it, nor what was given up for the source `without`. None: there was no schedule then."""
    book = session.get_one(Portfolio, account.portfolio_id)
    rows = instalments_on(session, account, book, done.on)
    if not rows:
        return None
    others = given_up(session, account, done.on, without)
    waived = sum(one.amount for one in others)
    told = balance_of(session, account, book, done.on, without=without)
    penalty = max(told.total - told.bridge.owed, 0)
    return Debt([line_of(row) for row in rows], [(done.on, done.paid)], waived + done.paid, waived, penalty)


def payments_made(session: Session, account_id: int) -> list[tuple[date, int]]:
    """Those that stand, in the order they were made, whenever their files came; of one moment, the smallest first."""
    rows = select(PaymentRow).where(
        PaymentRow.account_id == account_id,
        PaymentRow.kind == PaymentKind.payment,
        PaymentRow.state == PaymentState.applied,
    )
    made = session.exec(rows.order_by(col(PaymentRow.paid_at), col(PaymentRow.amount), col(PaymentRow.id))).all()
    return [(row.paid_on, row.amount) for row in made]


def lapsed_offers(session: Session, account_ids: Collection[int]) -> Sequence[int]:
    """Offers of these accounts whose terms lapsed: a payment may come to be known that was made in time."""
    rows = select(Terms.offer_id).where(
        among(session, Terms.account_id, account_ids),
        Terms.state == TermsState.lapsed,
        col(Terms.offer_id).is_not(None),
    )
    return [number for number in session.exec(rows.order_by(col(Terms.offer_id))) if number is not None]


def line_of(row: InstalmentRow | InstalmentBefore) -> Line:
    return Line(row.number, row.due_on, row.amount_due, row.principal, row.interest, row.fee)


def live_terms(session: Session, account_id: int) -> Terms | None:
    """The terms of the account that are proposed, approved or offered; there is one at most."""
    rows = select(Terms).where(Terms.account_id == account_id, col(Terms.state).in_(LIVE))
    return session.exec(rows.order_by(col(Terms.id).desc()).limit(1)).first()


def held_terms(session: Session, terms_id: int) -> Terms:
    """Those terms, read afresh and held until commit, or a `NotFound`."""
    row = session.exec(locked(select(Terms).where(Terms.id == terms_id), session)).first()
    if row is None:
        raise NotFound("there are no such terms")
    session.refresh(row)
    return row


def terms_of_account(session: Session, account_id: int) -> Sequence[Terms]:
    """All of them, newest first."""
    return session.exec(select(Terms).where(Terms.account_id == account_id).order_by(col(Terms.id).desc())).all()


def listed(
    session: Session, scope: Scope, states: frozenset[TermsState] = LIVE, limit: int = 200
) -> Sequence[tuple[Terms, Account, Portfolio]]:
    """Terms in these states, those whose day comes first on top."""
    rows = (
        select(Terms, Account, Portfolio)
        .join(Account, col(Account.id) == Terms.account_id)
        .join(Portfolio, col(Portfolio.id) == Terms.portfolio_id)
        .where(col(Terms.state).in_(states))
    )
    if scope.portfolio_ids is not None:
        rows = rows.where(col(Terms.portfolio_id).in_(sorted(scope.portfolio_ids)))
    return session.exec(rows.order_by(col(Terms.due_on), col(Terms.id)).limit(limit)).all()


def guarantors_without_consent(session: Session, account: Account) -> list[int]:
    """Guarantors (person ids) whose written consent is not on file since the schedule was last changed. One paper
    about the account as a whole is the consent of its only guarantor."""
    asked = select(Party.person_id).where(Party.account_id == account.id, Party.role == PartyRole.guarantor)
    guarantors = sorted(set(session.exec(asked).all()))
    if not guarantors:
        return []
    changed = select(Terms.state_at).where(
        Terms.account_id == account.id,
        col(Terms.kind).in_([TermsKind.extension, TermsKind.restructuring]),
        Terms.state == TermsState.fulfilled,
    )
    last = max(session.exec(changed).all(), default=None)
    papers = select(Document.person_id, Document.stored_at).where(
        Document.account_id == account.id, Document.kind == DocumentKind.guarantor_consent
    )
    signed = {person for person, stored_at in session.exec(papers) if last is None or stored_at > last}
    if None in signed and len(guarantors) == 1:
        return []
    return [one for one in guarantors if one not in signed]


def signed_agreement(session: Session, terms: Terms) -> Document | None:
    """The newest signed agreement that was filed with the account since these terms were proposed."""
    papers = select(Document).where(
        Document.account_id == terms.account_id,
        Document.kind == DocumentKind.agreement,
        Document.stored_at >= terms.proposed_at,
    )
    return session.exec(papers.order_by(col(Document.id).desc()).limit(1)).first()


def collateral_receipt(session: Session, account_id: int) -> Document | None:
    """The newest receipt for collateral that was handed back."""
    papers = select(Document).where(Document.account_id == account_id, Document.kind == DocumentKind.collateral_receipt)
    return session.exec(papers.order_by(col(Document.id).desc()).limit(1)).first()


def advanced(session: Session, account_id: int) -> int:
    """What was advanced for the account and did not come back. Minor units."""
    paid, back = (
        sum(row.amount for row in standing_entries(session, account_id, kind))
        for kind in (EntryKind.advance, EntryKind.recourse)
    )
    return paid - back


@dataclass(frozen=True, slots=True)
class Statement:
    """What a letter about terms tells: data only, in minor units and days of the portfolio."""

    account_no: str
    currency: str
    kind: TermsKind
    state: TermsState
    owed: Parts
    waived: Parts
    total: int
    due_on: date
    paid: int
    """All payments that stand."""
    scheduled: int
    """The whole schedule. Scheduled and penalty less paid less waived is owed now, to the minor unit, or was overpaid;
    where the creditor only reported a balance, what was paid since its day."""
    waived_in_all: int
    owed_now: Parts
    lines: Sequence[Line]
    entries: Sequence[LedgerEntry]


def statement_of(session: Session, terms: Terms, on: date) -> Statement:
    """The data of a settlement statement, an agreement or a write-off, as the books have it now; the penalty to the end
    of `on`."""
    account = session.get_one(Account, terms.account_id)
    debt = debt_of(session, account, on)
    rows = select(LedgerEntry).where(LedgerEntry.account_id == account.id).order_by(col(LedgerEntry.id))
    return Statement(
        account_no=account.account_no,
        currency=session.get_one(Portfolio, account.portfolio_id).currency,
        kind=terms.kind,
        state=terms.state,
        owed=terms.owed,
        waived=terms.waived,
        total=terms.total,
        due_on=terms.due_on,
        paid=debt.paid,
        scheduled=sum(line.amount for line in debt.lines),
        waived_in_all=debt.waived,
        owed_now=parts_left(debt.lines, debt.lowered, debt.penalty),
        lines=debt.lines,
        entries=session.exec(rows).all(),
    )

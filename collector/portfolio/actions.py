"""Changes to the book that are not loads. Each says so in the audit, with ids and codes only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.database import locked
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.foundation.phone import normalise, refused_kind
from collector.portfolio.loading.phones import region_of_zone
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.rules import ContactKind, ContactOwner, ContactStatus, PaymentState
from collector.portfolio.tables import (
    Account,
    CallerNumber,
    ContactPoint,
    PauseRow,
    PaymentRow,
    Person,
    Portfolio,
    PortfolioAccess,
)

LONGEST_PAUSE_DAYS = 366
POINT_CHANGED, PAYMENT_MATCHED, TAKEN_BACK = "contact-point", "payment-match", "payment-taken-back"
"""What the audit calls them: from its entries it is known what a number was, and where money lay, at a moment."""


def give_access(
    session: Session,
    codes: Iterable[str],
    *,
    user_id: int | None = None,
    api_key_id: int | None = None,
    actor: str,
    at: datetime,
) -> None:
    """Let a user or an API key see these portfolios; given again, nothing changes."""
    if (user_id is None) == (api_key_id is None):
        raise BadInput("access is given to a user or to a key, to exactly one of them")
    for code in codes:
        portfolio = portfolio_by_code(session, code)
        wanted = PortfolioAccess(portfolio_id=portfolio.id or 0, user_id=user_id, api_key_id=api_key_id)
        known = session.exec(
            select(PortfolioAccess.id).where(
                PortfolioAccess.portfolio_id == wanted.portfolio_id,
                PortfolioAccess.user_id == user_id,
                PortfolioAccess.api_key_id == api_key_id,
            )
        ).first()
        if known is None:
            session.add(wanted)
            subject = f"user:{user_id}" if user_id is not None else f"apikey:{api_key_id}"
            record(session, actor, "access.give", subject, {"portfolio": portfolio.code}, at)
    session.flush()


def see_only(session: Session, codes: Iterable[str], *, user_id: int, actor: str, at: datetime) -> bool:
    """Let a user see these portfolios and no others; whether that changed anything."""
    wanted = {portfolio_by_code(session, code).id: code for code in codes}
    rows = session.exec(select(PortfolioAccess).where(PortfolioAccess.user_id == user_id)).all()
    had = {row.portfolio_id for row in rows}
    for row in rows:
        if row.portfolio_id not in wanted:
            session.delete(row)
            record(session, actor, "access.take", f"user:{user_id}", {"portfolio": row.portfolio_id}, at)
    give_access(session, wanted.values(), user_id=user_id, actor=actor, at=at)
    return had != set(wanted)


def pause(
    session: Session, account: Account, first: date, last: date, *, reason: str = "", actor: str, at: datetime
) -> PauseRow:
    """Take these days, both ends included, out of the account's ageing; given again, it is the same pause."""
    if not 0 <= (last - first).days < LONGEST_PAUSE_DAYS:
        raise BadInput(f"a pause lasts from 1 to {LONGEST_PAUSE_DAYS} days; {first} to {last} does not")
    found = _pause(session, account, first, last)
    if found is not None:
        return found
    row = PauseRow(account_id=account.id or 0, first=first, last=last, reason=reason, made_by=actor, made_at=at)
    session.add(row)
    session.flush()
    record(session, actor, "pause", f"account:{account.id}", {"first": str(first), "last": str(last)}, at)
    return row


def unpause(session: Session, account: Account, first: date, last: date, *, actor: str, at: datetime) -> None:
    """Take a pause back: its days age again, also those that are past."""
    found = _pause(session, account, first, last)
    if found is None:
        raise NotFound(f"this account has no pause from {first} to {last}")
    session.delete(found)
    session.flush()
    record(session, actor, "unpause", f"account:{account.id}", {"first": str(first), "last": str(last)}, at)


def _pause(session: Session, account: Account, first: date, last: date) -> PauseRow | None:
    return session.exec(
        select(PauseRow).where(PauseRow.account_id == account.id, PauseRow.first == first, PauseRow.last == last)
    ).first()


def add_caller(
    session: Session, portfolio: Portfolio, number: str, channels: str = "call,sms", *, actor: str, at: datetime
) -> CallerNumber:
    """A caller number of the creditor's own; a known one gets these channels."""
    value = _dialable(portfolio, number)
    words = {word.strip() for word in channels.split(",")}
    if not words or not words <= {"call", "sms"}:
        raise BadInput(f"{channels!r} is not made of call and sms")
    row = session.exec(
        select(CallerNumber).where(CallerNumber.portfolio_id == portfolio.id, CallerNumber.number == value)
    ).first()
    row = row or CallerNumber(portfolio_id=portfolio.id or 0, number=value)
    row.channels = ",".join(sorted(words))
    session.add(row)
    session.flush()
    record(
        session, actor, "caller", f"caller_number:{row.id}", {"portfolio": portfolio.code, "channels": row.channels}, at
    )
    return row


def rest_caller(session: Session, row: CallerNumber, until: datetime | None, *, actor: str, at: datetime) -> None:
    """Let a marked number rest until a moment; None ends its rest."""
    row.resting_until = until
    session.add(row)
    session.flush()
    record(
        session, actor, "caller-rest", f"caller_number:{row.id}", {"until": until.isoformat() if until else None}, at
    )


def _dialable(portfolio: Portfolio, number: str) -> str:
    value = normalise(number, region_of_zone(portfolio.timezone))
    kind = refused_kind(value)
    if kind is not None:
        raise BadInput(f"this is a {kind} number; such numbers are never called")
    return value


def add_phone(
    session: Session,
    person: Person,
    portfolio: Portfolio,
    number: str,
    *,
    source: str,
    owner: ContactOwner = ContactOwner.own,
    label: str = "mobile",
    verified_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> ContactPoint:
    """A phone found for a person (`source`: skiptrace, borrower, agent ...). A known number that was wrong, given up or
    struck becomes active again only when it is verified; the last verification counts."""
    value = _dialable(portfolio, number)
    row = session.exec(
        select(ContactPoint).where(
            ContactPoint.person_id == person.id,
            ContactPoint.kind == ContactKind.phone,
            ContactPoint.value == value,
        )
    ).first()
    before = _told_of(row)
    if row is None:
        row = ContactPoint(
            person_id=person.id or 0,
            portfolio_id=portfolio.id or 0,
            kind=ContactKind.phone,
            value=value,
            label=label,
            source=source,
            owner=owner,
        )
    if verified_at is not None:
        row.status, row.owner = ContactStatus.active, owner
        row.verified_at = max(filter(None, (row.verified_at, verified_at)))
    session.add(row)
    session.flush()
    detail = {"person": person.id, "source": source, "before": before, "after": _told_of(row)}
    record(session, actor, POINT_CHANGED, f"contact_point:{row.id}", detail, at)
    return row


def _told_of(row: ContactPoint | None) -> dict[str, str | None] | None:
    """A contact point as the audit tells it, so that it can be told later what it was at a moment; None: not there."""
    if row is None:
        return None
    verified = row.verified_at.isoformat() if row.verified_at else None
    return {"status": row.status.value, "owner": row.owner.value, "label": row.label, "verified_at": verified}


def mark_point(
    session: Session,
    row: ContactPoint,
    status: ContactStatus,
    *,
    owner: ContactOwner | None = None,
    label: str | None = None,
    verified_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> None:
    """What history found out about a contact point: wrong, given up, struck or active again; whose it is, and of what
    sort (a landline takes no messages)."""
    before = _told_of(row)
    row.status = status
    row.owner, row.label = owner or row.owner, label or row.label
    row.verified_at = verified_at or row.verified_at
    session.add(row)
    session.flush()
    detail = {"person": row.person_id, "before": before, "after": _told_of(row)}
    record(session, actor, POINT_CHANGED, f"contact_point:{row.id}", detail, at)


def match_payment(session: Session, payment_id: int, account_id: int, *, actor: str, at: datetime) -> PaymentRow:
    """Give a held payment to an account of its portfolio: what a person found, and a second one confirmed elsewhere.

    A payment that is held no more is a `Conflict`; an account of another portfolio a `NotFound`.
    """
    payment = session.exec(locked(select(PaymentRow).where(PaymentRow.id == payment_id), session)).first()
    account = session.get(Account, account_id)
    if payment is None or account is None or account.portfolio_id != payment.portfolio_id:
        raise NotFound("there is no such payment, or no such account beside it")
    if payment.state is not PaymentState.held:
        raise Conflict(f"this payment is {payment.state} already")
    payment.account_id, payment.state = account_id, PaymentState.applied
    session.add(payment)
    session.flush()
    detail = {"account": account_id, "amount": payment.amount}
    record(session, actor, PAYMENT_MATCHED, f"payment:{payment_id}", detail, at)
    return payment


def take_back(session: Session, reversal_id: int, payment_id: int, *, actor: str, at: datetime) -> PaymentRow:
    """Let a reversal take back a payment other than the one it names: what one person found, and a second confirmed."""
    asked = select(PaymentRow).where(col(PaymentRow.id).in_([reversal_id, payment_id])).order_by(col(PaymentRow.id))
    found = {row.id: row for row in session.exec(locked(asked, session))}
    if len(found) != 2 or found[reversal_id].portfolio_id != found[payment_id].portfolio_id:
        raise NotFound("there is no such reversal, or no such payment beside it")
    reversal, payment = found[reversal_id], found[payment_id]
    if payment.state not in (PaymentState.applied, PaymentState.held) or payment.amount != reversal.amount:
        raise Conflict("this payment can not be taken back by this reversal any more")
    reversal.takes_back, reversal.account_id = payment.reference, payment.account_id
    payment.state = PaymentState.reversed
    session.add_all([reversal, payment])
    session.flush()
    for one, other in ((reversal, payment), (payment, reversal)):
        detail = {"account": payment.account_id, "amount": payment.amount, "other": other.id}
        record(session, actor, TAKEN_BACK, f"payment:{one.id}", detail, at)
    return payment

"""What waits for a team: referrals, inbound messages, payments without an account, loads and their rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Session, col, select

from collector.dispatch.rules import Reading, answer_by
from collector.dispatch.tables import InboundMessage
from collector.facts.tables import AccountState
from collector.foundation.database import among
from collector.history.rules import Channel, HoldReason, ReferralKind, ReferralState, banking_country
from collector.history.tables import Attempt, Hold, OutcomeRow, Referral
from collector.identity.rules import Scope
from collector.portfolio.rules import PartyRole, PaymentKind, PaymentState
from collector.portfolio.tables import Account, PaymentRow, Person, Portfolio


@dataclass(frozen=True, slots=True)
class Case:
    """A referral with its account. `calls`: those that speak for it, oldest first. Amounts in minor units."""

    referral: Referral
    key: str
    name: str
    currency: str
    zone: str
    overdue: int
    owed: int
    calls: Sequence[Spoken]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call as evidence."""

    at: datetime
    number: str
    caller: str
    slot: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SaysPaid:
    """`until`: when the quiet ends, or ended; the money is to be looked for all the same."""

    hold_id: int
    account_id: int
    key: str
    since: datetime
    until: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A message, or a call that nobody took, with the clock of its portfolio. `mine`: from somebody whose account the
    reader owns or stands in for."""

    message: InboundMessage
    zone: str
    mine: bool
    answer_by: datetime


LIVE = (ReferralState.proposed, ReferralState.accepted)


def cases(session: Session, scope: Scope, kind: ReferralKind, *, closed: bool = False, limit: int = 200) -> list[Case]:
    """Referrals that wait or are worked (or, `closed`, those that ended), largest overdue first."""
    statement = (
        select(  # type: ignore[call-overload]
            Referral, Account.account_no, Portfolio, Person.name, AccountState.overdue, AccountState.owed
        )
        .join(Account, col(Account.id) == col(Referral.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Referral.portfolio_id))
        .join(Person, col(Person.id) == col(Referral.person_id))
        .join(
            AccountState,
            (col(AccountState.account_id) == col(Referral.account_id))
            & (col(AccountState.person_id) == col(Account.person_id))
            & (col(AccountState.role) == PartyRole.borrower.value),
            isouter=True,
        )
        .where(
            Referral.kind == kind,
            col(Referral.state).not_in(LIVE) if closed else col(Referral.state).in_(LIVE),
        )
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Referral.portfolio_id).in_(scope.portfolio_ids))
    order = col(Referral.state_at).desc() if closed else col(AccountState.overdue).desc()
    rows = session.exec(statement.order_by(order, col(Referral.id)).limit(limit)).all()
    calls = _calls(session, [row[0] for row in rows])
    return [
        Case(
            referral,
            f"{book.code}/{number}",
            name,
            book.currency,
            book.timezone,
            overdue or 0,
            owed or 0,
            calls.get(referral.id or 0, ()),
        )
        for referral, number, book, name, overdue, owed in rows
    ]


def case_count(session: Session, scope: Scope, kind: ReferralKind) -> int:
    """All referrals that wait or are worked, those beyond the listed ones too."""
    statement = select(func.count()).select_from(Referral).where(Referral.kind == kind, col(Referral.state).in_(LIVE))
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Referral.portfolio_id).in_(scope.portfolio_ids))
    return session.exec(statement).one()


def _calls(session: Session, referrals: Sequence[Referral]) -> dict[int, list[Spoken]]:
    """By referral, the calls to the phones that its evidence names, as this portfolio placed them."""
    phones = {row.id or 0: _phones(row) for row in referrals}
    points = sorted({point for named in phones.values() for point in named})
    attempts = session.exec(
        select(Attempt)
        .where(among(session, Attempt.contact_point_id, points), Attempt.channel == Channel.call)
        .order_by(col(Attempt.at))
    ).all()
    ended = select(OutcomeRow).where(among(session, OutcomeRow.attempt_id, [row.id or 0 for row in attempts]))
    outcomes = {row.attempt_id: row.outcome.value for row in session.exec(ended.order_by(col(OutcomeRow.id)))}
    return {
        row.id or 0: [
            Spoken(one.at, one.number or "", one.caller or "", one.slot or "", outcomes.get(one.id or 0, ""))
            for one in attempts
            if one.contact_point_id in phones[row.id or 0] and one.portfolio_id == row.portfolio_id
        ]
        for row in referrals
    }


def _phones(referral: Referral) -> set[int]:
    """The contact points of the evidence that were given up."""
    named: list[dict[str, Any]] = referral.evidence.get("phones", [])
    return {int(phone["contact_point"]) for phone in named if phone.get("given_up")}


def inbox(session: Session, scope: Scope, limit: int = 100, user_id: int | None = None) -> list[Unanswered]:
    """Messages and missed calls a person must look at: who speaks of dying before all others, then those of this
    user's own accounts, then oldest first."""
    statement = select(InboundMessage, Portfolio).join(
        Portfolio, col(Portfolio.id) == col(InboundMessage.portfolio_id), isouter=True
    )
    statement = statement.where(col(InboundMessage.handled_at).is_(None))
    if scope.portfolio_ids is not None:
        statement = statement.where(col(InboundMessage.portfolio_id).in_(scope.portfolio_ids))
    at_once = col(InboundMessage.reading) == Reading.crisis.value
    mine = case((of_owner(user_id), 1), else_=0)
    order = (at_once.desc(), mine.desc(), col(InboundMessage.at), col(InboundMessage.id))
    rows = session.execute(statement.add_columns(mine).order_by(*order).limit(limit)).all()
    return [_unanswered(row, book, bool(is_mine)) for row, book, is_mine in rows]


def _unanswered(row: InboundMessage, book: Portfolio | None, mine: bool) -> Unanswered:
    zone, country = (book.timezone, banking_country(book.currency)) if book else ("UTC", "CN")
    return Unanswered(row, zone, mine, answer_by(Reading(row.reading), row.at, zone, country))


def of_owner(user_id: int | None) -> ColumnElement[bool]:
    """Whether a message is from somebody whose account in that portfolio this user owns, or stands in for."""
    theirs = select(Account.id).where(
        col(Account.person_id) == col(InboundMessage.person_id),
        col(Account.portfolio_id) == col(InboundMessage.portfolio_id),
        or_(col(Account.owner_id) == user_id, col(Account.standby_id) == user_id),
    )
    return theirs.correlate(InboundMessage).exists()


def inbox_count(session: Session, scope: Scope) -> int:
    """All messages a person must look at, those beyond the listed ones too."""
    statement = select(func.count()).select_from(InboundMessage).where(col(InboundMessage.handled_at).is_(None))
    if scope.portfolio_ids is not None:
        statement = statement.where(col(InboundMessage.portfolio_id).in_(scope.portfolio_ids))
    return session.exec(statement).one()


def account_for(session: Session, message: InboundMessage) -> int | None:
    """The account a message is most likely about: the sender's first one in the portfolio it came to."""
    if message.person_id is None or message.portfolio_id is None:
        return None
    statement = select(Account.id).where(
        Account.person_id == message.person_id, Account.portfolio_id == message.portfolio_id
    )
    return session.exec(statement.order_by(col(Account.id)).limit(1)).first()


def says_paid(session: Session, scope: Scope) -> list[SaysPaid]:
    """Borrowers who said they paid, oldest first, until somebody of operations looked for the money or a payment of
    the account was loaded since (handbook section 7): the end of the quiet ends no task."""
    arrived = (
        select(PaymentRow.id)
        .where(
            col(PaymentRow.account_id) == col(Hold.account_id),
            col(PaymentRow.kind) == PaymentKind.payment,
            col(PaymentRow.state) == PaymentState.applied,
            col(PaymentRow.loaded_at) > col(Hold.at),
        )
        .correlate(Hold)
        .exists()
    )
    statement = (
        select(Hold, Account.account_no, Portfolio)
        .join(Account, col(Account.id) == col(Hold.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(Hold.reason == HoldReason.says_paid, col(Hold.proof).is_(None), col(Hold.extends_id).is_(None), ~arrived)
        .order_by(col(Hold.at), col(Hold.id))
    )
    if scope.portfolio_ids is not None:
        statement = statement.where(col(Account.portfolio_id).in_(scope.portfolio_ids))
    return [
        SaysPaid(hold.id or 0, hold.account_id or 0, f"{book.code}/{number}", hold.at, hold.until, book.timezone)
        for hold, number, book in session.exec(statement)
    ]

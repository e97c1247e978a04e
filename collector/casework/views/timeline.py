"""What happened around an account, newest first, told from the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.views.recordings import of_attempts
from collector.casework.views.records import (
    callbacks_of,
    disputes_of,
    holds_around,
    payments_of,
    promises_of,
    referrals_of,
    stops_on,
)
from collector.dispatch.tables import InboundMessage
from collector.foundation.database import among
from collector.foundation.phone import masked
from collector.history.rules import Direction, HoldScope
from collector.history.tables import Attempt, Complaint, Delivery, Disposition, OutcomeRow, SaidInCall
from collector.portfolio.rules import PaymentKind, read_failure
from collector.portfolio.tables import Account

SHOWN = 200
"""How many of each kind are looked at."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing. `what`: its kind; `how`: the word it ended with; amounts in minor units; numbers masked."""

    at: datetime
    what: str
    how: str = ""
    amount: int | None = None
    due_at: datetime | None = None
    number: str = ""
    caller: str = ""
    said: tuple[str, ...] = ()
    """Words of the business that were noted with it, such as the cause of default."""
    text: str = ""
    who: str = ""
    recording: tuple[int, int] | None = None
    """Its id and seconds, where the call can be heard."""


def timeline(session: Session, account: Account, limit: int = SHOWN) -> list[Happening]:
    """The newest `limit` happenings of one account, and what its person said that binds every account.

    Attempts, texts and notes of another creditor's portfolio are left out.
    """
    account_id = account.id or 0
    in_call = _said_in_calls(session, account.person_id)
    told = [
        *_contacts(session, account, limit),
        *_inbound(session, account, limit),
        *_payments(session, account_id, limit),
        *_talk(session, account_id, limit, in_call),
        *_against(session, account, in_call),
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)[:limit]


InCall = Callable[[str], tuple[str, ...]]
"""What is said of a row by its kind and number: that they called and said it then, or nothing."""
THEY_CALLED = "said in an inbound call"


def _said_in_calls(session: Session, person_id: int) -> InCall:
    statement = (
        select(SaidInCall.subject)
        .join(Attempt, col(Attempt.id) == col(SaidInCall.attempt_id))
        .where(Attempt.person_id == person_id)
    )
    subjects = frozenset(session.exec(statement))
    return lambda subject: (THEY_CALLED,) if subject in subjects else ()


def _contacts(session: Session, account: Account, limit: int) -> Iterator[Happening]:
    statement = (
        select(Attempt, Delivery.attempt_id)
        .join(Delivery, col(Delivery.attempt_id) == col(Attempt.id), isouter=True)
        .where(Attempt.person_id == account.person_id, Attempt.portfolio_id == account.portfolio_id)
        .order_by(col(Attempt.at).desc())
        .limit(limit)
    )
    made = session.exec(statement).all()
    attempts = [(row, arrived) for row, arrived in made if account.id == row.account_id or account.id in row.debts]
    ids = [row.id or 0 for row, _ in attempts]
    ended = select(OutcomeRow).where(among(session, OutcomeRow.attempt_id, ids)).order_by(col(OutcomeRow.id))
    outcomes = {row.attempt_id: row for row in session.exec(ended)}
    heard = of_attempts(session, ids)
    for attempt, arrived in attempts:
        number = attempt.id or 0
        yield _contact(attempt, outcomes.get(number), arrived is not None, heard.get(number))


def _contact(attempt: Attempt, outcome: OutcomeRow | None, arrived: bool, heard: tuple[int, int] | None) -> Happening:
    inbound = "inbound " if attempt.direction is Direction.inbound else ""
    how = outcome.outcome.value if outcome else "delivered" if arrived else ""
    return Happening(
        at=attempt.at,
        what=f"{inbound}{attempt.channel.value}",
        how=how,
        number=masked(attempt.number) if attempt.number else "",
        recording=heard,
        caller=attempt.caller or "",
        text=(outcome.note if outcome and outcome.note else attempt.text) or "",
        who=attempt.actor,
    )


def _inbound(session: Session, account: Account, limit: int) -> Iterator[Happening]:
    statement = select(InboundMessage).where(
        InboundMessage.person_id == account.person_id, InboundMessage.portfolio_id == account.portfolio_id
    )
    for row in session.exec(statement.order_by(col(InboundMessage.at).desc()).limit(limit)):
        yield Happening(row.at, "message from them", row.reading, number=masked(row.from_number), text=row.body)


def _payments(session: Session, account_id: int, limit: int) -> Iterator[Happening]:
    for row in payments_of(session, account_id)[:limit]:
        failed = row.kind is PaymentKind.failed_debit
        how = read_failure(row.reason).value if failed else row.state.value
        yield Happening(row.paid_at, row.kind.value, how, row.amount, text=row.reason or "")


def _talk(session: Session, account_id: int, limit: int, in_call: InCall) -> Iterator[Happening]:
    for promise in promises_of(session, account_id)[:limit]:
        told = (promise.amount, promise.due_at)
        called = in_call(f"promise:{promise.id}")
        yield Happening(promise.made_at, "promise", "made", *told, text=promise.way, who=promise.actor, said=called)
        if promise.decided_at is not None:
            yield Happening(promise.decided_at, "promise", promise.state.value, *told)
    for back in callbacks_of(session, account_id):
        yield Happening(back.made_at, "call-back", "agreed", due_at=back.due_at, said=in_call(f"callback:{back.id}"))
    for said in session.exec(select(Disposition).where(Disposition.account_id == account_id)):
        words = tuple(word.value for word in (said.cause, said.willingness, said.ability) if word)
        how = "refuses" if said.refuses else ""
        text = " · ".join(part for part in (said.next_step, said.note) if part)
        yield Happening(said.occurred_at, "disposition", how, said=words, text=text, who=said.actor)


def _against(session: Session, account: Account, in_call: InCall) -> Iterator[Happening]:
    account_id = account.id or 0
    for stop in stops_on(session, account.person_id):
        yield Happening(stop.at, "stop", stop.kind.value)
        if stop.lifted_at is not None:
            yield Happening(stop.lifted_at, "stop lifted", stop.kind.value)
    for hold in holds_around(session, account):
        if hold.account_id != account_id and hold.scope is not HoldScope.person:
            continue
        yield Happening(hold.at, "hold", hold.reason.value, due_at=hold.until, who=hold.actor)
        if hold.lifted_at is not None:
            yield Happening(hold.lifted_at, "hold lifted", hold.reason.value, who=hold.lifted_by or "")
    for dispute in disputes_of(session, account_id):
        called = in_call(f"dispute:{dispute.id}")
        yield Happening(dispute.at, "dispute", "opened", text=dispute.reason, who=dispute.actor, said=called)
        if dispute.answered_at is not None:
            yield Happening(dispute.answered_at, "dispute", "answered", text=dispute.answer or "")
    for complaint in session.exec(select(Complaint).where(Complaint.account_id == account_id)):
        called = in_call(f"complaint:{complaint.id}")
        yield Happening(complaint.at, "complaint", "opened", text=complaint.text, who=complaint.actor, said=called)
    for row in referrals_of(session, account_id):
        yield Happening(row.opened_at, f"{row.kind.value} referral", "proposed", who=row.opened_by)
        if row.state_at > row.opened_at:
            told = (row.state_at, f"{row.kind.value} referral", row.state.value)
            yield Happening(*told, text=row.state_reason, who=row.state_by)

"""Promises to pay, "I have paid", call-backs and what a talk came to (handbook section 7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.actions.stops import account_of
from collector.casework.office import Office
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import Ability, Cause, PromiseState, Proof, Willingness
from collector.history.tables import CallbackRow, Disposition, Hold, Promise
from collector.identity.rules import Actor, ApprovalState, Role
from collector.identity.tables import Approval
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.tables import Party
from collector.strategy.queries import compiled


class NeedsApproval(Conflict):
    """A supervisor must agree to this promise first."""


def make_promise(
    session: Session,
    office: Office,
    *,
    account_id: int,
    amount: int,
    due_at: datetime,
    at: datetime,
    actor: Actor,
    way: str = "",
    promised_by: PartyRole = PartyRole.borrower,
    plan_key: str | None = None,
    approval_id: int | None = None,
) -> Promise:
    """Log a promise, to the minute. Long ones, and a third after broken ones, need an approval (`NeedsApproval`).

    Amount in minor units. Several promises with one `plan_key` are a plan; each is kept or broken by itself.
    """
    people = people_of_account(session, account_id)
    account, book = account_of(session, account_id)
    policy = compiled(session, account.portfolio_id, at).promise
    ahead = (local_day(due_at, book.timezone) - local_day(at, book.timezone)).days
    if policy.needs_supervisor(ahead, _broken(session, account_id)) and Role.supervisor not in actor.roles:
        _require_approved(session, approval_id, account_id, amount, due_at)
    row = history.make_promise(
        session,
        account_id=account_id,
        person_id=_promiser(session, account_id, account.person_id, promised_by),
        amount=amount,
        due_at=due_at,
        made_at=at,
        now=at,
        actor=actor,
        promised_by=promised_by.value,
        way=way,
        plan_key=plan_key,
        approval_id=approval_id,
    )
    follow_up(session, office, people, at, actor)
    return row


def _broken(session: Session, account_id: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(Promise)
        .where(col(Promise.account_id) == account_id, col(Promise.state) == PromiseState.broken)
    ).one()


def promise_body(account_id: int, amount: int, due_at: datetime) -> dict[str, object]:
    """What an approver of a long promise is shown."""
    return {"account": account_id, "amount": amount, "due_at": due_at.isoformat()}


def _require_approved(
    session: Session, approval_id: int | None, account_id: int, amount: int, due_at: datetime
) -> None:
    """The approval must be for exactly this promise, given by a second person."""
    row = session.get(Approval, approval_id) if approval_id is not None else None
    if row is None:
        raise NeedsApproval("a promise this far ahead, or after broken ones, needs a supervisor; ask for approval")
    if row.state is not ApprovalState.approved or row.body != promise_body(account_id, amount, due_at):
        raise NeedsApproval("the approval is not given, or was for another promise")
    if session.exec(select(Promise.id).where(col(Promise.approval_id) == approval_id).limit(1)).first():
        raise NeedsApproval("this approval was used already; ask for another")


def _promiser(session: Session, account_id: int, borrower_id: int, role: PartyRole) -> int:
    """Only who owes can promise (handbook section 7)."""
    if role not in OBLIGORS:
        raise BadInput("only the borrower, a co-borrower or a guarantor can promise")
    if role is PartyRole.borrower:
        return borrower_id
    party = session.exec(
        select(Party).where(col(Party.account_id) == account_id, col(Party.role) == role).order_by(col(Party.id))
    ).first()
    if party is None:
        raise BadInput(f"this account has no {role.value.replace('_', '-')}")
    return party.person_id


def withdraw_promise(
    session: Session, office: Office, promise_id: int, at: datetime, actor: Actor, reason: str = ""
) -> Promise:
    """The promise is taken back, as when a better plan replaces it."""
    promise = session.get(Promise, promise_id)
    if promise is None:
        raise NotFound(f"there is no promise {promise_id}")
    people = people_of_account(session, promise.account_id)
    row = history.withdraw_promise(session, promise_id, at, actor, reason)
    follow_up(session, office, people, at, actor)
    return row


def says_paid(session: Session, office: Office, *, account_id: int, at: datetime, actor: Actor) -> Hold:
    """ "I have paid": two working days of quiet, and a task for operations to look for the money."""
    people = people_of_account(session, account_id)
    account, _ = account_of(session, account_id)
    row = history.says_paid(session, account_id=account_id, person_id=account.person_id, now=at, actor=actor)
    follow_up(session, office, people, at, actor)
    return row


def answer_says_paid(
    session: Session, office: Office, *, hold_id: int, found: bool, at: datetime, actor: Actor
) -> Hold:
    """Operations looked for the money of somebody who says it is paid: it is there, or it is not."""
    return history.answer_says_paid(session, hold_id, Proof.found if found else Proof.not_found, at, actor)


def agree_callback(
    session: Session,
    office: Office,
    *,
    account_id: int,
    due_at: datetime,
    at: datetime,
    actor: Actor,
    contact_point_id: int | None = None,
) -> CallbackRow:
    """A call the person asked for; it comes back to the agent who agreed it."""
    people = people_of_account(session, account_id)
    account, _ = account_of(session, account_id)
    row = history.agree_callback(
        session,
        person_id=account.person_id,
        account_id=account_id,
        due_at=due_at,
        now=at,
        actor=actor,
        contact_point_id=contact_point_id,
        user_id=actor.user_id,
    )
    follow_up(session, office, people, at, actor)
    return row


def record_disposition(
    session: Session,
    office: Office,
    *,
    account_id: int,
    at: datetime,
    actor: Actor,
    person_id: int | None = None,
    attempt_id: int | None = None,
    spoke_to: str = "borrower",
    cause: Cause | None = None,
    willingness: Willingness | None = None,
    ability: Ability | None = None,
    refuses: bool = False,
    next_step: str | None = None,
    note: str | None = None,
) -> Disposition:
    """What a conversation came to: cause, willingness, ability, next step. A refusal may lead to legal."""
    people = people_of_account(session, account_id)
    account, _ = account_of(session, account_id)
    row = history.record_disposition(
        session,
        person_id=person_id or account.person_id,
        account_id=account_id,
        occurred_at=at,
        now=at,
        actor=actor,
        attempt_id=attempt_id,
        spoke_to=spoke_to,
        cause=cause,
        willingness=willingness,
        ability=ability,
        refuses=refuses,
        next_step=next_step,
        note=note,
    )
    follow_up(session, office, people | {row.person_id}, at, actor)
    return row

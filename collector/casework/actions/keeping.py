"""An owner keeps an account beyond its holding period (留案): the agent asks for it, a supervisor agrees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import people_of_account
from collector.casework.actions.stops import account_of
from collector.facts.queries import read_person
from collector.facts.rules import lateness
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.history import actions as history
from collector.history.queries import keeps_of
from collector.history.tables import KeepRow
from collector.identity import actions as identity
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval
from collector.portfolio.tables import Account, Portfolio
from collector.strategy.queries import compiled

KEEP = "keep"
"""The kind of its approval."""


def keep(session: Session, *, account_id: int, until: date | None, reason: str, at: datetime, actor: Actor) -> KeepRow:
    """The owner keeps the account until that day, included, of the portfolio's clock; None takes a keep back. The same
    again is the same row."""
    people_of_account(session, account_id)
    account, book = account_of(session, account_id)
    owner_id = _require_keepable(session, account, book, until, reason, at)
    standing = keeps_of(session, [account_id]).get(account_id)
    if standing is not None and (standing.until, standing.owner_id) == (until, owner_id):
        return standing
    return history.keep_account(session, account, until, owner_id=owner_id, reason=reason, at=at, actor=actor)


def ask_keep(session: Session, *, account_id: int, until: date, reason: str, at: datetime, actor: Actor) -> Approval:
    """The owner, or who stands in, asks a supervisor to let the account stay. Asked twice, it waits once."""
    people_of_account(session, account_id)
    account, book = account_of(session, account_id)
    owner_id = _require_keepable(session, account, book, until, reason, at)
    if actor.user_id is None or actor.user_id not in (account.owner_id, account.standby_id):
        raise Forbidden("only the owner of an account, or their stand-in, asks to keep it")
    body = {"account": account_id, "owner": owner_id, "until": until.isoformat(), "reason": reason}
    subject = f"account:{account_id}"
    waiting = select(Approval).where(Approval.kind == KEEP, Approval.subject == subject)
    for row in session.exec(waiting.where(Approval.state == ApprovalState.open)):
        if row.body == body:
            return row
    return identity.propose(session, KEEP, subject, body, actor, at, account.portfolio_id)


def keep_as_asked(session: Session, approval: Approval, at: datetime, actor: Actor) -> KeepRow:
    """Carry out what a supervisor agreed to, once. Who asked must have the account still."""
    done = session.exec(select(KeepRow).where(col(KeepRow.approval_id) == approval.id)).first()
    if done is not None:
        return done
    if approval.kind != KEEP or approval.state is not ApprovalState.approved:
        raise Forbidden("this keep was not agreed to")
    body: dict[str, Any] = approval.body
    people_of_account(session, body["account"])
    account, book = account_of(session, body["account"])
    until = date.fromisoformat(body["until"])
    if _require_keepable(session, account, book, until, body["reason"], at) != body["owner"]:
        raise Conflict("the account has another owner by now; reject this, and let them ask")
    return history.keep_account(
        session,
        account,
        until,
        owner_id=body["owner"],
        reason=body["reason"],
        at=at,
        actor=actor,
        approval_id=approval.id,
    )


def _require_keepable(
    session: Session, account: Account, book: Portfolio, until: date | None, reason: str, at: datetime
) -> int:
    """Its owner; a `Conflict` or `BadInput` says why it can not be kept so."""
    if account.owner_id is None:
        raise Conflict("nobody has this account: there is nothing to keep")
    if not reason.strip():
        raise BadInput("an account is kept with a reason: say why")
    if until is None:
        return account.owner_id
    today = local_day(at, book.timezone)
    facts = next(one for one in read_person(session, account.person_id, at).accounts if one.account_id == account.id)
    rule = compiled(session, book.id or 0, at).allocation.rule_for(facts, today, lateness(facts, today))
    if rule is None or rule.days is None:
        raise Conflict("no rule of allocation ends the holding of this account: it stays without being kept")
    if not rule.keep.asked_days:
        raise Conflict(f"the strategy lets nobody keep accounts of rule {rule.name}")
    if not 0 < (until - today).days <= rule.keep.asked_days:
        raise BadInput(f"by rule {rule.name} an account is kept from 1 to {rule.keep.asked_days} days from today")
    return account.owner_id

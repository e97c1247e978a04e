"""What doors ask for, by the names people use: accounts by CODE/NO, agents by name, explanations, queues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlmodel import Session, col, select

from collector.casework.office import Office
from collector.dispatch.actions import ClaimedCall
from collector.foundation.database import among
from collector.foundation.errors import BadInput, NotFound
from collector.foundation.money import plain
from collector.foundation.phone import masked
from collector.history.rules import Channel, HoldScope, ReferralKind
from collector.history.tables import Referral
from collector.identity.actions import actor_of
from collector.identity.queries import user_by_name
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.identity.tables import User
from collector.planning import queries as planning
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.queries import account_by_key, portfolio_by_code, scope_of
from collector.portfolio.tables import Account, Person, Portfolio


def account_and_portfolio(session: Session, key: str, scope: Scope = EVERYTHING) -> tuple[Account, Portfolio]:
    """An account by CODE/NO, or by a bare NO where that is unique; foreign and absent are the same `NotFound`."""
    account = account_by_key(session, key, scope)
    return account, session.get_one(Portfolio, account.portfolio_id)


def person_by_key(session: Session, key: str, scope: Scope = EVERYTHING) -> int:
    """A person: the borrower of CODE/NO, or a person's own number."""
    try:
        return account_by_key(session, key, scope).person_id
    except NotFound:
        person = session.get(Person, int(key)) if key.isdecimal() and len(key) < 19 else None
        if person is None or scope.portfolio_ids is not None:
            raise
        return person.id or 0


def agent(session: Session, name: str) -> Actor:
    """The user of that name, with the portfolios they may see."""
    user = user_by_name(session, name)
    if user.disabled_at is not None:
        raise BadInput(f"user {name!r} is disabled")
    base = actor_of(user)
    scope = scope_of(session, user_id=user.id, everything=user.all_portfolios)
    return Actor(base.name, base.user_id, base.roles, scope, base.level)


def hold_subject(session: Session, scope: HoldScope, subject: str | None) -> dict[str, Any]:
    """What a hold is put on, from the words of the command line."""
    if scope is HoldScope.everything:
        return {}
    if not subject:
        raise BadInput(f"say which {scope} is held")
    if scope is HoldScope.account:
        return {"account_id": account_and_portfolio(session, subject)[0].id}
    if scope is HoldScope.person:
        return {"person_id": person_by_key(session, subject)}
    code, _, segment = subject.partition(":")
    portfolio_id = portfolio_by_code(session, code).id
    if scope is HoldScope.portfolio:
        return {"portfolio_id": portfolio_id}
    if not segment:
        raise BadInput("a segment is named as CODE:segment")
    return {"portfolio_id": portfolio_id, "segment": segment}


def keys_of(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    """CODE/NO of accounts."""
    rows = session.exec(
        select(Account.id, Portfolio.code, Account.account_no)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .where(col(Account.id).in_(set(account_ids)))
    )
    return {number or 0: f"{code}/{account_no}" for number, code, account_no in rows}


def tasks(
    session: Session,
    scope: Scope,
    *,
    account: str | None = None,
    channel: Channel | None = None,
    status: TaskState | None = None,
    at: datetime | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Tasks as people see them: with `at`, those of plans up to that moment; phones masked."""
    account_id = account_and_portfolio(session, account, scope)[0].id if account else None
    rows = planning.tasks(session, scope, account_id, channel, status, limit=limit)
    keys = keys_of(session, [row.account_id for row in rows])
    return [told_task(row, keys) for row in rows]


def told_task(row: Task, keys: dict[int, str]) -> dict[str, Any]:
    """One task as data."""
    return {
        "id": row.id,
        "account": keys.get(row.account_id),
        "person": row.person_id,
        "channel": row.channel,
        "purpose": row.purpose,
        "segment": row.segment,
        "stage": row.stage,
        "level": row.level,
        "state": row.state,
        "state_reason": row.state_reason,
        "not_before": row.not_before,
        "not_after": row.not_after,
        "number": masked(row.number) if row.number else None,
        "caller": row.caller,
        "slot": row.slot,
        "template": row.template,
        "tone": row.tone,
        "step": row.step,
        "skipped": msgspec.json.decode(row.skipped) if row.skipped else [],
        "rank": row.rank,
        "priority": msgspec.json.decode(row.priority),
        "reason": row.reason,
        "claimed_by": row.claimed_by,
    }


def claimed_call(session: Session, claimed: ClaimedCall) -> dict[str, Any]:
    """A call that is held for an agent: here, and only here, the number is shown whole, since it is to be dialled."""
    row = claimed.task
    told = told_task(row, keys_of(session, [row.account_id]))
    return {"task": row.id, **told, "number": row.number, "lease_until": row.lease_until}


def referrals(
    session: Session, scope: Scope, *, kind: str | None = None, at: datetime | None = None, limit: int = 1000
) -> list[dict[str, Any]]:
    """The skip-tracing and legal queues, newest state first; with `at`, those opened until then."""
    wanted = select(Referral).order_by(col(Referral.id).desc()).limit(limit)
    if kind is not None:
        if kind not in set(ReferralKind):
            raise BadInput(f"{kind!r} is not a kind of referral: " + ", ".join(ReferralKind))
        wanted = wanted.where(col(Referral.kind) == ReferralKind(kind))
    if scope.portfolio_ids is not None:
        wanted = wanted.where(col(Referral.portfolio_id).in_(scope.portfolio_ids))
    if at is not None:
        wanted = wanted.where(col(Referral.opened_at) <= at)
    rows = session.exec(wanted).all()
    keys = keys_of(session, [row.account_id for row in rows])
    users = {row.negotiator_id for row in rows if row.negotiator_id is not None}
    names = dict(session.exec(select(User.id, User.name).where(among(session, User.id, users))).all()) if users else {}
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "account": keys.get(row.account_id),
            "person": row.person_id,
            "state": row.state,
            "opened_at": row.opened_at,
            "state_at": row.state_at,
            "state_by": row.state_by,
            "state_reason": row.state_reason,
            "route": row.route,
            "negotiator": names.get(row.negotiator_id or 0),
            "triggers": [reason["trigger"] for reason in row.reasons],
            "reasons": row.reasons,
            "evidence": row.evidence,
        }
        for row in rows
    ]


def explain(session: Session, office: Office, key: str, at: datetime, scope: Scope = EVERYTHING) -> dict[str, Any]:
    """Why an account is where it is at that moment: the very decision of the plan, for one account."""
    return explain_account(session, office, *account_and_portfolio(session, key, scope), at)


def explain_account(
    session: Session, office: Office, account: Account, portfolio: Portfolio, at: datetime
) -> dict[str, Any]:
    """The same for an account at hand."""
    document = planning.explain(session, account.id or 0, at, office.capabilities, office.texts(session))
    facts = {
        name: plain(value, portfolio.currency) if name in AMOUNTS else value
        for name, value in document["facts"].items()
    }
    named = {"account": f"{portfolio.code}/{account.account_no}", "person": account.person_id}
    return {**document, **named, "facts": {**facts, "currency": portfolio.currency}}


AMOUNTS = frozenset({"overdue", "owed", "next_due_amount"})
"""Facts told in decimal major units, as files carry them."""

"""An agent's cases: what they own, and what they stand in for while its owner is away; and how one account is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from collector.allocation.queries import holding_of
from collector.allocation.rules import Holding, Member, holding_until, members_of
from collector.facts.queries import read_people
from collector.facts.rules import extra_of, lateness
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.queries import holdings_of, keeps_of
from collector.history.rules import HoldingReason
from collector.history.tables import HoldingRow
from collector.identity.absences import away
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval, User
from collector.portfolio.tables import Account, Person, Portfolio
from collector.strategy.queries import compiled

MOST = 500
"""Cases that are listed at once; the others are counted."""


@dataclass(frozen=True, slots=True)
class Case:
    """One account. `stands_in_for`: its owner, who is away; empty: it is the agent's own. Money in minor units;
    `until`: the first day on which its holding period is over."""

    account_id: int
    key: str
    name: str
    currency: str
    zone: str
    days_past_due: int
    bucket: str
    overdue: int
    touched_on: date | None
    promise: tuple[int, datetime] | None
    until: date | None
    kept_until: date | None
    stands_in_for: str


@dataclass(frozen=True, slots=True)
class Cases:
    rows: Sequence[Case]
    own: int
    stood_in: int


def cases(session: Session, actor: Actor, now: datetime) -> Cases:
    """The largest overdue first."""
    wanted = (
        select(Account, Portfolio, Person.name)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(_mine(session, actor, now))
    )
    rows = session.exec(wanted).all()
    users = names(session, {row.owner_id for row, _, _ in rows if row.owner_id is not None})
    held = _members(session, [(account, book) for account, book, _ in rows], now)
    found = [
        _case(session, held[account.id or 0], account, book, name, users, actor, now) for account, book, name in rows
    ]
    found.sort(key=lambda one: (-one.overdue, one.account_id))
    own = sum(not one.stands_in_for for one in found)
    return Cases(found[:MOST], own, len(found) - own)


def count_cases(session: Session, actor: Actor, now: datetime) -> int:
    """How many there are."""
    return session.exec(select(func.count()).select_from(Account).where(_mine(session, actor, now))).one()


def _mine(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Accounts the actor owns, or stands in for while their owner is away; of the portfolios they see."""
    stands_in = (col(Account.standby_id) == actor.user_id) & col(Account.owner_id).in_(away(session, now))
    mine = (col(Account.owner_id) == actor.user_id) | stands_in
    if actor.scope.portfolio_ids is None:
        return mine
    return mine & col(Account.portfolio_id).in_(actor.scope.portfolio_ids)


def _members(session: Session, rows: Sequence[tuple[Account, Portfolio]], now: datetime) -> dict[int, Member]:
    """Each with its rule and how it is held."""
    ids = [account.id or 0 for account, _ in rows]
    past, keeps = holdings_of(session, ids), keeps_of(session, ids)
    people = read_people(session, sorted({account.person_id for account, _ in rows}), now)
    found = {}
    for account, book in rows:
        number, today = account.id or 0, local_day(now, book.timezone)
        facts = next(one for one in people[account.person_id].accounts if one.account_id == number)
        holding = holding_of(
            account.owner_id, account.standby_id, past.get(number, ()), keeps.get(number), book.timezone
        )
        policy = compiled(session, book.id or 0, now).allocation
        [found[number]] = members_of([facts], {number: holding}, policy, today)
    return found


def _case(
    session: Session,
    member: Member,
    account: Account,
    book: Portfolio,
    name: str,
    users: dict[int, str],
    actor: Actor,
    now: datetime,
) -> Case:
    facts = member.facts
    days = lateness(facts, local_day(now, book.timezone))
    promise = min(extra_of(facts).promises, key=lambda one: one.due_at, default=None)
    return Case(
        account_id=account.id or 0,
        key=f"{book.code}/{account.account_no}",
        name=name,
        currency=book.currency,
        zone=book.timezone,
        days_past_due=days,
        bucket=compiled(session, book.id or 0, now).bucket(days),
        overdue=facts.overdue,
        touched_on=facts.touched_on,
        promise=(promise.amount - promise.paid, datetime.fromtimestamp(promise.due_at, UTC)) if promise else None,
        until=holding_until(member),
        kept_until=member.held.kept_until,
        stands_in_for="" if account.owner_id == actor.user_id else users.get(account.owner_id or 0, ""),
    )


def names(session: Session, user_ids: set[int]) -> dict[int, str]:
    rows = session.exec(select(User).where(among(session, User.id, user_ids)))
    return {row.id or 0: row.display_name or row.name for row in rows}


# --- one account ---


@dataclass(frozen=True, slots=True)
class Past:
    """From when on somebody had it, or nobody: `owner` empty."""

    at: datetime
    owner: str
    standby: str
    why: HoldingReason
    actor: str


@dataclass(frozen=True, slots=True)
class Held:
    """Who has an account, since when and until when. `asked`: a keep waits for a supervisor, until that day."""

    owner_id: int | None
    owner: str
    standby_id: int | None
    standby: str
    owner_away: bool
    rule: str
    holding: Holding
    until: date | None
    longest_keep: date | None
    """The last day to which it may be kept; None: it can not be."""
    asked: date | None
    past: Sequence[Past]
    """Newest first."""


def held(session: Session, account: Account, book: Portfolio, now: datetime) -> Held:
    """How one account is held."""
    member = _members(session, [(account, book)], now)[account.id or 0]
    past = holdings_of(session, [account.id or 0]).get(account.id or 0, ())
    users = names(session, {one for row in past for one in (row.owner_id, row.standby_id) if one is not None}
                  | {one for one in (account.owner_id, account.standby_id) if one is not None})  # fmt: skip
    return Held(
        owner_id=account.owner_id,
        owner=users.get(account.owner_id or 0, ""),
        standby_id=account.standby_id,
        standby=users.get(account.standby_id or 0, ""),
        owner_away=account.owner_id in away(session, now),
        rule=member.rule_name,
        holding=member.held,
        until=holding_until(member),
        longest_keep=_longest(member, local_day(now, book.timezone)),
        asked=_asked(session, account.id or 0),
        past=[_past(row, users) for row in reversed(past)],
    )


def _longest(member: Member, today: date) -> date | None:
    rule = member.rule
    if rule is None or rule.days is None or not rule.keep.asked_days or member.held.owner_id is None:
        return None
    return date.fromordinal(today.toordinal() + rule.keep.asked_days)


def _asked(session: Session, account_id: int) -> date | None:
    waiting = select(Approval).where(Approval.kind == "keep", Approval.subject == f"account:{account_id}")
    row = session.exec(waiting.where(Approval.state == ApprovalState.open).order_by(col(Approval.id).desc())).first()
    return date.fromisoformat(row.body["until"]) if row is not None else None


def _past(row: HoldingRow, users: dict[int, str]) -> Past:
    return Past(row.at, users.get(row.owner_id or 0, ""), users.get(row.standby_id or 0, ""), row.why, row.actor)

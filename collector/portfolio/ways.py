"""Changing ways to pay: proposed by one, agreed to by another, in force a day later; cancelled meanwhile if need be.

While a portfolio has no account nobody is written to, and its files set everything freely. From then on a file that
has something else only proposes it, as a person would. At most one change of a portfolio is under way, so that what a
second person was shown is what the change will be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity import actions as identity
from collector.identity.queries import login_of
from collector.identity.rules import Actor, ApprovalState
from collector.identity.tables import Approval
from collector.portfolio.queries import callers
from collector.portfolio.rules.ways import (
    CALLERS,
    LISTS,
    WORDS,
    Changes,
    Ways,
    WaysState,
    caller_line,
    changes,
    is_still,
    laid_over,
    require_sound,
)
from collector.portfolio.tables import Account, CallerNumber, Portfolio, WaysChange

WAYS = "ways"
"""The kind of its approvals."""
UNDER_WAY = "another change to the ways to pay of this portfolio is under way; let it be decided, or cancel it, first"


def subject_of(portfolio_id: int) -> str:
    return f"portfolio:{portfolio_id}"


def has_accounts(session: Session, portfolio_id: int) -> bool:
    return session.exec(select(Account.id).where(Account.portfolio_id == portfolio_id).limit(1)).first() is not None


def is_free(session: Session, portfolio_id: int) -> bool:
    """Whether nobody can have been written to yet: there is nobody, or no number to reach them from."""
    number = select(CallerNumber.id).where(CallerNumber.portfolio_id == portfolio_id).limit(1)
    return not has_accounts(session, portfolio_id) or session.exec(number).first() is None


def ways_of(session: Session, portfolio: Portfolio) -> Ways:
    """As they are in force. A number without a channel is not used any more."""
    lines = [caller_line(row.number, row.channels) for row in callers(session, portfolio.id or 0) if row.channels]
    words: dict[str, str | list[str]] = {name: getattr(portfolio, name) for name in WORDS}
    return {**words, **{name: list(getattr(portfolio, name)) for name in LISTS}, CALLERS: sorted(lines)}


def open_proposal(session: Session, portfolio_id: int) -> Approval | None:
    """The one that waits for a second person."""
    mine = Approval.kind == WAYS, Approval.subject == subject_of(portfolio_id), Approval.state == ApprovalState.open
    return session.exec(select(Approval).where(*mine).order_by(col(Approval.id)).limit(1)).first()


def waiting_change(session: Session, portfolio_id: int) -> WaysChange | None:
    """The one that was agreed to and waits for its moment."""
    mine = WaysChange.portfolio_id == portfolio_id, WaysChange.state == WaysState.waiting
    return session.exec(select(WaysChange).where(*mine).order_by(col(WaysChange.id)).limit(1)).first()


def coming(session: Session, portfolio: Portfolio) -> Ways:
    """As they would be, were everything that is under way in force."""
    ways, asked = ways_of(session, portfolio), open_proposal(session, portfolio.id or 0)
    agreed = waiting_change(session, portfolio.id or 0)
    for change in (agreed.changes if agreed else None, asked.body["changes"] if asked else None):
        ways = laid_over(ways, change) if change else ways
    return ways


def is_blocked(session: Session, portfolio_id: int, *, from_file: bool, maker: str = "") -> bool:
    """Whether a new proposal must wait. A newer file takes the place of what a file proposed, and a person's newer
    proposal of that person's own."""
    asked = open_proposal(session, portfolio_id)
    if waiting_change(session, portfolio_id) is not None:
        return True
    return asked is not None and not (asked.body["file"] if from_file else asked.maker == maker)


def propose(
    session: Session, portfolio: Portfolio, wanted: Ways, maker: Actor, now: datetime, *, from_file: bool = False
) -> Approval | None:
    """Ask a second person for these ways to pay; None: they are so already. The same again is one proposal; another one
    voids the maker's own earlier one, and whoever looks at that one is told."""
    number = portfolio.id or 0
    lock_key(session, f"ways:{number}")
    now_held = ways_of(session, portfolio)
    change = changes(now_held, wanted)
    asked = open_proposal(session, number)
    if asked is not None and asked.body["changes"] == change:
        return asked
    if not change:
        return None
    require_sound(laid_over(now_held, change))
    if is_blocked(session, number, from_file=from_file, maker=login_of(session, maker)):
        raise Conflict(UNDER_WAY)
    if asked is not None:
        identity.withdraw(session, asked, maker, now, "another one took its place")
    body = {"portfolio": number, "changes": change, "file": from_file}
    return identity.propose(session, WAYS, subject_of(number), body, maker, now, number)


def agree(session: Session, approval: Approval, wait: timedelta, at: datetime) -> WaysChange:
    """What follows the second person's yes: it waits. `Conflict` where things are no longer as they were shown."""
    number = approval.body["portfolio"]
    lock_key(session, f"ways:{number}")
    change: Changes = approval.body["changes"]
    if not is_still(ways_of(session, session.get_one(Portfolio, number)), change):
        raise Conflict("the ways to pay were changed since this was proposed; let it be proposed anew")
    row = WaysChange(
        portfolio_id=number,
        approval_id=approval.id or 0,
        changes=change,
        starts_at=at + wait,
        asked_by=approval.maker,
        asked_at=approval.made_at,
        agreed_by=approval.checker or "",
        agreed_at=at,
    )
    session.add(row)
    session.flush()
    detail = {"portfolio": number, "fields": sorted(change), "starts_at": row.starts_at.isoformat()}
    record(session, f"user:{row.agreed_by}", "ways.agreed", f"ways_change:{row.id}", detail, at)
    return row


def cancel(session: Session, change_id: int, actor: Actor, at: datetime, reason: str) -> WaysChange:
    """It shall not come into force. One person may stop what two agreed to: stopping leads nobody anywhere."""
    if not reason.strip():
        raise BadInput("say why it shall not take effect")
    return _end(session, change_id, WaysState.cancelled, actor.name, at, reason.strip())


def take_effect(session: Session, change_id: int, actor: Actor, at: datetime) -> WaysChange:
    """Its moment is there: from now on texts say so. What is no longer as it was shown is not changed."""
    row = _fetch(session, change_id)
    if row.starts_at > at:
        raise Conflict("this change waits for its moment")
    portfolio = session.get_one(Portfolio, row.portfolio_id)
    if not is_still(ways_of(session, portfolio), row.changes):
        return _end(session, change_id, WaysState.overtaken, actor.name, at, "")
    row = _end(session, change_id, WaysState.in_force, actor.name, at, "")
    wanted = {name: both["after"] for name, both in row.changes.items()}
    set_words(session, portfolio, wanted, actor.name, at)
    set_callers(session, portfolio, wanted.get(CALLERS), actor.name, at)
    return row


def set_words(session: Session, portfolio: Portfolio, wanted: Ways, actor: str, at: datetime) -> None:
    names = [name for name in (*WORDS, *LISTS) if name in wanted]
    for name in names:
        setattr(portfolio, name, wanted[name])
    session.add(portfolio)
    session.flush()
    if names:
        record(session, actor, "portfolios.changed", f"portfolio:{portfolio.id}", {"columns": names}, at)


def set_callers(session: Session, portfolio: Portfolio, lines: object, actor: str, at: datetime) -> None:
    """Exactly these numbers with these channels; one that is not among them keeps its row, and no channel."""
    if not isinstance(lines, list):
        return
    wanted: Mapping[str, str] = dict(line.split() for line in lines)
    rows = {row.number: row for row in callers(session, portfolio.id or 0)}
    for number in sorted(wanted.keys() | rows.keys()):
        row = rows.get(number) or CallerNumber(portfolio_id=portfolio.id or 0, number=number, channels="")
        if row.id is not None and set(row.channels.split(",")) == set(wanted.get(number, "").split(",")):
            continue
        row.channels = wanted.get(number, "")
        session.add(row)
        session.flush()
        detail = {"portfolio": portfolio.code, "channels": row.channels}
        record(session, actor, "caller", f"caller_number:{row.id}", detail, at)


def _fetch(session: Session, change_id: int) -> WaysChange:
    row = session.get(WaysChange, change_id)
    if row is None:
        raise NotFound
    lock_key(session, f"ways:{row.portfolio_id}")
    return row


def _end(session: Session, change_id: int, state: WaysState, actor: str, at: datetime, reason: str) -> WaysChange:
    """One end wins."""
    row = _fetch(session, change_id)
    ended = session.execute(
        update(WaysChange)
        .where(col(WaysChange.id) == change_id, col(WaysChange.state) == WaysState.waiting)
        .values(state=state, ended_at=at, ended_by=actor, ended_because=reason)
    )
    session.refresh(row)
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"this change is {row.state.value.replace('_', ' ')} already")
    detail = {"portfolio": row.portfolio_id, "fields": sorted(row.changes)}
    record(session, actor, f"ways.{state.value}", f"ways_change:{change_id}", detail, at)
    return row

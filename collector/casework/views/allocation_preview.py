"""What allocation by the rules, or giving accounts to somebody, would do to a portfolio. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.allocation.queries import Ground, ground_of
from collector.allocation.rules import Decision, LeftOut
from collector.casework.views.allocation import name_of
from collector.foundation.database import among
from collector.history.rules import HoldingReason
from collector.identity.rules import Level
from collector.portfolio.tables import Account, Portfolio

REASONS = list(HoldingReason)


@dataclass(slots=True)
class Change:
    """An agent before and after. `full` as in `AgentLine`."""

    name: str
    level: Level
    before: int = 0
    after: int = 0
    money_before: int = 0
    money_after: int = 0
    full_before: float | None = None
    full_after: float | None = None
    comes: int = 0
    goes: int = 0


@dataclass(slots=True)
class Moved:
    """Accounts that move by one rule for one reason."""

    rule: str
    why: HoldingReason
    accounts: int = 0
    money: int = 0


@dataclass(slots=True)
class Missed:
    """Accounts that get nobody, or not whom was asked for."""

    rule: str
    why: LeftOut
    accounts: int = 0
    money: int = 0


@dataclass(frozen=True)
class Preview:
    book: Portfolio
    decision: Decision
    agents: Sequence[Change]
    moved: Sequence[Moved]
    missed: Sequence[Missed]
    stays: Sequence[tuple[str, int]]
    people: int


def preview(session: Session, book: Portfolio, now: datetime) -> Preview:
    """What allocation by the rules would do to the portfolio now. Nothing is changed."""
    ground = ground_of(session, book, now)
    return _told(ground, ground.decide())


def preview_giving(
    session: Session, book: Portfolio, now: datetime, chosen: Collection[int], to: Collection[int]
) -> Preview:
    """What giving these accounts to these users would do."""
    ground = ground_of(session, book, now)
    return _told(ground, ground.give(chosen, to))


def preview_taking(session: Session, book: Portfolio, now: datetime, chosen: Collection[int]) -> Preview:
    """What taking these accounts back would do."""
    ground = ground_of(session, book, now)
    return _told(ground, ground.take(chosen))


def _told(ground: Ground, decision: Decision) -> Preview:
    moved: dict[tuple[str, HoldingReason], Moved] = {}
    missed: dict[tuple[str, LeftOut], Missed] = {}
    for move in decision.moves:
        one = moved.setdefault((move.rule, move.why), Moved(move.rule, move.why))
        one.accounts, one.money = one.accounts + 1, one.money + move.money
    for left in decision.left_out:
        other = missed.setdefault((left.rule, left.why), Missed(left.rule, left.why))
        other.accounts, other.money = other.accounts + 1, other.money + left.money
    order = {rule.name: place for place, rule in enumerate(ground.policy.rules)}
    return Preview(
        book=ground.book,
        decision=decision,
        agents=_changes(ground, decision),
        moved=sorted(
            moved.values(), key=lambda one: (order.get(one.rule, len(order)), list(HoldingReason).index(one.why))
        ),
        missed=sorted(missed.values(), key=lambda one: (order.get(one.rule, len(order)), one.why)),
        stays=sorted((why.value, accounts) for why, accounts in decision.stays.items()),
        people=len(decision.people),
    )


def _changes(ground: Ground, decision: Decision) -> list[Change]:
    goes_to = {move.account_id: move.owner_id for move in decision.moves}
    before = [one.held.owner_id for one in ground.members]
    after = [goes_to.get(one.account_id, one.held.owner_id) for one in ground.members]
    loads, later = ground.loads(before), ground.loads(after)
    lines = {
        one.user_id: Change(
            name_of(ground.users[one.user_id]),
            one.level,
            full_before=loads.get(one.user_id),
            full_after=later.get(one.user_id),
        )
        for one in ground.collectors
    }
    for member, old, new in zip(ground.members, before, after, strict=True):
        money = member.facts.overdue
        if old in lines:
            lines[old].before, lines[old].money_before = lines[old].before + 1, lines[old].money_before + money
            lines[old].goes += old != new
        if new in lines:
            lines[new].after, lines[new].money_after = lines[new].after + 1, lines[new].money_after + money
            lines[new].comes += old != new
    return sorted(lines.values(), key=lambda one: (list(Level).index(one.level), one.name))


# --- which accounts ---


def chosen_accounts(
    session: Session,
    book: Portfolio,
    now: datetime,
    *,
    of_agent: int | None = None,
    of_rule: str | None = None,
    keys: Iterable[str] = (),
) -> list[int]:
    """The accounts of an agent, of a rule (of that agent, where both are said), or those listed by their number, with
    or without the portfolio's code. A number that is none is left out."""
    numbers = {key.strip().removeprefix(f"{book.code}/") for key in keys} - {""}
    if numbers:
        wanted = select(Account.id).where(
            col(Account.portfolio_id) == book.id, among(session, Account.account_no, numbers)
        )
        return sorted(number for number in session.exec(wanted) if number is not None)
    ground = ground_of(session, book, now)
    return [
        one.account_id
        for one in ground.members
        if (of_agent is None or one.held.owner_id == of_agent) and (of_rule is None or one.rule_name == of_rule)
    ]

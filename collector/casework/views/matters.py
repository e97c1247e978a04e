"""Matters as pages and commands tell them: one with all that belongs to it, the court calendar, numbers by counsel."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from collector.casework.approvals.costs import COSTS
from collector.casework.approvals.waiting import open_of
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.foundation.errors import NotFound
from collector.identity.rules import Scope
from collector.identity.tables import Approval
from collector.legal.matters.money import costs_of, nets, posted_costs
from collector.legal.matters.queries import (
    Matter,
    court_dates,
    matters_of,
    next_dates,
    open_dates,
    packages_of,
    running_accounts,
)
from collector.legal.matters.rules import MatterOutcome, MatterStage, Net, total_of
from collector.legal.matters.tables import CounselPackage, CounselReceipt, CourtDate, MatterCost, MatterStep
from collector.portfolio.tables import Account, LedgerEntry, Person, Portfolio

SHOWN = 200


@dataclass(frozen=True, slots=True)
class MatterCase:
    """A matter with all that was recorded of it. `posted`: lines of the ledger, by what they are for."""

    matter: Matter
    dates: Sequence[CourtDate]
    costs: Sequence[MatterCost]
    posted: Mapping[str, LedgerEntry]
    net: Net
    packages: Sequence[tuple[CounselPackage, CounselReceipt | None]]
    asked: Approval | None
    """What waits for a second person about its costs."""


def matter_case(session: Session, account_id: int) -> MatterCase | None:
    """Of an account the caller may see; None: nothing of it was accepted by legal."""
    matter = matters_of(session, [account_id]).get(account_id)
    if matter is None:
        return None
    number = matter.referral.id or 0
    return MatterCase(
        matter,
        court_dates(session, number),
        costs_of(session, [number]).get(number, ()),
        posted_costs(session, [account_id]),
        nets(session, [matter])[number],
        packages_of(session, number),
        open_of(session, COSTS, f"matter:{number}"),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What the legal list says of a matter."""

    matter: Matter
    next: CourtDate | None

    @property
    def touched_at(self) -> datetime:
        """When the last thing of it was entered, or legal accepted it."""
        return max([self.matter.referral.state_at, *(row.at for row in self.matter.rows)])


@dataclass(frozen=True, slots=True)
class Running:
    """A matter that runs, by its account."""

    account_id: int
    key: str
    name: str
    beside: Beside


def beside(session: Session, account_ids: Collection[int]) -> dict[int, Beside]:
    """By account, how far its matter is and its next day at court."""
    matters = matters_of(session, account_ids)
    days = next_dates(session, [one.referral.id or 0 for one in matters.values()])
    return {number: Beside(one, days.get(one.referral.id or 0)) for number, one in matters.items()}


@dataclass(frozen=True, slots=True)
class CourtDay:
    """A line of the court calendar. `days` until it, where the court is; below 0: it passed with nothing noted."""

    row: CourtDate
    key: str
    name: str
    days: int
    matter: Matter


def court_calendar(session: Session, scope: Scope, at: datetime, limit: int = SHOWN) -> list[CourtDay]:
    """Days at court that have not ended, what is lost first on top."""
    rows = open_dates(session, scope, limit)
    accounts = {row.account_id for row in rows}
    matters, named = matters_of(session, accounts), _named(session, accounts)
    return [
        CourtDay(row, *named[row.account_id], _days(row, at), matters[row.account_id])
        for row in rows
        if row.account_id in named and row.account_id in matters
    ]


def _days(row: CourtDate, at: datetime) -> int:
    return (local_day(row.at, row.zone) - local_day(at, row.zone)).days


def _named(session: Session, account_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """CODE/NO and the borrower's name."""
    rows = session.exec(
        select(Account.id, Portfolio.code, Account.account_no, Person.name)
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(among(session, Account.id, account_ids))
    )
    return {number or 0: (f"{code}/{no}", name) for number, code, no, name in rows}


@dataclass(frozen=True, slots=True)
class CounselLine:
    """Numbers of one counsel in one currency. `counsel` "": matters in which nobody is named."""

    counsel: str
    currency: str
    matters: int
    running: int
    outcomes: Mapping[MatterOutcome, int]
    net: Net
    days: int | None
    """From filing to the end, on the average of those that were filed and closed; None: there is none."""


def by_counsel(session: Session, scope: Scope) -> list[CounselLine]:
    """Every matter with a history, by its counsel; the largest sum recovered first."""
    asked = select(MatterStep.account_id).distinct()
    if scope.portfolio_ids is not None:
        asked = asked.where(col(MatterStep.portfolio_id).in_(scope.portfolio_ids))
    found = matters_of(session, set(session.exec(asked)))
    currencies = dict(session.exec(select(Portfolio.id, Portfolio.currency)).all())
    groups: dict[tuple[str, str], list[Matter]] = defaultdict(list)
    for one in found.values():
        groups[one.counsel, currencies[one.referral.portfolio_id]].append(one)
    money = nets(session, found.values())
    lines = [_counsel(*key, mine, money) for key, mine in groups.items()]
    return sorted(lines, key=lambda line: (line.currency, -line.net.recovered, line.counsel))


def _counsel(counsel: str, currency: str, matters: Sequence[Matter], money: Mapping[int, Net]) -> CounselLine:
    outcomes = Counter(one.outcome for one in matters if one.outcome is not None)
    spans = [(ended - filed).days for one in matters for filed, ended in [_span(one)] if filed and ended]
    return CounselLine(
        counsel,
        currency,
        len(matters),
        sum(one.stage is not MatterStage.closed for one in matters),
        outcomes,
        total_of(money[one.referral.id or 0] for one in matters),
        round(sum(spans) / len(spans)) if spans else None,
    )


def _span(matter: Matter) -> tuple[date | None, date | None]:
    return matter.first(MatterStage.filed), matter.first(MatterStage.closed)


def running(session: Session, scope: Scope, limit: int = SHOWN) -> list[Running]:
    """Matters that run, by their next day at court; those without any last, the one longest untouched first."""
    lines = _running(session, running_accounts(session, scope, limit))
    return sorted(lines, key=lambda one: (one.beside.next is None, _moment(one.beside), one.account_id))


def idle(session: Session, scope: Scope, limit: int = SHOWN) -> list[Running]:
    """Matters that run with no day ahead, the one longest untouched first: nobody is reminded of them by a date."""
    return _running(session, running_accounts(session, scope, limit, idle=True))


def _running(session: Session, accounts: Sequence[int]) -> list[Running]:
    found, named = beside(session, accounts), _named(session, accounts)
    return [Running(one, *named[one], found[one]) for one in accounts if one in found and found[one].matter.runs]


def _moment(one: Beside) -> datetime:
    return one.next.at if one.next else one.touched_at


def require_of(
    session: Session, table: type[CourtDate | MatterCost | CounselPackage], row_id: int, account: int
) -> None:
    """A row by its id belongs to that account; else it is not there."""
    columns = table.__table__.c  # type: ignore[union-attr]
    if session.connection().scalar(columns_of(columns.account_id).where(columns.id == row_id)) != account:
        raise NotFound

"""The legal queue: what is lost first, and the clocks of one account with all that moved them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.casework.views.queues import LIVE
from collector.facts.clocks import read_clocks
from collector.facts.queries import read_people
from collector.facts.rules.lapsing import Clocks
from collector.facts.tables import AccountState
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.rules import DocumentKind, ReferralKind, Route
from collector.history.tables import Document, Referral
from collector.identity.rules import Scope
from collector.law.rules import Clock, ClockKind, Event
from collector.legal.queries import lost_first, told
from collector.legal.routing import kinds_on_file, routes_of
from collector.legal.rules import best_route, percent_of_papers
from collector.legal.tables import ClockAlarm
from collector.portfolio.rules import PartyRole, Security
from collector.portfolio.tables import Account, Party, Person, Portfolio
from collector.strategy.rules import Considered

SHOWN = 200
PRESERVED = frozenset(
    {
        ClockKind.suit_after_preservation,
        ClockKind.freeze_deposit,
        ClockKind.freeze_movable,
        ClockKind.freeze_land,
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """An account in the queue. Amounts in minor units. `first`: the clock that is lost first; None: none runs."""

    account_id: int
    portfolio_id: int
    owner_id: int | None
    key: str
    name: str
    currency: str
    zone: str
    today: date
    security: Security
    overdue: int
    owed: int
    clocks: Sequence[Clock]
    """Those that still run, what is lost first first."""
    referral: Referral | None
    routes: Sequence[Considered]
    """All that the strategy knows, best first."""
    complete: int
    """Percent of the papers that a case file of this security needs."""

    @property
    def first(self) -> Clock | None:
        return self.clocks[0] if self.clocks else None

    @property
    def proposed(self) -> Route | None:
        """The route that is proposed; None: none is open."""
        return best_route(self.routes)

    @property
    def route(self) -> Route | None:
        """The one that legal chose, or else the proposed one."""
        return (self.referral.route if self.referral else None) or self.proposed

    @property
    def days(self) -> int | None:
        """Until something is lost, by the cautious date; below 0 when only the legal one is ahead."""
        return (self.first.cautious_on - self.today).days if self.first else None

    @property
    def preserved_until(self) -> date | None:
        """When the first preservation of assets ends."""
        return min((one.cautious_on for one in self.clocks if one.kind in PRESERVED), default=None)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One account as legal sees it."""

    line: Line
    clocks: Clocks
    alarms: Sequence[ClockAlarm]
    papers: Sequence[Document]
    guarantors: Sequence[tuple[int, str]]
    """Person id and name."""

    @property
    def noted(self) -> Sequence[Event]:
        """What was recorded about the clocks themselves, the newest first."""
        return [one for one in reversed(self.clocks.events) if one.number]


def queue(
    session: Session, scope: Scope, at: datetime, limit: int = SHOWN, *, only_referred: bool = False
) -> list[Line]:
    """Every account with a clock that is near, referred or not, by what is lost first; then what else was referred to
    legal, the largest amount overdue first. `only_referred`: of those whom legal has, however many others are near."""
    if only_referred:
        found = {line.account_id: line for line in lines(session, _referred(session, scope, limit), at)}
        return sorted(found.values(), key=lambda line: (line.first is None, *_order(line)))
    near = lost_first(session, scope, at, limit)
    referred = [number for number in _referred(session, scope, limit) if number not in set(near)]
    found = {line.account_id: line for line in lines(session, [*near, *referred], at)}
    running = sorted((found[one] for one in near if one in found and found[one].first), key=_order)
    return [*running, *(found[one] for one in referred if one in found)][:limit]


def _order(line: Line) -> tuple[date, int]:
    return (line.first.cautious_on if line.first else date.max), line.account_id


def _referred(session: Session, scope: Scope, limit: int) -> list[int]:
    asked = (
        select(Referral.account_id)
        .join(Account, col(Account.id) == col(Referral.account_id))
        .join(
            AccountState,
            (col(AccountState.account_id) == col(Account.id)) & (col(AccountState.person_id) == col(Account.person_id)),
            isouter=True,
        )
        .where(Referral.kind == ReferralKind.legal, col(Referral.state).in_(LIVE))
    )
    if scope.portfolio_ids is not None:
        asked = asked.where(col(Referral.portfolio_id).in_(scope.portfolio_ids))
    ordered = asked.order_by(col(AccountState.overdue).desc(), col(Referral.id)).limit(limit)
    return list(dict.fromkeys(session.exec(ordered)))


def lines(session: Session, account_ids: Collection[int], at: datetime) -> list[Line]:
    """These accounts as lines of the queue."""
    clocks, papers = read_clocks(session, account_ids, at), kinds_on_file(session, account_ids)
    people = session.exec(select(Account.person_id).where(among(session, Account.id, account_ids)))
    routes = routes_of(session, read_people(session, set(people), at).values(), clocks, papers, at)
    known = _Known(clocks, _referrals(session, account_ids), papers, routes)
    rows = session.exec(
        select(Account, Portfolio, Person.name, AccountState.overdue, AccountState.owed)  # type: ignore[call-overload]
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .join(
            AccountState,
            (col(AccountState.account_id) == col(Account.id))
            & (col(AccountState.person_id) == col(Account.person_id))
            & (col(AccountState.role) == PartyRole.borrower.value),
            isouter=True,
        )
        .where(among(session, Account.id, account_ids))
    ).all()
    return [
        _line(_Row(account, book, name, overdue or 0, owed or 0), known, at)
        for account, book, name, overdue, owed in rows
    ]


class _Row(NamedTuple):
    account: Account
    book: Portfolio
    name: str
    overdue: int
    owed: int


class _Known(NamedTuple):
    """By account."""

    clocks: Mapping[int, Clocks]
    referrals: Mapping[int, Referral]
    papers: Mapping[int, Collection[DocumentKind]]
    routes: Mapping[int, Sequence[Considered]]


def _line(row: _Row, known: _Known, at: datetime) -> Line:
    account, book, number = row.account, row.book, row.account.id or 0
    today = local_day(at, book.timezone)
    running = [one for one in known.clocks.get(number, Clocks()).clocks if one.runs(today)]
    return Line(
        account_id=number,
        portfolio_id=account.portfolio_id,
        owner_id=account.owner_id,
        key=f"{book.code}/{account.account_no}",
        name=row.name,
        currency=book.currency,
        zone=book.timezone,
        today=today,
        security=account.security,
        overdue=row.overdue,
        owed=row.owed,
        clocks=running,
        referral=known.referrals.get(number),
        routes=known.routes.get(number, ()),
        complete=percent_of_papers(account.security, book.collector_type, known.papers.get(number, ())),
    )


def _referrals(session: Session, account_ids: Collection[int]) -> dict[int, Referral]:
    rows = select(Referral).where(
        among(session, Referral.account_id, account_ids),
        Referral.kind == ReferralKind.legal,
        col(Referral.state).in_(LIVE),
    )
    return {row.account_id: row for row in session.exec(rows.order_by(col(Referral.id)))}


def open_referral(session: Session, account_id: int) -> Referral | None:
    """The hand-over to legal that waits or is worked."""
    return _referrals(session, [account_id]).get(account_id)


def case_file(session: Session, account_id: int, at: datetime) -> CaseFile:
    """Of an account the caller may see."""
    [line] = lines(session, [account_id], at)
    papers = session.exec(select(Document).where(Document.account_id == account_id).order_by(col(Document.id)))
    guarantors = session.exec(
        select(Person.id, Person.name)
        .join(Party, col(Party.person_id) == col(Person.id))
        .where(Party.account_id == account_id, Party.role == PartyRole.guarantor)
        .order_by(col(Person.id))
    )
    return CaseFile(
        line=line,
        clocks=read_clocks(session, [account_id], at).get(account_id, Clocks()),
        alarms=told(session, [account_id]).get(account_id, ()),
        papers=list(papers),
        guarantors=[(number or 0, name) for number, name in guarantors],
    )

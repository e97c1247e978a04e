"""Reading cases as the routes are asked about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, func, select

from collector.facts.rules import PersonFacts
from collector.facts.rules.lapsing import Clocks
from collector.foundation.clock import local_day
from collector.foundation.database import among
from collector.history.rules import DocumentKind, ReferralKind, ReferralState
from collector.history.tables import Document, Referral
from collector.legal.rules import case_of, propose_routes
from collector.portfolio.queries import portfolio_of
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account
from collector.strategy.queries import compiled
from collector.strategy.rules import Considered

OPEN = (ReferralState.proposed, ReferralState.accepted)


def routes_of(
    session: Session,
    people: Iterable[PersonFacts],
    clocks: Mapping[int, Clocks],
    papers: Mapping[int, Collection[DocumentKind]],
    at: datetime,
) -> dict[int, tuple[Considered, ...]]:
    """By account that these people borrowed and of which the clocks are given: all routes, best first."""
    cases = [
        (facts, account)
        for facts in people
        for account in facts.accounts
        if account.role is PartyRole.borrower and account.account_id in clocks
    ]
    alike = _alike(session, {account.portfolio_id for _, account in cases})
    counted = _referred(session, {account.account_id for _, account in cases})
    found: dict[int, tuple[Considered, ...]] = {}
    for facts, account in cases:
        number, book = account.account_id, account.portfolio_id
        case = case_of(
            account,
            local_day(at, portfolio_of(session, book).timezone),
            flags=facts.body.flags,
            clocks=clocks[number].clocks,
            papers=papers.get(number, ()),
            alike=alike.get((book, account.product), 0) - (number in counted),
        )
        found[number] = propose_routes(case, compiled(session, book, at))
    return found


def kinds_on_file(session: Session, account_ids: Collection[int]) -> dict[int, set[DocumentKind]]:
    """Which kinds of papers there are of each account."""
    found: dict[int, set[DocumentKind]] = {}
    rows = select(Document.account_id, Document.kind).where(among(session, Document.account_id, account_ids))
    for account_id, kind in session.exec(rows.distinct()):
        found.setdefault(account_id, set()).add(DocumentKind(kind))
    return found


def _alike(session: Session, portfolio_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """By portfolio and product, the cases with the legal team that are not filed yet."""
    rows = (
        select(Account.portfolio_id, Account.product, func.count(func.distinct(col(Account.id))))
        .join(Referral, col(Referral.account_id) == col(Account.id))
        .where(col(Account.portfolio_id).in_(portfolio_ids), *_WAITS)
        .group_by(col(Account.portfolio_id), col(Account.product))
    )
    return {(book, product): count for book, product, count in session.exec(rows)}


def _referred(session: Session, account_ids: Collection[int]) -> set[int]:
    """Those of these accounts that are counted among the waiting ones themselves."""
    return set(
        session.exec(select(Referral.account_id).where(among(session, Referral.account_id, account_ids), *_WAITS))
    )


_WAITS = (
    col(Referral.kind) == ReferralKind.legal,
    col(Referral.state).in_(OPEN),
    col(Referral.filing_id).is_(None),
)

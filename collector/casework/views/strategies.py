"""A portfolio's strategies for the screens: versions, drafts, what is wrong with a text, and its segments' accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from collector.facts.queries import stream
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, NotFound, Problem
from collector.foundation.files import spans_of
from collector.identity.rules import ApprovalState
from collector.identity.tables import Approval, User
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Portfolio
from collector.strategy import actions, queries
from collector.strategy.editing import SEGMENTS, rows_of
from collector.strategy.reading import overlap_warnings, parse
from collector.strategy.rules import Strategy
from collector.strategy.tables import StrategyDraft, StrategyVersion
from collector.texts.catalogue import Catalogue

EVERYONE = 2**62
STRATEGY = "strategy"


class Drafting(NamedTuple):
    """Somebody's draft."""

    draft: StrategyDraft
    who: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What was published for a portfolio, its own and the house's, with the shipped one; newest first."""

    in_force: StrategyVersion
    to_come: Sequence[StrategyVersion]
    earlier: Sequence[StrategyVersion]
    drafts: Sequence[Drafting]
    proposals: Sequence[Approval]


def versions(session: Session, book: Portfolio, now: datetime) -> Versions:
    number = book.id or 0
    in_force = queries.active(session, number, now)
    every = [*queries.versions(session, number), *queries.versions(session, None), queries.shipped(book.jurisdiction)]
    others = [row for row in every if (row.portfolio_id, row.version) != (in_force.portfolio_id, in_force.version)]
    named = select(StrategyDraft, User.name).join(User, col(User.id) == col(StrategyDraft.user_id))
    drafts = session.exec(
        named.where(col(StrategyDraft.portfolio_id) == number).order_by(col(StrategyDraft.changed_at).desc())
    )
    return Versions(
        in_force,
        [row for row in others if row.starts_at > now],
        [row for row in others if row.starts_at <= now],
        [Drafting(*row) for row in drafts],
        proposals(session, book),
    )


def proposals(session: Session, book: Portfolio) -> Sequence[Approval]:
    """What waits to be published here."""
    waiting = select(Approval).where(
        col(Approval.kind) == STRATEGY,
        col(Approval.state) == ApprovalState.open,
        col(Approval.portfolio_id) == book.id,
    )
    return session.exec(waiting.order_by(col(Approval.id))).all()


def version(session: Session, book: Portfolio, version_id: int) -> StrategyVersion:
    """A version that can hold for this portfolio, by id; 0: the shipped one."""
    if version_id == 0:
        return queries.shipped(book.jurisdiction)
    row = session.get(StrategyVersion, version_id)
    if row is None or row.portfolio_id not in (None, book.id):
        raise NotFound
    return row


def proposal(session: Session, book: Portfolio, approval_id: int) -> Approval:
    row = session.get(Approval, approval_id)
    if row is None or row.kind != STRATEGY or row.portfolio_id != book.id:
        raise NotFound
    return row


class Wrong(NamedTuple):
    """Something about a text. `row`: the place of the row it is about, from 0."""

    reason: str
    line: int | None
    row: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """A text as far as it can be used: `strategy` None: it has problems. `warnings`: only worth knowing."""

    problems: Sequence[Wrong]
    warnings: Sequence[Wrong]
    strategy: Strategy | None


def look_over(catalogue: Catalogue, book: Portfolio, text: str) -> Looked:
    """Everything that a publication would refuse, by place."""
    try:
        document = parse(text)
        actions.check_for(document, catalogue, [book])
        warnings = _placed(text, overlap_warnings(document))
    except BadInput as error:
        return Looked(_placed(text, error.problems), (), None)
    return Looked((), warnings, queries.compiled_text(text, book.currency, 0))


def _placed(text: str, problems: Sequence[Problem]) -> list[Wrong]:
    try:
        spans = spans_of(text)
        rows = [spans[SEGMENTS, at] for at in range(len(rows_of(text)))]
    except BadInput:
        rows = []
    found = []
    for one in problems:
        line = None if one.line is None else one.line - 1
        place = next((at for at, span in enumerate(rows) if line is not None and span.first <= line <= span.last), None)
        found.append(Wrong(one.reason, one.line, place))
    return found


class Held(NamedTuple):
    """What stands in a segment. Money in minor units."""

    accounts: int = 0
    overdue: int = 0


LARGE = 50_000
"""Accounts from which on a page does not wait for all of them to be gone through: a trial in the background does it."""


def is_large(session: Session, book: Portfolio) -> bool:
    """Whether the book is too large to be gone through while somebody waits for a page."""
    wanted = select(Account.id).where(col(Account.portfolio_id) == book.id).offset(LARGE).limit(1)
    return session.exec(wanted).first() is not None


def held_in_trial(found: Mapping[str, Any]) -> list[Mapping[str, Held]]:
    """What stands in each segment by the version in force and by the draft, as a trial found it."""
    before: dict[str, Held] = {}
    after: dict[str, Held] = {}
    for flow in found.get("flows", ()):
        for held, name in ((before, flow["from"]), (after, flow["to"])):
            count, overdue = held.get(name, Held())
            held[name] = Held(count + flow["accounts"], overdue + flow["overdue"])
    return [after, before]


def held_by(
    session: Session, book: Portfolio, strategies: Sequence[Strategy], now: datetime
) -> list[Mapping[str, Held]]:
    """For each strategy, what stands in each of its segments now: the live book, gone through once. Facts that are not
    up to date are a `NotReady`."""
    number, today = book.id or 0, local_day(now, book.timezone)
    found: list[dict[str, Held]] = [{} for _ in strategies]
    for accounts, _, _ in stream(session, number, today, 0, EVERYONE):
        for account in accounts:
            if account.portfolio_id == number and account.role is PartyRole.borrower:
                for strategy, held in zip(strategies, found, strict=True):
                    name = strategy.segment(account, today).name
                    count, overdue = held.get(name, Held())
                    held[name] = Held(count + 1, overdue + account.overdue)
    return list(found)


def accounts_of(session: Session, book: Portfolio, account_ids: Sequence[int]) -> Sequence[Account]:
    """These accounts of the portfolio, in order of their numbers."""
    wanted = select(Account).where(col(Account.portfolio_id) == book.id, col(Account.id).in_(account_ids))
    return session.exec(wanted.order_by(col(Account.account_no))).all()

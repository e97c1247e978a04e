"""Campaigns as their pages tell them: how each stands, in people and accounts, and which accounts a number means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, true
from sqlmodel import Session, col, select

from collector.dispatch.queries.campaigns import OPEN, has_failed, has_opted_out, of_campaign
from collector.dispatch.rules import Progress
from collector.dispatch.tables import InboundMessage, Submission
from collector.facts.tables import AccountState
from collector.foundation.errors import NotFound
from collector.history.rules import SILENT, CampaignState, MemberState, Outcome
from collector.history.tables import Campaign, CampaignMember, OutcomeRow, Promise
from collector.identity.rules import Scope
from collector.planning.tables import Task
from collector.portfolio.rules import PartyRole, PaymentKind, PaymentState
from collector.portfolio.tables import Account, PaymentRow, Portfolio

LISTED = 500
"""Accounts that a list names."""
NAMED = 3
"""Paused campaigns that the floor names."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of a campaign's accounts, those of one sort. `what`: a key of `SORTS`."""

    what: str
    people: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign in the list. People by what became of them."""

    campaign: Campaign
    book: Portfolio
    contacted: int
    refused: int


@dataclass(frozen=True, slots=True)
class Named:
    """An account of a list. `overdue` in minor units, as it stands now."""

    account_id: int
    key: str
    state: MemberState
    rule: str
    overdue: int


def _of_contact(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(Submission.task_id) == col(CampaignMember.task_id), *conditions)


def _sorts() -> dict[str, ColumnElement[bool]]:
    state, since = col(CampaignMember.state), col(CampaignMember.done_at)
    on_plan = exists().where(
        col(Task.campaign_id) == col(CampaignMember.campaign_id),
        col(Task.person_id) == col(CampaignMember.person_id),
        col(Task.state).in_(OPEN),
    )
    spoken = exists().where(
        col(Task.id) == col(CampaignMember.task_id),
        col(OutcomeRow.attempt_id) == col(Task.attempt_id),
        col(OutcomeRow.outcome) == Outcome.right_party,
    )
    wrote = exists().where(
        col(InboundMessage.person_id) == col(CampaignMember.person_id), col(InboundMessage.at) >= since
    )
    return {
        "chosen": true(),
        "waiting": state == MemberState.waiting,
        "planned": (state == MemberState.released) & on_plan,
        "contacted": state == MemberState.done,
        "delivered": _of_contact(col(Submission.progress) == Progress.delivered),
        "failed": (state == MemberState.done) & has_failed(),
        "refused": col(CampaignMember.rule).not_in(["", SILENT]),
        "silent": col(CampaignMember.rule) == SILENT,
        "opted_out": has_opted_out(),
        "reached": spoken | wrote,
        "promised": exists().where(
            col(Promise.account_id) == col(CampaignMember.account_id), col(Promise.made_at) >= since
        ),
        "paid": exists().where(*_paid()),
    }


def _paid() -> Sequence[ColumnElement[bool]]:
    return (
        col(PaymentRow.account_id) == col(CampaignMember.account_id),
        col(PaymentRow.state) == PaymentState.applied,
        col(PaymentRow.kind) == PaymentKind.payment,
        col(PaymentRow.paid_at) >= col(CampaignMember.done_at),
    )


SORTS: Mapping[str, ColumnElement[bool]] = _sorts()
"""By name, which accounts of a campaign are meant, in the order in which a campaign goes on."""


def campaign(session: Session, scope: Scope, campaign_id: int) -> tuple[Campaign, Portfolio]:
    """The campaign, inside what the reader may see; foreign and absent are the same `NotFound`."""
    found = session.get(Campaign, campaign_id)
    if found is None or not scope.admits(found.portfolio_id):
        raise NotFound
    return found, session.get_one(Portfolio, found.portfolio_id)


def words_of(session: Session, task: Task) -> str:
    """What the campaign of a call asks the agent to say; empty: it is of none, or says nothing."""
    found = session.get(Campaign, task.campaign_id) if task.campaign_id is not None else None
    return found.note if found is not None else ""


def campaigns(session: Session, scope: Scope, limit: int = 100) -> list[Line]:
    """Those of the scope, newest first."""
    wanted = select(Campaign, Portfolio).join(Portfolio, col(Portfolio.id) == col(Campaign.portfolio_id))
    if scope.portfolio_ids is not None:
        wanted = wanted.where(col(Campaign.portfolio_id).in_(scope.portfolio_ids))
    rows = session.exec(wanted.order_by(col(Campaign.id).desc()).limit(limit)).all()
    counts = _by_state(session, [row.id or 0 for row, _ in rows])
    return [
        Line(row, book, counts[row.id or 0][MemberState.done], counts[row.id or 0][MemberState.refused])
        for row, book in rows
    ]


def _by_state(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[MemberState, int]]:
    people = func.count(col(CampaignMember.person_id).distinct())
    rows = session.exec(
        select(CampaignMember.campaign_id, CampaignMember.state, people)
        .where(col(CampaignMember.campaign_id).in_(ids))
        .group_by(col(CampaignMember.campaign_id), col(CampaignMember.state))
    )
    found: dict[int, dict[MemberState, int]] = defaultdict(lambda: defaultdict(int))
    for number, state, count in rows:
        found[number][MemberState(state)] = count
    return found


def paused(session: Session, scope: Scope) -> list[Campaign]:
    """Those that wait for a person to say that they may go on."""
    wanted = select(Campaign).where(col(Campaign.state) == CampaignState.paused)
    if scope.portfolio_ids is not None:
        wanted = wanted.where(col(Campaign.portfolio_id).in_(scope.portfolio_ids))
    return list(session.exec(wanted.order_by(col(Campaign.state_at)).limit(NAMED)))


def progress(session: Session, row: Campaign) -> tuple[list[Part], int]:
    """Every sort with its people and accounts, and the money paid since by those who were contacted."""
    people = func.count(col(CampaignMember.person_id).distinct())
    parts = []
    for what, meant in SORTS.items():
        counted: Any = select(people, func.count(col(CampaignMember.id))).where(of_campaign(row), meant)
        parts.append(Part(what, *session.exec(counted).one()))
    total = (
        select(func.coalesce(func.sum(PaymentRow.amount), 0)).join(CampaignMember, *_joined()).where(of_campaign(row))
    )
    return parts, int(session.exec(total).one())


def _joined() -> tuple[ColumnElement[bool]]:
    first, *others = _paid()
    for other in others:
        first &= other
    return (first,)


def by_rule(session: Session, row: Campaign) -> list[tuple[str, int]]:
    """What kept people from being contacted, by what spoke, most first."""
    people = func.count(col(CampaignMember.person_id).distinct())
    rows = session.exec(
        select(CampaignMember.rule, people)
        .where(of_campaign(row), col(CampaignMember.rule) != "")
        .group_by(col(CampaignMember.rule))
        .order_by(people.desc(), col(CampaignMember.rule))
    )
    return [(rule, count) for rule, count in rows]


def accounts_of(session: Session, row: Campaign, what: str) -> list[Named]:
    """The first accounts of one sort, in the order of their turn; an unknown sort is a `NotFound`."""
    if what not in SORTS:
        raise NotFound
    state = AccountState
    mine = (col(state.account_id) == col(CampaignMember.account_id)) & (col(state.role) == PartyRole.borrower)
    rows = session.exec(
        select(CampaignMember, Account.account_no, Portfolio.code, func.coalesce(state.overdue, 0))
        .join(Account, col(Account.id) == col(CampaignMember.account_id))
        .join(Portfolio, col(Portfolio.id) == col(Account.portfolio_id))
        .join(state, mine, isouter=True)
        .where(of_campaign(row), SORTS[what])
        .order_by(col(CampaignMember.id))
        .limit(LISTED)
    )
    return [
        Named(member.account_id, f"{code}/{number}", member.state, member.rule, overdue)
        for member, number, code, overdue in rows
    ]

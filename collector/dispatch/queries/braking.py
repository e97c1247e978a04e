"""What the brake asks: which strategy a task follows, what became of the first messages, what an hour let go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from collector.dispatch.queries.line import WITHHELD
from collector.dispatch.rules import Progress, Sample
from collector.dispatch.tables import Brake, BrakeSample, MessagesOut, Submission
from collector.history.rules import Channel, HoldReason, HoldScope, StopKind
from collector.history.tables import Hold, Stop
from collector.planning.rules import RunState
from collector.planning.tables import PlanRun
from collector.portfolio.queries import portfolio_of
from collector.strategy.queries import active, compiled_text

FAILED = (Progress.undelivered, Progress.refused)
MESSAGES = frozenset({Channel.sms.value, Channel.email.value})


class Followed(NamedTuple):
    """The strategy version that holds for a portfolio, if somebody published it."""

    digest: str
    name: str
    starts_at: datetime


def followed(session: Session, portfolio_id: int, at: datetime) -> Followed | None:
    """None: the strategy that ships with the program, which was tried with it."""
    version = active(session, portfolio_id, at)
    if version.id is None:
        return None
    strategy = compiled_text(version.body, portfolio_of(session, portfolio_id).currency, version.version)
    return Followed(version.digest, f"{strategy.name}@{version.version}", version.starts_at)


def runs_at(session: Session, run_ids: Collection[int]) -> Mapping[int, datetime]:
    """When these plans were made."""
    rows = session.exec(select(PlanRun.id, PlanRun.at).where(col(PlanRun.id).in_(run_ids)))
    return {number or 0: at for number, at in rows}


def brakes_of(session: Session, portfolio_id: int) -> dict[tuple[str, str], Brake]:
    """Everything that was ever new here, by kind and what it was."""
    rows = session.exec(
        select(Brake).where(col(Brake.portfolio_id) == portfolio_id).execution_options(populate_existing=True)
    )
    return {(row.kind.value, row.what): row for row in rows}


def sample_of(session: Session, brake_id: int) -> Sample:
    """What became of the first messages."""
    own = col(BrakeSample.brake_id) == brake_id
    sent, last_at = session.exec(select(func.count(), func.max(BrakeSample.at)).where(own)).one()
    wrong = and_(col(Submission.progress).in_(FAILED), func.coalesce(Submission.error, "") != WITHHELD)
    joined = select(BrakeSample).join(Submission, col(Submission.task_id) == col(BrakeSample.task_id)).where(own)
    failed = session.exec(joined.with_only_columns(func.count()).where(wrong)).one()  # type: ignore[call-overload]
    theirs = or_(
        col(Stop.person_id) == col(BrakeSample.person_id),
        and_(col(Stop.person_id).is_(None), col(Stop.number) == col(Submission.to_number)),
    )
    out = and_(theirs, col(Stop.kind) == StopKind.opt_out, col(Stop.at) >= col(BrakeSample.at))
    opted_out = session.exec(
        joined.join(Stop, out).with_only_columns(func.count(BrakeSample.person_id.distinct()))  # type: ignore[attr-defined,call-overload]
    ).one()
    return Sample(int(sent), last_at, int(failed), int(opted_out))


def planned_messages(session: Session, portfolio_id: int) -> int | None:
    """How many messages the portfolio's day was planned to send; None: no plan says so."""
    counts = session.exec(
        select(PlanRun.counts).where(col(PlanRun.portfolio_id) == portfolio_id, col(PlanRun.state) == RunState.current)
    ).first()
    if not counts or "tasks" not in counts:
        return None
    return sum(int(number) for key, number in counts["tasks"].items() if key.rpartition("|")[2] in MESSAGES)


def sent_since(session: Session, portfolio_id: int, since: datetime) -> int:
    """Messages that were let go since then, or since a person last said that they may go on."""
    lifted = session.exec(
        select(func.max(Hold.lifted_at)).where(
            col(Hold.scope) == HoldScope.portfolio,
            col(Hold.portfolio_id) == portfolio_id,
            col(Hold.reason) == HoldReason.brake,
        )
    ).one()
    begun = max(since, lifted) if lifted is not None else since
    total = session.exec(
        select(func.sum(MessagesOut.number)).where(
            col(MessagesOut.portfolio_id) == portfolio_id, col(MessagesOut.at) >= begun
        )
    ).one()
    return int(total or 0)

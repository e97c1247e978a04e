"""What became of a campaign's people: what its brake asks, and what its page counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import Session, col, select

from collector.dispatch.queries.line import WITHHELD
from collector.dispatch.rules.brake import Sample
from collector.dispatch.rules.campaigns import Count
from collector.dispatch.rules.progress import Progress
from collector.dispatch.tables import Submission
from collector.foundation.database import among
from collector.history.rules import MemberState, Outcome, StopKind
from collector.history.tables import Campaign, CampaignMember, OutcomeRow, Stop
from collector.planning.rules import Purpose, TaskState
from collector.planning.tables import Refusal, Task

FAILED = (Progress.undelivered, Progress.refused)
OPEN = (TaskState.planned, TaskState.claimed, TaskState.sending, TaskState.sent, TaskState.unknown)
LEFT_ALONE = (StopKind.opt_out, StopKind.cease)
_people = func.count(col(CampaignMember.person_id).distinct())


def of_campaign(campaign: Campaign) -> ColumnElement[bool]:
    return col(CampaignMember.campaign_id) == campaign.id


def has_failed() -> ColumnElement[bool]:
    """The message did not arrive, or the call disturbed a stranger."""
    went_wrong = exists().where(
        col(Submission.task_id) == col(CampaignMember.task_id),
        col(Submission.progress).in_(FAILED),
        func.coalesce(Submission.error, "") != WITHHELD,
    )
    stranger = exists().where(
        col(Task.id) == col(CampaignMember.task_id),
        col(OutcomeRow.attempt_id) == col(Task.attempt_id),
        col(OutcomeRow.outcome) == Outcome.wrong_number,
    )
    return or_(went_wrong, stranger)


def has_opted_out() -> ColumnElement[bool]:
    """They asked for it after they were contacted, or whoever has the number did."""
    theirs = or_(
        col(Stop.person_id) == col(CampaignMember.person_id),
        and_(col(Stop.person_id).is_(None), col(Stop.number) == col(Task.number)),
    )
    return exists().where(
        col(Task.id) == col(CampaignMember.task_id),
        theirs,
        col(Stop.kind).in_(LEFT_ALONE),
        col(Stop.at) >= col(CampaignMember.done_at),
    )


def count_of(session: Session, campaign: Campaign, at: datetime) -> Count:
    """How it stands, in people."""
    waits = col(CampaignMember.state) == MemberState.waiting
    put_off = func.coalesce(CampaignMember.not_before, campaign.starts_at) > at
    return Count(
        waiting=people_of(session, campaign, waits, ~put_off),
        later=people_of(session, campaign, waits, put_off),
        released=people_of(session, campaign, col(CampaignMember.state) == MemberState.released),
        sample=sample_of(session, campaign),
    )


def sample_of(session: Session, campaign: Campaign) -> Sample:
    """What became of those who were contacted since the brake measures."""
    done: list[Any] = [of_campaign(campaign), col(CampaignMember.state) == MemberState.done]
    if campaign.measured_from is not None:
        done.append(col(CampaignMember.done_at) >= campaign.measured_from)
    sent, last_at = session.exec(select(_people, func.max(CampaignMember.done_at)).where(*done)).one()
    if not sent:
        return Sample()
    failed = session.exec(select(_people).where(*done, has_failed())).one()
    return Sample(sent, last_at, failed, session.exec(select(_people).where(*done, has_opted_out())).one())


def people_of(session: Session, campaign: Campaign, *conditions: ColumnElement[bool]) -> int:
    return int(session.exec(select(_people).where(of_campaign(campaign), *conditions)).one())


def next_people(session: Session, campaign: Campaign, at: datetime, limit: int) -> list[int]:
    """Whose turn it is, in the order of the list."""
    turn = select(CampaignMember.person_id).where(
        of_campaign(campaign),
        col(CampaignMember.state) == MemberState.waiting,
        or_(col(CampaignMember.not_before).is_(None), col(CampaignMember.not_before) <= at),
    )
    first = func.min(CampaignMember.id)
    return list(session.exec(turn.group_by(col(CampaignMember.person_id)).order_by(first).limit(limit)))


def without_task() -> ColumnElement[bool]:
    """Released, and nothing on the plan is to contact them."""
    on_the_plan = exists().where(
        col(Task.campaign_id) == col(CampaignMember.campaign_id),
        col(Task.person_id) == col(CampaignMember.person_id),
        col(Task.state).in_(OPEN),
    )
    return (col(CampaignMember.state) == MemberState.released) & ~on_the_plan


def people_without_task(session: Session, campaign: Campaign) -> Sequence[int]:
    chosen = select(CampaignMember.person_id).where(of_campaign(campaign), without_task()).distinct()
    return session.exec(chosen.order_by(col(CampaignMember.person_id))).all()


class Spoken(msgspec.Struct, frozen=True):
    """What the gate said last of a campaign's contact with somebody. `rules` by commas."""

    rules: str
    earliest: datetime | None


class _Rule(msgspec.Struct, frozen=True):
    id: str


_rules = msgspec.json.Decoder(tuple[_Rule, ...])


def last_refusals(session: Session, people: Collection[int], since: datetime) -> dict[int, Spoken]:
    """By person, the newest refusal of a campaign's contact since then."""
    rows = session.exec(
        select(Refusal)
        .where(among(session, Refusal.person_id, people), col(Refusal.at) >= since)
        .where(col(Refusal.purpose) == Purpose.campaign)
        .order_by(col(Refusal.id))
    )
    return {row.person_id: Spoken(", ".join(one.id for one in _rules.decode(row.rules)), row.earliest) for row in rows}

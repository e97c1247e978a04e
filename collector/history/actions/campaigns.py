"""Campaigns on record: made, moved on, and what becomes of each of their accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col

from collector.audit.actions import record
from collector.foundation.database import among
from collector.foundation.errors import Conflict
from collector.history.actions.keep import add, change, fetch
from collector.history.rules import CAMPAIGN_MOVES, SILENT, CampaignState, MemberState
from collector.history.tables import Campaign, CampaignMember
from collector.identity.rules import WORKER, Actor


def make_campaign(session: Session, campaign: Campaign, members: Iterable[tuple[int, int]], actor: Actor) -> Campaign:
    """Keep a campaign as a draft, with its accounts in the order in which their turn comes: (account, person). Its name
    and reason are free words, and no audit entry holds them: the digest stands for all that was shown."""
    detail = {"portfolio": campaign.portfolio_id, "channel": campaign.channel.value, "digest": campaign.digest}
    counts = {"accounts": campaign.accounts, "people": campaign.people}
    number = add(session, campaign, actor.name, "campaign.made", detail | counts, campaign.made_at)
    session.add_all(
        CampaignMember(campaign_id=number, account_id=account_id, person_id=person_id)
        for account_id, person_id in members
    )
    session.flush()
    return campaign


def held_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign, read afresh and held until commit, or a `NotFound`."""
    return fetch(session, Campaign, campaign_id)


def move_campaign(
    session: Session, campaign: Campaign, to: CampaignState, at: datetime, actor: Actor, why: str = ""
) -> None:
    """Its next state, or a `Conflict` when there is no such move."""
    if to not in CAMPAIGN_MOVES[campaign.state]:
        raise Conflict(f"a campaign that is {campaign.state} can not become {to}; look at it again")
    campaign.state, campaign.state_at, campaign.why = to, at, why
    change(session, campaign, actor.name, f"campaign.{to}", {"why": why}, at)


def pass_campaign(session: Session, campaign: Campaign, at: datetime) -> None:
    """The first contacts were good: all others may follow."""
    campaign.passed_at = at
    change(session, campaign, WORKER.name, "campaign.passed", {}, at)


def release_members(session: Session, campaign_id: int, people: Collection[int], at: datetime) -> None:
    """From now on it is a fact that these people are to be contacted."""
    waiting = col(CampaignMember.state) == MemberState.waiting
    values = {"state": MemberState.released, "released_at": at, "ended_at": None, "not_before": None, "rule": ""}
    number = _set(session, campaign_id, people, waiting, values)
    _tell(session, campaign_id, "campaign.released", number, at)


def put_off_members(
    session: Session, campaign_id: int, people: Collection[int], at: datetime, until: datetime | None, rule: str
) -> None:
    """No contact could be planned: another try from `until` on; None: none ever. `rule`: what spoke."""
    never = MemberState.stopped if rule == SILENT else MemberState.refused
    state = never if until is None else MemberState.waiting
    values = {"state": state, "ended_at": at, "not_before": until, "rule": rule}
    released = col(CampaignMember.state) == MemberState.released
    number = _set(session, campaign_id, people, released, values)
    _tell(session, campaign_id, f"campaign.{state if until is None else 'put_off'}", number, at, rule=rule)


def take_back_members(session: Session, campaign_id: int, at: datetime) -> None:
    """Nobody of it is to be contacted for now; who was not yet keeps the turn."""
    released = col(CampaignMember.state) == MemberState.released
    number = _set(session, campaign_id, None, released, {"state": MemberState.waiting, "ended_at": at})
    _tell(session, campaign_id, "campaign.taken_back", number, at)


def close_members(session: Session, campaign_id: int, at: datetime) -> None:
    """It is over. Whom a rule had kept from being contacted stays refused by it."""
    left = col(CampaignMember.state).in_([MemberState.waiting, MemberState.released])
    ruled = left & col(CampaignMember.rule).not_in(["", SILENT])
    number = _set(session, campaign_id, None, ruled, {"state": MemberState.refused, "ended_at": at})
    number += _set(session, campaign_id, None, left, {"state": MemberState.stopped, "ended_at": at})
    _tell(session, campaign_id, "campaign.closed", number, at)


class Contacted(NamedTuple):
    campaign_id: int
    person_id: int
    task_id: int


def note_contacted(session: Session, made: Sequence[Contacted], at: datetime) -> None:
    """These people had the one contact of their campaign, with all of their accounts in it."""
    counts: dict[int, int] = {}
    open_ = col(CampaignMember.state).in_([MemberState.waiting, MemberState.released])
    for one in made:
        values = {"state": MemberState.done, "done_at": at, "ended_at": at, "task_id": one.task_id, "rule": ""}
        number = _set(session, one.campaign_id, [one.person_id], open_, values)
        counts[one.campaign_id] = counts.get(one.campaign_id, 0) + number
    for campaign_id, number in sorted(counts.items()):
        _tell(session, campaign_id, "campaign.contacted", number, at)


def note_not_contacted(session: Session, missed: Sequence[Contacted], at: datetime) -> None:
    """It turned out that nothing was sent: they are waited for as before."""
    for one in missed:
        this = col(CampaignMember.task_id) == one.task_id
        values = {"state": MemberState.waiting, "done_at": None, "task_id": None}
        number = _set(session, one.campaign_id, [one.person_id], this, values)
        _tell(session, one.campaign_id, "campaign.not_contacted", number, at)


def _set(
    session: Session, campaign_id: int, people: Collection[int] | None, wanted: Any, values: Mapping[str, Any]
) -> int:
    session.flush()
    of_it = (col(CampaignMember.campaign_id) == campaign_id) & wanted
    if people is not None:
        of_it &= among(session, CampaignMember.person_id, people)
    done = session.execute(
        update(CampaignMember).where(of_it).values(**values).execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _tell(session: Session, campaign_id: int, action: str, number: int, at: datetime, **more: str) -> None:
    if number:
        record(session, WORKER.name, action, f"campaign:{campaign_id}", {"accounts": number, **more}, at)

"""Campaigns: made as shown, begun, released under the brake, put off, paused, stopped.

Whom a campaign released is a fact of the person, so the plan, the gate, silence by a promise, one contact a day and the
claim decide about it like about everything else; nothing here plans a contact itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.campaigns import CampaignOrder, choose, policy_of
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.dispatch.queries.campaigns import count_of, last_refusals, next_people, people_without_task
from collector.dispatch.rules.brake import Limits
from collector.dispatch.rules.campaigns import next_release
from collector.facts import actions as facts_actions
from collector.foundation.clock import at_local, local_day
from collector.foundation.database import among
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.rules import SILENT, CampaignState, MemberState
from collector.history.tables import Campaign, CampaignMember
from collector.identity.rules import WORKER, Actor, Scope
from collector.planning import actions as planning
from collector.planning.queries import current_runs
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.queries import portfolio_of

AT_THE_START = 3
"""Steps made when somebody begins it; the sweep makes the others."""
AT_ONCE = 500
"""People released, or followed up, in one transaction."""


class ChoiceChanged(Conflict):
    """Other accounts are meant now than those that were shown: look at them again."""


class CampaignNeedsSecond(Conflict):
    """So many people are not contacted on one person's word: ask a second person."""


def make_campaign(
    session: Session, office: Office, *, order: CampaignOrder, shown: str, at: datetime, actor: Actor
) -> Campaign:
    """Keep exactly what was shown as a draft; the same sent twice is one campaign. `ChoiceChanged`: it would be another
    now."""
    before = session.exec(select(Campaign).where(col(Campaign.digest) == shown)).first()
    if before is not None and before.made_by == actor.name and before.portfolio_id == order.portfolio_id:
        return before
    book = portfolio_of(session, order.portfolio_id)
    chosen = choose(session, office, book, order, at)
    if chosen.digest != shown:
        raise ChoiceChanged
    if not chosen.accounts:
        raise BadInput("nobody is meant by this: widen the conditions, or look at the numbers again")
    starts_at, ends_at = order.window(book.timezone)
    row = Campaign(
        portfolio_id=order.portfolio_id,
        name=order.name,
        reason=order.reason,
        channel=order.channel,
        template=order.template,
        tone=order.tone,
        note=order.note,
        slot=order.slot,
        starts_at=starts_at,
        ends_at=ends_at,
        chosen=order.chosen,
        digest=shown,
        accounts=len(chosen.accounts),
        people=len(chosen.people),
        money=chosen.money,
        state_at=at,
        made_by=actor.name,
        made_at=at,
    )
    return history.make_campaign(session, row, [(one.account_id, one.person_id) for one in chosen.accounts], actor)


def ask_campaign(session: Session, campaign: Campaign, at: datetime, actor: Actor) -> None:
    """It waits for a second person."""
    if campaign.state is not CampaignState.asked:
        history.move_campaign(session, campaign, CampaignState.asked, at, actor)


def start_campaign(
    session: Session,
    office: Office,
    *,
    campaign_id: int,
    at: datetime,
    actor: Actor,
    approval_id: int | None = None,
) -> Campaign:
    """Begin, or go on after a pause: the brake then measures afresh. `CampaignNeedsSecond`: it is too large to begin
    without an approval."""
    campaign = history.held_campaign(session, campaign_id)
    begins = campaign.state in (CampaignState.draft, CampaignState.asked)
    if begins and approval_id is None and campaign.people > policy_of(session, campaign, at).approval_above:
        raise CampaignNeedsSecond
    campaign.measured_from, campaign.passed_at = at, None
    campaign.approval_id = approval_id or campaign.approval_id
    history.move_campaign(session, campaign, CampaignState.running, at, actor)
    for _ in range(AT_THE_START):
        if not _step(session, office, campaign, at):
            break
    return campaign


def pause_campaign(
    session: Session, office: Office, *, campaign_id: int, at: datetime, actor: Actor, why: str = ""
) -> Campaign:
    """From this moment nothing more of it is sent or offered to an agent; a call in hand is finished."""
    campaign = history.held_campaign(session, campaign_id)
    _end_release(session, office, campaign, CampaignState.paused, at, actor, why)
    return campaign


def stop_campaign(session: Session, office: Office, *, campaign_id: int, at: datetime, actor: Actor) -> Campaign:
    """It is over for good; whoever was not contacted will not be."""
    campaign = history.held_campaign(session, campaign_id)
    _end_release(session, office, campaign, CampaignState.over, at, actor, "")
    return campaign


def run_campaigns(office: Office, at: datetime) -> int:
    """What time brings: those whose turn it is are released, people who could not be contacted today are put off, a
    brake that trips pauses, a window that ends closes. Returns how many campaigns it looked at."""
    with office.database.read() as session:
        running = select(Campaign.id).where(col(Campaign.state) == CampaignState.running)
        ids = [number for number in session.exec(running.order_by(col(Campaign.id))) if number is not None]
    for number in ids:
        goes_on = True
        while goes_on:
            with office.database.begin() as session:
                campaign = history.held_campaign(session, number)
                goes_on = campaign.state is CampaignState.running and _step(session, office, campaign, at)
    return len(ids)


def _step(session: Session, office: Office, campaign: Campaign, at: datetime) -> bool:
    """One step under the campaign's lock; whether another follows at once."""
    if campaign.passed_at is None:
        _put_off(session, office, campaign, people_without_task(session, campaign)[:AT_ONCE], at)
    policy = policy_of(session, campaign, at)
    limits = Limits(policy.first, timedelta(minutes=policy.wait_minutes), policy.errors, policy.opt_outs)
    count = count_of(session, campaign, at)
    window, passed = (campaign.starts_at, campaign.ends_at), campaign.passed_at is not None
    decided = next_release(count, window, at, limits, passed=passed)
    if decided.pause or decided.over:
        to = CampaignState.paused if decided.pause else CampaignState.over
        _end_release(session, office, campaign, to, at, WORKER, decided.pause)
        return False
    if decided.passed and not passed:
        history.pass_campaign(session, campaign, at)
    if not decided.people or not _is_planned(session, campaign, at):
        return False
    people = next_people(session, campaign, at, min(decided.people, AT_ONCE))
    lock_people(session, people)
    history.release_members(session, campaign.id or 0, people, at)
    follow_up(session, office, people, at)
    return bool(people)


def _is_planned(session: Session, campaign: Campaign, at: datetime) -> bool:
    """Whether today's plan is published: before it nobody can be put on it."""
    day = local_day(at, portfolio_of(session, campaign.portfolio_id).timezone)
    return any(run.day == day for run in current_runs(session, Scope(frozenset({campaign.portfolio_id}))))


def _put_off(session: Session, office: Office, campaign: Campaign, people: Sequence[int], at: datetime) -> None:
    """Who is released and can not be contacted today makes room for others among the first. What time mends is tried
    again from the next lawful day on, in the days of the campaign."""
    if not people:
        return
    lock_people(session, people)
    spoken = last_refusals(session, people, campaign.measured_from or campaign.starts_at)
    zone = portfolio_of(session, campaign.portfolio_id).timezone
    tomorrow = at_local(local_day(at, zone) + timedelta(days=1), time(0), zone)
    by_turn: dict[tuple[datetime | None, str], list[int]] = {}
    for person in people:
        said = spoken.get(person)
        until = tomorrow if said is None else said.earliest and max(said.earliest, tomorrow)
        turn = until if until is not None and until < campaign.ends_at else None
        by_turn.setdefault((turn, said.rules if said else SILENT), []).append(person)
    for (turn, rule), those in by_turn.items():
        history.put_off_members(session, campaign.id or 0, those, at, turn, rule)
    follow_up(session, office, people, at)


def _end_release(
    session: Session, office: Office, campaign: Campaign, to: CampaignState, at: datetime, actor: Actor, why: str
) -> None:
    history.move_campaign(session, campaign, to, at, actor, why)
    of_it = col(CampaignMember.campaign_id) == campaign.id
    released = of_it & (col(CampaignMember.state) == MemberState.released)
    rows = session.exec(select(CampaignMember.account_id, CampaignMember.person_id).where(released)).all()
    people = {person for _, person in rows}
    lock_people(session, people)
    planned = (col(Task.campaign_id) == campaign.id) & (col(Task.state) == TaskState.planned)
    tasks = [number or 0 for number in session.exec(select(Task.id).where(planned))]
    planning.cancel_tasks(session, tasks, f"campaign {to.value}", at)
    if to is CampaignState.over:
        history.close_members(session, campaign.id or 0, at)
    else:
        history.take_back_members(session, campaign.id or 0, at)
    if len(people) <= AT_ONCE:
        follow_up(session, office, people, at)
    else:  # the sweep decides anew about them; nothing of the campaign is on the plan any more
        facts_actions.mark_behind(session, [account for account, _ in rows])


# --- what became of a contact ---


def note_sent(session: Session, task_ids: Collection[int], at: datetime) -> None:
    """Messages of campaigns that are on their way: noted before the carrier is asked, so that whatever becomes of one,
    no second goes to the same person."""
    made = _contacts(_tasks(session, task_ids))
    if made:
        history.note_contacted(session, made, at)
        facts_actions.refresh(session, {one.person_id for one in made}, at)


def note_called(session: Session, task: Task, at: datetime) -> None:
    history.note_contacted(session, _contacts([task]), at)


def note_put_back(session: Session, tasks: Iterable[Task], at: datetime) -> None:
    """The carrier took nothing: these people still have their turn."""
    history.note_not_contacted(session, _contacts(tasks), at)


def _tasks(session: Session, task_ids: Collection[int]) -> Sequence[Task]:
    wanted = select(Task).where(among(session, Task.id, task_ids), col(Task.campaign_id).is_not(None))
    return session.exec(wanted.order_by(col(Task.id))).all()


def _contacts(tasks: Iterable[Task]) -> list[history.Contacted]:
    return [
        history.Contacted(task.campaign_id, task.person_id, task.id or 0)
        for task in tasks
        if task.campaign_id is not None
    ]

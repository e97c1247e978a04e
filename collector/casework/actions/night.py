"""What time alone brings, and the plan of a new day. Everything here can be missed and caught up (design section 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up, note_rounds
from collector.casework.office import Office
from collector.facts import actions as facts_actions
from collector.facts.queries import read_people
from collector.facts.rules import Attention
from collector.facts.tables import AccountState, PersonState
from collector.foundation.clock import local_day
from collector.foundation.errors import NotFound
from collector.history.rules import PromiseState, ReferralState
from collector.history.tables import Hold, Promise, Referral
from collector.identity.rules import EVERYTHING, WORKER, Actor
from collector.planning import actions as planning
from collector.planning.actions import RunResult
from collector.planning.queries import current_runs, read_context
from collector.planning.rules import RoundNote, plan_person
from collector.portfolio.tables import Account, Portfolio

CHUNK = 500
"""People brought up to date in one transaction."""

Progressed = Callable[[int, int], None]


def unseen(_done: int, _total: int) -> None:
    """No progress shown."""


@dataclass(slots=True)
class SweepResult:
    """What a sweep came to."""

    refreshed: int = 0
    people: int = 0
    promises_broken: int = 0
    promises_kept: int = 0
    referrals_opened: int = 0
    referrals_recalled: int = 0
    tasks_expired: int = 0
    calls_released: int = 0


def plan(
    office: Office,
    portfolio: str | None,
    at: datetime,
    *,
    dry_run: bool = False,
    actor: str = WORKER.name,
    progress: Progressed = unseen,
    processes: int = 1,
) -> list[RunResult]:
    """Plan the day of --at for one portfolio or all; facts that time made stale are refreshed first."""
    with office.database.read() as session:
        wanted = select(Portfolio.id).order_by(col(Portfolio.id))
        if portfolio is not None:
            wanted = wanted.where(col(Portfolio.code) == portfolio)
        ids = [number for number in session.exec(wanted) if number is not None]
    if portfolio is not None and not ids:
        raise NotFound(f"there is no portfolio {portfolio!r}")
    facts_actions.refresh_stale(office.database.begin, at)
    return planning.plan(
        office.database.begin,
        ids,
        at,
        dry_run=dry_run,
        actor=actor,
        progress=progress,
        processes=processes,
        carried_in=office.capabilities,
    )


def plan_new_days(office: Office, now: datetime, actor: str = WORKER.name) -> list[str]:
    """Plan every portfolio whose local day has no plan yet; codes of those planned. A missed night is caught up."""
    with office.database.read() as session:
        runs = {run.portfolio_id: run.day for run in current_runs(session, EVERYTHING)}
        due = [
            row.code
            for row in session.exec(select(Portfolio).order_by(col(Portfolio.id)))
            if runs.get(row.id or 0) != local_day(now, row.timezone)
        ]
    for code in due:
        sweep(office, now, actor)
        plan(office, code, now, actor=actor)
    return due


def sweep(office: Office, at: datetime, actor: str = WORKER.name, *, progress: Progressed = unseen) -> SweepResult:
    """Promises past their deadline, rounds past their wait, holds that ended, referrals, expired tasks, stale facts.

    It finds candidates by their dates; each chunk is decided again under lock in a transaction of its own.
    """
    result = SweepResult()
    with office.database.begin() as session:
        ended = planning.expire(session, at)
        result.tasks_expired, result.calls_released = ended.expired, ended.released
    result.refreshed = facts_actions.refresh_stale(office.database.begin, at)
    with office.database.read() as session:
        people = _candidates(session, at)
    who = Actor(actor)
    for start in range(0, len(people), CHUNK):
        with office.database.begin() as session:
            before = _standing(session, people[start : start + CHUNK])
            _settle(session, office, people[start : start + CHUNK], at, who)
            _count(result, before, _standing(session, people[start : start + CHUNK]))
        result.people += len(people[start : start + CHUNK])
        progress(result.people, len(people))
    return result


def _candidates(session: Session, at: datetime) -> list[int]:
    """People for whom time alone may have changed something."""
    lately = select(Hold.person_id).where(col(Hold.until) <= at, col(Hold.lifted_at).is_(None))
    open_promises = select(Promise.person_id).where(
        col(Promise.state).in_([PromiseState.open, PromiseState.partial]), col(Promise.due_at) <= at
    )
    attended = select(PersonState.person_id).where(col(PersonState.attention) != 0)
    late = select(AccountState.person_id).where(
        (col(AccountState.oldest_unpaid_due).is_not(None)) | (col(AccountState.reported_min) > 0)
    )
    referred = select(Referral.person_id).where(
        col(Referral.state).in_([ReferralState.proposed, ReferralState.accepted])
    )
    found: set[int] = set()
    for statement in (lately, open_promises, attended, late, referred):
        found.update(number for number in session.exec(statement) if number is not None)
    return sorted(found)


def _settle(session: Session, office: Office, people: Sequence[int], at: datetime, actor: Actor) -> None:
    note_rounds(session, _ended_rounds(session, office, people, at), at)
    follow_up(session, office, people, at, actor)


def _ended_rounds(session: Session, office: Office, people: Sequence[int], at: datetime) -> list[RoundNote]:
    """Rounds that came to their end by now, whether or not a plan of today is published."""
    candidates = session.exec(
        select(PersonState.person_id).where(
            col(PersonState.person_id).in_(people),
            col(PersonState.attention).bitwise_and(int(Attention.ROUND)) != 0,
        )
    ).all()
    notes: dict[int, RoundNote] = {}
    for facts in read_people(session, candidates, at).values():
        for portfolio_id in sorted({account.portfolio_id for account in facts.accounts}):
            ctx = read_context(session, portfolio_id, at, office.capabilities)
            for note in plan_person(facts, ctx, at).rounds:
                notes.setdefault(note.contact_point_id, note)
    return list(notes.values())


_Standing = tuple[dict[int, PromiseState], dict[int, ReferralState]]


def _standing(session: Session, people: Sequence[int]) -> _Standing:
    promises = session.exec(
        select(Promise.id, Promise.state)
        .join(Account, col(Account.id) == col(Promise.account_id))
        .where(col(Account.person_id).in_(people))
    )
    referrals = session.exec(select(Referral.id, Referral.state).where(col(Referral.person_id).in_(people)))
    return (
        {number or 0: PromiseState(state) for number, state in promises},
        {number or 0: ReferralState(state) for number, state in referrals},
    )


def _count(result: SweepResult, before: _Standing, after: _Standing) -> None:
    for number, state in after[0].items():
        if before[0].get(number) is not state:
            result.promises_broken += state is PromiseState.broken
            result.promises_kept += state is PromiseState.kept
    for number, referral in after[1].items():
        if before[1].get(number) is not referral:
            result.referrals_opened += referral is ReferralState.proposed
            result.referrals_recalled += referral is ReferralState.recalled

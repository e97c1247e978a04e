"""One person's day decided anew, after something happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.facts.queries import read_people
from collector.facts.rules import PersonFacts
from collector.foundation.database import among, copy_rows
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING
from collector.planning.actions.rows import REFUSAL_COLUMNS, TASK_COLUMNS, refusal_row, task_row
from collector.planning.actions.sweep import flight_of
from collector.planning.actions.tend import cancel_tasks
from collector.planning.queries import CarriedIn, current_runs, in_flight, nothing_known, read_context
from collector.planning.rules import CAPACITY, Flight, Moment, PlannedTask, RoundNote, TaskState, plan_person
from collector.planning.tables import PlanRun, Refusal, Task

REPLANNED = "replanned"
SAID_BY = ("person_id", "account_id", "channel", "purpose", "rules")
"""By what two refusals of one plan are the same."""


class PersonNote(NamedTuple):
    """What casework has to write to history about a phone of this person."""

    person_id: int
    note: RoundNote


def replan(
    session: Session, person_ids: Collection[int], now: datetime, carried_in: CarriedIn = nothing_known
) -> list[PersonNote]:
    """Decides these people's rest of the day anew under the current plans: what is still right stays, the rest is
    cancelled, what is new is added. Where no plan of today is published, nothing is planned.

    Facts must be up to date. Returns what is to be recorded about 3:3:3 rounds; whoever records it refreshes the
    facts and calls this again.
    """
    session.flush()
    facts = read_people(session, person_ids, now)
    runs = {run.portfolio_id: run for run in current_runs(session, EVERYTHING)}
    planned = {number: list[tuple[PlanRun, PlannedTask]]() for number in facts}
    notes: list[PersonNote] = []
    taken: dict[int, list[Flight]] = {}
    for portfolio_id in sorted(_portfolios(facts.values()) & runs.keys()):
        run, ctx = runs[portfolio_id], read_context(session, portfolio_id, now, carried_in)
        if run.day != ctx.today:
            continue
        refused: list[tuple[object, ...]] = []
        begun = in_flight(session, now, day=ctx.today, zone=ctx.zone, persons=list(facts))
        for number, person in facts.items():
            decided = plan_person(person, ctx, now, [*begun.get(number, ()), *taken.get(number, ())])
            planned[number] += [(run, task) for task in decided.tasks]
            taken.setdefault(number, []).extend(flight_of(task.channel, task.not_before, ctx) for task in decided.tasks)
            notes += [PersonNote(number, note) for note in decided.rounds]
            refused += [refusal_row(run.id, refusal, int(now.timestamp())) for refusal in decided.refusals]
        if refused:
            copy_rows(session, "refusal", REFUSAL_COLUMNS, _unsaid(session, run, facts, refused))
    _settle(session, planned, now)
    return notes


def _unsaid(
    session: Session, run: PlanRun, persons: Collection[int], refused: Iterable[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    """Without what this plan has on record already: whoever is decided anew ten times a day was refused once."""
    rows = session.exec(
        select(Refusal).where(
            col(Refusal.run_id) == run.id,
            col(Refusal.moment) == Moment.plan,
            among(session, col(Refusal.person_id), persons),
        )
    )
    known = {tuple(str(getattr(row, name)) for name in SAID_BY) for row in rows}
    places = [REFUSAL_COLUMNS.index(name) for name in SAID_BY]
    return [row for row in refused if tuple(str(row[place]) for place in places) not in known]


def _portfolios(people: Iterable[PersonFacts]) -> set[int]:
    return {account.portfolio_id for person in people for account in person.accounts}


def _settle(session: Session, planned: dict[int, list[tuple[PlanRun, PlannedTask]]], now: datetime) -> None:
    """Makes the plans hold exactly what was decided."""
    before = session.exec(
        select(Task).where(
            among(session, Task.person_id, planned),
            col(Task.state).in_([TaskState.planned, TaskState.cancelled]),
            col(Task.not_after) > now,
        )
    ).all()
    standing = [task for task in before if task.state is TaskState.planned]
    crowded_out = {(task.run_id, task.person_id): task.rank for task in before if task.state_reason == CAPACITY}
    theirs: dict[int, list[Task]] = {}
    for old in standing:
        theirs.setdefault(old.person_id, []).append(old)
    kept: set[int] = set()
    fresh: list[tuple[object, ...]] = []
    for number, decided in planned.items():
        for run, task in decided:
            same = next((old for old in theirs.get(number, ()) if _is_same(old, run, task, now)), None)
            if same is not None:
                kept.add(same.id or 0)
            elif not _is_crowded_out(crowded_out.get((run.id or 0, task.person_id)), task):
                fresh.append(task_row(run.id, task))
    cancel_tasks(session, [task.id or 0 for task in standing if task.id not in kept], REPLANNED, now)
    if fresh:
        copy_rows(session, "task", TASK_COLUMNS, fresh)
    session.expire_all()


def _is_crowded_out(rank: int | None, task: PlannedTask) -> bool:
    """A call that did not fit into the agents' day fits only once it has become more urgent."""
    return rank is not None and task.channel is Channel.call and task.rank >= rank


def _is_same(old: Task, run: PlanRun, new: PlannedTask, now: datetime) -> bool:
    """The task on the plan is what would be planned now; its window may have begun meanwhile."""
    return (
        old.run_id == run.id
        and (old.channel, old.purpose, old.account_id, old.debts)
        == (new.channel, new.purpose, new.account_id, new.debts)
        and (old.contact_point_id, old.number, old.slot, old.step)
        == (new.contact_point_id, new.number, new.slot, new.step)
        and (old.caller, old.template, old.level, old.rank) == (new.caller, new.template, new.level, new.rank)
        and int(old.not_after.timestamp()) == new.not_after
        and (int(old.not_before.timestamp()) == new.not_before or old.not_before <= now)
    )

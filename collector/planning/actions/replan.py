"""One person's day decided anew, after something happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from collector.facts.rules import PersonFacts
from collector.foundation.database import among, copy_rows
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING
from collector.planning.actions.rows import REFUSAL_COLUMNS, TASK_COLUMNS, refusal_row, task_row
from collector.planning.actions.tend import cancel_tasks
from collector.planning.queries import CarriedIn, current_runs, in_flight, nothing_known, read_context
from collector.planning.rules import (
    CAPACITY,
    Context,
    Ground,
    Moment,
    PlannedTask,
    Purpose,
    RoundNote,
    TaskState,
    plan_together,
)
from collector.planning.tables import PlanRun, Refusal, Task
from collector.texts.catalogue import Catalogue

REPLANNED = "replanned"


class PersonNote(NamedTuple):
    """What casework has to write to history about a phone of this person."""

    person_id: int
    note: RoundNote


def replan(
    session: Session,
    facts: Mapping[int, PersonFacts],
    now: datetime,
    carried_in: CarriedIn = nothing_known,
    catalogue: Catalogue | None = None,
) -> list[PersonNote]:
    """Decides these people's rest of the day anew under the current plans: what is still right stays, the rest is
    cancelled, what is new is added. Where no plan of today is published, nothing is planned.

    `facts`: theirs, by person, up to date. Returns what is to be recorded about 3:3:3 rounds; whoever records it
    refreshes the facts and calls this again.
    """
    session.flush()
    runs = _runs(session, facts.values(), now, carried_in, catalogue)
    begun = [in_flight(session, now, day=ctx.today, zone=ctx.zone, persons=list(facts)) for _, ctx in runs]
    planned = {number: list[tuple[PlanRun, PlannedTask]]() for number in facts}
    refused: list[tuple[Any, ...]] = []
    notes: list[PersonNote] = []
    for number, person in facts.items():
        grounds = [Ground(ctx, flights.get(number, ())) for (_, ctx), flights in zip(runs, begun, strict=True)]
        for (run, _), decided in zip(runs, plan_together(person, grounds, now), strict=True):
            planned[number] += [(run, task) for task in decided.tasks]
            notes += [PersonNote(number, note) for note in decided.rounds]
            refused += [refusal_row(run.id, refusal, int(now.timestamp())) for refusal in decided.refusals]
    if refused:
        copy_rows(session, "refusal", REFUSAL_COLUMNS, _not_told(session, refused, facts))
    _settle(session, planned, now)
    return notes


def _runs(
    session: Session,
    people: Iterable[PersonFacts],
    now: datetime,
    carried_in: CarriedIn,
    catalogue: Catalogue | None,
) -> list[tuple[PlanRun, Context]]:
    """The published plans of these people's portfolios that are of today, in order of portfolios."""
    runs = {run.portfolio_id: run for run in current_runs(session, EVERYTHING)}
    found = [
        (runs[number], read_context(session, number, now, carried_in, catalogue))
        for number in sorted(_portfolios(people) & runs.keys())
    ]
    return [(run, ctx) for run, ctx in found if run.day == ctx.today]


def _not_told(session: Session, refused: Sequence[tuple[Any, ...]], people: Collection[int]) -> list[tuple[Any, ...]]:
    """Those not on record yet: the same refusal, by the same rules, is told once in a plan, however many events there
    are."""
    rows = session.exec(
        select(Refusal).where(
            among(session, Refusal.person_id, people), col(Refusal.run_id).in_({row[0] for row in refused})
        )
    )
    told = {
        (row.run_id, row.account_id, row.channel.value, row.purpose.value, row.answer, row.rules)
        for row in rows
        if row.moment is Moment.plan
    }
    return [row for row in refused if (row[0], row[3], str(row[4]), str(row[5]), row[7], row[8]) not in told]


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
    standing = [task for task in before if task.state is TaskState.planned and task.purpose is not Purpose.how_to_pay]
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
        and (old.owner_id, old.campaign_id) == (new.owner_id, new.campaign_id)
        and int(old.not_after.timestamp()) == new.not_after
        and (int(old.not_before.timestamp()) == new.not_before or old.not_before <= now)
    )

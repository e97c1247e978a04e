"""A placed contact put on record: once for a task, at the moment it was placed, on the person's own local day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlmodel import Session

from collector.casework.office import Office
from collector.facts.queries import read_people
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.actions import AttemptMade
from collector.history.rules import Channel
from collector.history.tables import Attempt
from collector.identity.rules import Actor
from collector.planning.queries import read_context
from collector.planning.rules import Context
from collector.planning.tables import Task


def note_attempts(
    session: Session,
    office: Office,
    tasks: Sequence[Task],
    at: datetime,
    actor: Actor,
    texts: Mapping[int, str | None] | None = None,
) -> dict[int, Attempt]:
    """The attempts of these tasks, by task; those that have one already keep it. `texts`: what was written, by task.

    A call's slot is the one it was placed in, whatever was planned: the 3:3:3 rule counts what happened.
    """
    missing = [task for task in tasks if task.attempt_id is None]
    people = read_people(session, {task.person_id for task in missing}, at)
    contexts = _contexts(session, office, missing, at)
    made = []
    for task in missing:
        ctx = contexts[task.portfolio_id]
        zone = ctx.person_zone(people[task.person_id].body)
        made.append(_made(task, ctx, zone, at, (texts or {}).get(task.id or 0)))
    noted: dict[int, Attempt] = {}
    for task, attempt in zip(missing, history.record_attempts(session, made, at, actor), strict=True):
        task.attempt_id, noted[task.id or 0] = attempt.id, attempt
        session.add(task)
    session.flush()
    before = [task for task in tasks if task.id not in noted]
    return noted | {task.id or 0: session.get_one(Attempt, task.attempt_id) for task in before}


def _contexts(session: Session, office: Office, tasks: Iterable[Task], at: datetime) -> dict[int, Context]:
    return {
        number: read_context(session, number, at, office.capabilities)
        for number in {task.portfolio_id for task in tasks}
    }


def _made(task: Task, ctx: Context, zone: str, at: datetime, text: str | None) -> AttemptMade:
    placed = min(task.submitted_at or at, at)
    slot = task.slot
    if task.channel is Channel.call:
        second = int(placed.timestamp())
        slot = next((one.slot for one in ctx.windows(zone) if one.start <= second < one.end), task.slot)
    return AttemptMade(
        natural_key=f"task:{task.id}",
        person_id=task.person_id,
        portfolio_id=task.portfolio_id,
        channel=task.channel,
        at=placed,
        day=local_day(placed, zone),
        account_id=task.account_id,
        debts=msgspec.json.decode(task.debts, type=list[int]),
        contact_point_id=task.contact_point_id,
        number=task.number,
        caller=task.caller,
        slot=slot,
        purpose=task.purpose.value,
        step=task.step,
        level=task.level,
        text=text,
    )

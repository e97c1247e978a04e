"""API of the floor: plan, sweep, tasks, send, calls, outcomes."""

import asyncio
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from collector.casework import actions, queries
from collector.casework.views import repeats, within, work
from collector.history.rules import Channel
from collector.identity.rules import Actor, Scope
from collector.planning.rules import TaskState
from collector.portfolio.queries import portfolio_by_code, portfolios
from collector.web.api.frame import answer, require_everything
from collector.web.api.models import DoneAsked, NextCallAsked, OnlyAt, OutcomeAsked, PlanAsked, SendAsked
from collector.web.session import ApiCallerParam, Desk, DeskParam, reading, writing

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**62)]


@router.post("/plan")
def api_plan(asked: PlanAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Decide the next lawful contact of every person. Counts by segment, channel and refusal, per portfolio."""
    at = desk.moment(asked.at)
    runs = []
    for code in _codes(desk, caller.actor.scope, asked.portfolio):
        runs += actions.plan(desk.office, code, at, dry_run=asked.dry_run, actor=caller.actor.name, progress=_silent)
    return answer(dry_run=asked.dry_run, runs=runs)


def _codes(desk: Desk, scope: Scope, code: str | None) -> list[str | None]:
    """The portfolios a key means: the one it names, or all it may see."""
    if code is None and scope.portfolio_ids is None:
        return [None]
    with reading(desk) as session:
        if code is not None:
            return [portfolio_by_code(session, code, scope).code]
        return [book.code for book in portfolios(session, scope)]


def _silent(_done: int, _total: int) -> None:
    """No progress is shown over HTTP."""


@router.post("/sweep")
def api_sweep(asked: OnlyAt, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Bring about what time alone brings: broken promises, expired tasks, referrals, fresh facts."""
    require_everything(caller.actor.scope)
    return answer(**asdict(actions.sweep(desk.office, desk.moment(asked.at), caller.actor.name)))


@router.post("/send")
def api_send(asked: SendAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Send the messages that are due. Each is judged again, and sent at most once."""
    require_everything(caller.actor.scope)
    at = desk.moment(asked.at)
    desk.office.require_armed(at, desk.clock())
    clock = (lambda: at) if asked.at else desk.clock
    return answer(**asdict(asyncio.run(actions.send_all(desk.office, clock, limit=asked.limit))))


@router.get("/tasks")
def api_tasks(
    desk: DeskParam,
    caller: ApiCallerParam,
    account: Annotated[str | None, Query(max_length=200)] = None,
    channel: Channel | None = None,
    status: TaskState | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    at: Annotated[str | None, Query(max_length=40)] = None,
) -> Any:
    """The tasks of the current plans, most urgent first; phones masked."""
    scope = caller.actor.scope
    with reading(desk) as session:
        rows = queries.tasks(
            session, scope, account=account, channel=channel, status=status, at=desk.look(at), limit=limit
        )
    return answer(tasks=rows)


@router.post("/next-call")
def api_next_call(asked: NextCallAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Claim the best call for an agent: judged again under lock, held for a while. `task` null: none is due."""
    at = desk.moment(asked.at)
    desk.office.require_armed(at, desk.clock())
    with writing(desk) as session:
        agent = queries.agent(session, asked.agent)
        claimed = actions.next_call(session, desk.office, _shared(agent, caller.actor.scope), at, desk.mark)
        document = queries.claimed_call(session, claimed) if claimed else {"task": None}
    return answer(**document)


def _shared(agent: Actor, scope: Scope) -> Actor:
    """The agent, inside what the key may see."""
    if scope.portfolio_ids is None:
        return agent
    own = agent.scope.portfolio_ids
    return replace(agent, scope=Scope(scope.portfolio_ids if own is None else own & scope.portfolio_ids))


@router.post("/tasks/{task_id}/outcome")
def api_outcome(task_id: Id, asked: OutcomeAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """Record how a claimed call ended. The same word again changes nothing; another one corrects it."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        task = within.task(session, caller.actor.scope, task_id)
        repeats.one_at_a_time(session, task.account_id)
        session.refresh(task)
        before = work.last_outcome(session, task)
        if before is not None and before.outcome is asked.outcome and before.note == asked.note:
            return answer(task=task_id, attempt=before.attempt_id, outcome=asked.outcome, at=before.occurred_at)
        attempt = actions.record_outcome(
            session,
            desk.office,
            task_id,
            asked.outcome,
            at,
            actor=caller.actor,
            note=asked.note,
            seconds=asked.seconds,
        )
        document = {"task": task_id, "attempt": attempt.id, "outcome": asked.outcome, "at": attempt.at}
    return answer(**document)


@router.post("/tasks/{task_id}/done")
def api_done(task_id: Id, asked: DoneAsked, desk: DeskParam, caller: ApiCallerParam) -> Any:
    """A letter was sent, or a visit made. Once; 409 when the gate does not allow it now, with the rule."""
    at = desk.moment(asked.at)
    with writing(desk) as session:
        within.task(session, caller.actor.scope, task_id)
        result = actions.paper_done(session, desk.office, task_id, at, actor=caller.actor, note=asked.note)
    result.require()
    return answer(task=task_id, attempt=result.attempt, channel=result.channel, at=result.at)

"""A message that a person asked for in a talk: planned for this minute, and claimed, judged and sent like any other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.compliance.rules import Answer, Verdict
from collector.dispatch.actions.claiming import judge_message
from collector.dispatch.actions.moving import store_refusal
from collector.dispatch.rules import denied
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import Scope
from collector.planning.queries import CarriedIn, current_runs, read_context
from collector.planning.rules import ASKED_RANK, SHORTFALL_REASON, Moment, Purpose, Shortfall
from collector.planning.tables import Task
from collector.portfolio.tables import ContactPoint
from collector.texts.catalogue import Catalogue
from collector.texts.rules import Tone

WAITS = timedelta(minutes=30)
"""How long it may wait to be sent: whoever asked for it has the telephone in hand."""
MOBILE = "mobile"


class AskedIn(NamedTuple):
    """The call it is asked for in: with whom, about what, from and to which number. `reason`: once a call."""

    reason: str
    portfolio_id: int
    person_id: int
    account_id: int
    contact_point_id: int | None
    number: str | None
    caller: str | None
    segment: str
    stage: str
    level: str
    owner_id: int | None = None
    run_id: int | None = None

    @classmethod
    def of_task(cls, call: Task) -> AskedIn:
        return cls(
            f"asked for in call {call.id}",
            call.portfolio_id,
            call.person_id,
            call.account_id,
            call.contact_point_id,
            call.number,
            call.caller,
            call.segment,
            call.stage,
            call.level,
            call.owner_id,
            call.run_id,
        )


def ask_how_to_pay(
    session: Session, call: AskedIn, catalogue: Catalogue, carried_in: CarriedIn, at: datetime
) -> Task | Verdict:
    """Plan the text that says how to pay, to the number of this call. Once a call: again, the same task. A `Verdict`:
    it may not go, which is stored. The person must be held by the caller."""
    asked = (col(Task.person_id) == call.person_id, col(Task.reason) == call.reason)
    before = session.exec(select(Task).where(*asked)).first()
    if before is not None:
        return before
    task = _task(session, call, carried_in, at)
    verdict = _lacks(session, task) or judge_message(session, task, catalogue, carried_in, at)
    if verdict.answer is not Answer.allow:
        store_refusal(session, task, verdict, at, Moment.plan)
        return verdict
    session.add(task)
    session.flush()
    return task


def _task(session: Session, call: AskedIn, carried_in: CarriedIn, at: datetime) -> Task:
    ctx = read_context(session, call.portfolio_id, at, carried_in)
    callers = ctx.callers(Channel.sms, int(at.timestamp()))
    own = callers[call.person_id % len(callers)] if callers else None
    run = next(iter(current_runs(session, Scope(frozenset({call.portfolio_id})))), None)
    run_id = (run.id if run else None) or call.run_id
    if run_id is None:
        raise Conflict("no day was planned yet for this portfolio: nothing can be sent")
    return Task(
        run_id=run_id,
        portfolio_id=call.portfolio_id,
        person_id=call.person_id,
        account_id=call.account_id,
        debts=f"[{call.account_id}]",
        contact_point_id=call.contact_point_id,
        number=call.number,
        channel=Channel.sms,
        purpose=Purpose.how_to_pay,
        segment=call.segment,
        stage=call.stage,
        level=call.level,
        template=ctx.strategy.promise.how_to_pay_template,
        tone=Tone.informative.value,
        caller=call.caller if call.caller in callers else own,
        not_before=at,
        not_after=at + WAITS,
        rank=ASKED_RANK,
        priority="{}",
        reason=call.reason,
        owner_id=call.owner_id,
    )


def _lacks(session: Session, task: Task) -> Verdict | None:
    """What there is nothing to make it with."""
    point = session.get(ContactPoint, task.contact_point_id) if task.contact_point_id is not None else None
    missing = (
        (task.template is None, Shortfall.no_template),
        (task.caller is None, Shortfall.no_caller),
        (point is None or point.label != MOBILE, Shortfall.no_text_phone),
    )
    return next((denied(rule.value, SHORTFALL_REASON[rule]).verdict for is_so, rule in missing if is_so), None)

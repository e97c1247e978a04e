"""Why an account is where it is: the plan's own decision about its person, as data (design section 8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlmodel import Session

from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts, PersonFacts, Phone, lateness
from collector.foundation.errors import NotFound
from collector.planning.queries.context import CarriedIn, nothing_known, read_context
from collector.planning.queries.tasks import in_flight, planned_elsewhere
from collector.planning.rules import (
    Context,
    Passed,
    PersonPlan,
    PlannedRefusal,
    PlannedTask,
    Round,
    plan_person,
    rounds_of,
)
from collector.portfolio import queries as portfolio
from collector.texts.catalogue import Catalogue


def explain(
    session: Session,
    account_id: int,
    at: datetime,
    carried_in: CarriedIn = nothing_known,
    catalogue: Catalogue | None = None,
) -> dict[str, Any]:
    """The borrower's side of an account at that moment: facts, segment, stage, the rules that put it there, what comes
    next and what was refused. The same call as the night plan; nothing is stored."""
    account = portfolio.account(session, account_id)
    facts = read_person(session, account.person_id, at)
    ctx = read_context(session, account.portfolio_id, at, carried_in, catalogue)
    own = next((one for one in facts.accounts if one.account_id == account_id), None)
    if own is None:
        raise NotFound("There is no such account.")
    number = account.person_id
    begun = in_flight(session, at, persons=[number], day=ctx.today, zone=ctx.zone)
    others = planned_elsewhere(session, ctx, between=(number, number + 1))
    plan = plan_person(facts, ctx, at, [*begun.get(number, ()), *others.get(number, ())])
    return describe(own, facts, ctx, plan, at)


def describe(account: AccountFacts, facts: PersonFacts, ctx: Context, plan: PersonPlan, at: datetime) -> dict[str, Any]:
    """A decision as data, seen from one account."""
    segment = ctx.strategy.segment(account, ctx.today)
    return {
        "account": account.account_no,
        "at": at.isoformat(),
        "facts": _facts(account, ctx),
        "segment": segment.name,
        "stage": segment.stage.value,
        "level": segment.level_for(account.level_floor).value,
        "rules": _trail(account, ctx),
        "next": [_task(task) for task in plan.tasks if account.account_id in _ids(task)],
        "refused": [_refused(one) for one in plan.refusals if one.account_id == account.account_id],
        "passed": [_passed(one) for one in plan.passed if one.account_id == account.account_id],
        "rounds": [_round(phone, round_) for phone, round_ in rounds_of(facts, ctx, int(at.timestamp()))],
    }


def _refused(refusal: PlannedRefusal) -> dict[str, Any]:
    return {
        "channel": refusal.channel.value,
        "purpose": refusal.purpose.value,
        "answer": refusal.answer,
        "rules": [dict(zip(("id", "answer", "reason"), rule, strict=True)) for rule in refusal.rules],
        "earliest": _moment(refusal.earliest),
    }


def _passed(one: Passed) -> dict[str, Any]:
    return {
        "channel": one.channel.value if one.channel else None,
        "purpose": one.purpose.value if one.purpose else None,
        "why": one.why,
    }


def _round(phone: Phone, round_: Round) -> dict[str, Any]:
    return {
        "contact_point": phone.id,
        "state": round_.state.value,
        "calls": len(round_.calls),
        "counted": len(round_.counted),
        "call_from": _moment(round_.call_from or None),
        "until": _moment(round_.until),
    }


def _facts(account: AccountFacts, ctx: Context) -> dict[str, Any]:
    days = lateness(account, ctx.today)
    return {
        "days_past_due": days,
        "bucket": ctx.strategy.bucket(days),
        "overdue": account.overdue,
        "owed": account.owed,
        "oldest_unpaid_due": account.oldest_unpaid_due.isoformat() if account.oldest_unpaid_due else None,
        "missed_consecutive": account.missed_consecutive,
        "missed_cumulative": account.missed_cumulative,
        "asset_class": ctx.strategy.asset_class(account.product, days).value,
        "role": account.role.value,
        "borrower_type": account.borrower_type,
        "security": account.security,
        "settled": account.settled,
        "next_due_on": account.next_due_on.isoformat() if account.next_due_on else None,
        "next_due_amount": account.next_due_amount,
        "step_done": account.step,
        "level_floor": account.level_floor,
        "touched_on": account.touched_on.isoformat() if account.touched_on else None,
        "promises_broken": account.promises_broken,
    }


def _trail(account: AccountFacts, ctx: Context) -> list[dict[str, Any]]:
    return [
        {
            "id": tried.row,
            "matched": tried.failed is None,
            "reason": "matched"
            if tried.failed is None
            else f"{tried.failed.field} is {tried.failed.found}, not {tried.failed.wanted}",
        }
        for tried in ctx.strategy.trail(account, ctx.today)
    ]


def _task(task: PlannedTask) -> dict[str, Any]:
    return {
        "channel": task.channel.value,
        "purpose": task.purpose.value,
        "not_before": _moment(task.not_before),
        "not_after": _moment(task.not_after),
        "slot": task.slot,
        "caller": task.caller,
        "template": task.template,
        "tone": task.tone,
        "step": task.step,
        "skipped": task.skipped,
        "level": task.level,
        "reason": task.reason,
        "priority": msgspec.json.decode(task.priority),
    }


def _ids(task: PlannedTask) -> set[int]:
    return {task.account_id, *(int(word) for word in task.debts.strip("[]").split(",") if word)}


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()

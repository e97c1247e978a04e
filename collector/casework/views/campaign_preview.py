"""What a campaign would do today, by the same plan and gate that will decide about it. Looking changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.campaigns import CampaignOrder, Chosen
from collector.casework.office import Office
from collector.dispatch.queries.ground import book_of
from collector.dispatch.rules import values
from collector.facts.queries import read_people
from collector.facts.rules import AccountFacts, Asked, PersonFacts
from collector.foundation.errors import BadInput, NotFound
from collector.history.rules import SILENT, Channel
from collector.identity.rules import Scope
from collector.planning.queries import agents_places, current_runs, in_flight, read_context
from collector.planning.rules import Context, Flight, PersonPlan, PlannedTask, Purpose, TaskState, plan_person
from collector.planning.tables import Task
from collector.portfolio.tables import Person
from collector.strategy.rules import CampaignPolicy

JUDGED = 2_000
"""People of whom a preview asks the plan and the gate; of more, the first in the order of their turn."""
NOT_YET = -1
"""The campaign that is only looked at."""


@dataclass(frozen=True)
class Preview:
    """`kept`: people whom something keeps from being contacted today, by what spoke. `places`: calls that the agents'
    day holds, None: there are no agents, so no limit; `calls`: how many are planned already. `problem`: why the text
    can not be written."""

    chosen: Chosen
    is_calls: bool
    judged: int
    planned: int
    kept: Sequence[tuple[str, int]]
    places: int | None
    calls: int
    policy: CampaignPolicy
    sample_of: str
    sample: str
    problem: str

    @property
    def needs_second(self) -> bool:
        return len(self.chosen.people) > self.policy.approval_above


def preview(session: Session, office: Office, order: CampaignOrder, chosen: Chosen, at: datetime) -> Preview:
    ctx = read_context(session, order.portfolio_id, at, office.capabilities, office.texts(session))
    people = chosen.people[:JUDGED]
    plans = _plans(session, order, chosen, people, ctx, at)
    kept = Counter(_why(plan) for plan in plans.values() if _task(plan) is None)
    places = agents_places(session, ctx)
    first = next((person for person in people if _task(plans[person]) is not None), people[0] if people else None)
    account = next((one for one in chosen.accounts if one.person_id == first), None)
    sample, problem = ("", "") if account is None else _sample(session, office, order, chosen, account, ctx, at)
    return Preview(
        chosen=chosen,
        is_calls=order.channel is Channel.call,
        judged=len(people),
        planned=len(people) - kept.total(),
        kept=kept.most_common(),
        places=sum(places.values()) if places else None,
        calls=_calls(session, order.portfolio_id),
        policy=ctx.strategy.campaigns,
        sample_of=account.account_no if account else "",
        sample=sample,
        problem=problem,
    )


def _plans(
    session: Session, order: CampaignOrder, chosen: Chosen, people: Sequence[int], ctx: Context, at: datetime
) -> dict[int, PersonPlan]:
    """Each person's day, were the campaign released now."""
    asked: dict[int, list[Asked]] = {}
    for one in chosen.accounts:
        terms = (order.template, order.tone, order.slot)
        asked.setdefault(one.person_id, []).append(Asked(NOT_YET, one.account_id, order.channel, *terms))
    facts = read_people(session, people, at)
    begun: dict[int, list[Flight]] = in_flight(session, at, day=ctx.today, zone=ctx.zone, persons=people)
    return {
        person: plan_person(_with(facts[person], asked[person]), ctx, at, begun.get(person, ())) for person in people
    }


def _with(facts: PersonFacts, asked: Sequence[Asked]) -> PersonFacts:
    body = msgspec.structs.replace(facts.body, campaigns=(*facts.body.campaigns, *asked))
    return msgspec.structs.replace(facts, body=body)


def _task(plan: PersonPlan) -> PlannedTask | None:
    return next((task for task in plan.tasks if task.campaign_id == NOT_YET), None)


def _why(plan: PersonPlan) -> str:
    """Rules by commas, as a refusal has them; else a word of the plan, or `SILENT`."""
    for refusal in plan.refusals:
        if refusal.purpose is Purpose.campaign:
            return ", ".join(rule for rule, _, _ in refusal.rules)
    return next((one.why for one in plan.passed if one.purpose is Purpose.campaign), SILENT)


def _calls(session: Session, portfolio_id: int) -> int:
    runs = [run.id for run in current_runs(session, Scope(frozenset({portfolio_id})))]
    wanted = select(func.count(col(Task.id))).where(
        col(Task.run_id).in_(runs), col(Task.channel) == Channel.call, col(Task.state) == TaskState.planned
    )
    return session.exec(wanted).one()


def _sample(
    session: Session,
    office: Office,
    order: CampaignOrder,
    chosen: Chosen,
    account: AccountFacts,
    ctx: Context,
    at: datetime,
) -> tuple[str, str]:
    """The text as its first reader would have it, or why it can not be written."""
    if order.channel is not Channel.sms or order.template is None:
        return order.note, ""
    person = session.get_one(Person, account.person_id)
    language = person.language or chosen.book.language
    caller = next(iter(ctx.callers(Channel.sms, int(at.timestamp()))), "")
    try:
        given = values(book_of(chosen.book), account, language, person.name, person.name, caller, at)
        return office.texts(session).render(order.template, language, given), ""
    except (BadInput, NotFound) as error:
        return "", error.message

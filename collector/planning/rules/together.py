"""One person, several portfolios: on a day the most urgent contact goes, whoever plans it (handbook section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from collector.facts.rules import PersonFacts
from collector.history.rules import Channel
from collector.planning.rules.context import Context, Flight
from collector.planning.rules.person import LANES, plan_person
from collector.planning.rules.planned import PersonPlan, PlannedTask
from collector.planning.rules.wants import urgency_of
from collector.planning.rules.words import Purpose


class Ground(NamedTuple):
    """A portfolio's day, and what was begun on it for the person."""

    ctx: Context
    begun: Sequence[Flight]


def planned_flight(task: PlannedTask, ctx: Context) -> Flight:
    """A contact that this portfolio planned, as the plan of another one of the same person sees it."""
    return flight_planned(task.channel, task.not_before, ctx.portfolio_id, task.purpose, task.step)


def flight_planned(channel: Channel, at: int, portfolio_id: int, purpose: Purpose, step: str | None) -> Flight:
    """The same, from a stored task."""
    return Flight(channel, at, None, portfolio_id, urgency_of(purpose, step))


def plan_together(person: PersonFacts, grounds: Sequence[Ground], now: datetime) -> list[PersonPlan]:
    """The person's plan in each of these portfolios, in their order; of two that are equally urgent the earlier has
    the day's budget."""
    plans: list[PersonPlan] = []
    flights: list[list[Flight]] = []
    for ctx, begun in grounds:
        plans.append(plan_person(person, ctx, now, [*begun, *_but(flights, len(plans))]))
        flights.append([planned_flight(task, ctx) for task in plans[-1].tasks])
    if sum(map(bool, flights)) < 2:
        return plans
    return [plan_person(person, ctx, now, [*begun, *_but(flights, at)]) for at, (ctx, begun) in enumerate(grounds)]


def _but(flights: Sequence[Sequence[Flight]], own: int) -> list[Flight]:
    return [flight for at, each in enumerate(flights) if at != own for flight in each]


def takes_place_of(plan: PersonPlan, flights: Sequence[Flight]) -> bool:
    """Whether something was planned here although another portfolio holds a plan for the same budget: less urgent,
    it is to be taken off."""
    held = {LANES[flight.channel] for flight in flights if flight.urgency is not None}
    return bool(held) and any(LANES[task.channel] in held for task in plan.tasks)

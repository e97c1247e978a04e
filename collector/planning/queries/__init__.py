"""Reading plans, and what they are made from."""

from collector.planning.queries.context import CarriedIn, nothing_known, policy_of, read_context
from collector.planning.queries.explain import explain
from collector.planning.queries.tasks import (
    Mark,
    current_runs,
    due_messages,
    for_agent,
    in_flight,
    left_out,
    open_calls,
    person_ranges,
    planned_elsewhere,
    refusals,
    tasks,
)

__all__ = [
    "CarriedIn",
    "Mark",
    "current_runs",
    "due_messages",
    "explain",
    "for_agent",
    "in_flight",
    "left_out",
    "nothing_known",
    "open_calls",
    "person_ranges",
    "planned_elsewhere",
    "policy_of",
    "read_context",
    "refusals",
    "tasks",
]

"""Reading plans, and what they are made from."""

from collector.planning.queries.context import (
    CarriedIn,
    nothing_known,
    policy_in_force,
    policy_of,
    read_context,
    sender_words,
)
from collector.planning.queries.explain import explain
from collector.planning.queries.tasks import (
    Mark,
    current_runs,
    due_messages,
    in_flight,
    left_out,
    open_calls,
    person_ranges,
    planned_elsewhere,
    refusals,
    tasks,
)
from collector.planning.queries.wording import refusing

__all__ = [
    "CarriedIn",
    "Mark",
    "current_runs",
    "due_messages",
    "explain",
    "in_flight",
    "left_out",
    "nothing_known",
    "open_calls",
    "person_ranges",
    "planned_elsewhere",
    "policy_in_force",
    "policy_of",
    "read_context",
    "refusals",
    "refusing",
    "sender_words",
    "tasks",
]

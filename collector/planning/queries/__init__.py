"""Reading plans, and what they are made from."""

from collector.planning.queries.calls import Mark, for_agent, open_calls
from collector.planning.queries.context import (
    CarriedIn,
    Gate,
    gate_of,
    nothing_known,
    policy_in_force,
    policy_of,
    read_context,
    sender_words,
    wide_holds,
)
from collector.planning.queries.explain import explain
from collector.planning.queries.places import agents_places
from collector.planning.queries.tasks import (
    current_runs,
    due_messages,
    in_flight,
    left_out,
    person_ranges,
    planned_elsewhere,
    refusals,
    tasks,
)
from collector.planning.queries.wording import refusing

__all__ = [
    "CarriedIn",
    "Gate",
    "Mark",
    "agents_places",
    "current_runs",
    "due_messages",
    "explain",
    "for_agent",
    "gate_of",
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
    "wide_holds",
]

"""Pure decisions of planning: whom, how and when; the 3:3:3 rule, the order of work, capacity."""

from __future__ import annotations

from collector.planning.rules.capacity import Cut, Queue, fill, left_out
from collector.planning.rules.contact import contact_for, gate_purpose
from collector.planning.rules.context import TEXT_RULE, Context, Flight, Line, Spoken, Window, shifted
from collector.planning.rules.look import MUST_OPEN, Look, Quiet, look, needs_look, why_quiet
from collector.planning.rules.person import ended_rounds, plan_person, rounds_of
from collector.planning.rules.planned import Passed, PersonPlan, PlannedRefusal, PlannedTask, RoundNote
from collector.planning.rules.priority import Priority, priority
from collector.planning.rules.round import Round, RoundState, evidence, next_pairs, progress
from collector.planning.rules.together import Ground, flight_planned, plan_together, planned_flight, takes_place_of
from collector.planning.rules.words import (
    ASKED_RANK,
    CAPACITY,
    IN_FLIGHT,
    SHORTFALL_REASON,
    TASK_MOVES,
    Moment,
    Purpose,
    RunState,
    Shortfall,
    TaskState,
)

__all__ = [
    "ASKED_RANK",
    "CAPACITY",
    "IN_FLIGHT",
    "MUST_OPEN",
    "SHORTFALL_REASON",
    "TASK_MOVES",
    "TEXT_RULE",
    "Context",
    "Cut",
    "Flight",
    "Ground",
    "Line",
    "Look",
    "Moment",
    "Passed",
    "PersonPlan",
    "PlannedRefusal",
    "PlannedTask",
    "Priority",
    "Purpose",
    "Queue",
    "Quiet",
    "Round",
    "RoundNote",
    "RoundState",
    "RunState",
    "Shortfall",
    "Spoken",
    "TaskState",
    "Window",
    "contact_for",
    "ended_rounds",
    "evidence",
    "fill",
    "flight_planned",
    "gate_purpose",
    "left_out",
    "look",
    "needs_look",
    "next_pairs",
    "plan_person",
    "plan_together",
    "planned_flight",
    "priority",
    "progress",
    "rounds_of",
    "shifted",
    "takes_place_of",
    "why_quiet",
]

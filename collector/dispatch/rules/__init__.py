"""Pure rules of dispatch: what the gate is asked, how a submission moves, what a message says and how one reads."""

from collector.dispatch.rules.agents import CHOSEN, AgentState, CallInHand, Choice, state_of
from collector.dispatch.rules.ask import (
    InFlight,
    Judged,
    contact_of,
    denied,
    facts_mac,
    with_flights,
    with_neighbours,
)
from collector.dispatch.rules.brake import (
    LIMITS,
    BrakeKind,
    BrakeState,
    Limits,
    Room,
    Sample,
    most_of_an_hour,
    room_for,
)
from collector.dispatch.rules.owed_answers import CALLS, answer_by, call_back_at
from collector.dispatch.rules.progress import ORDER, Progress, forward
from collector.dispatch.rules.reading import ACTS_ALONE, Reach, Read, Reading, read_inbound
from collector.dispatch.rules.recorded import Criterion, Heard, RecordingState, add_years, sample, score
from collector.dispatch.rules.ringing import (
    AT_A_DESK,
    INBOUND_OUTCOMES,
    MOST_RUNG,
    DeskPhone,
    InboundState,
    move_inbound,
    ring_order,
)
from collector.dispatch.rules.wording import Book, harmless, objection, points_elsewhere, values

__all__ = [
    "ACTS_ALONE",
    "AT_A_DESK",
    "CALLS",
    "CHOSEN",
    "INBOUND_OUTCOMES",
    "LIMITS",
    "MOST_RUNG",
    "ORDER",
    "AgentState",
    "Book",
    "BrakeKind",
    "BrakeState",
    "CallInHand",
    "Choice",
    "Criterion",
    "DeskPhone",
    "Heard",
    "InFlight",
    "InboundState",
    "Judged",
    "Limits",
    "Progress",
    "Reach",
    "Read",
    "Reading",
    "RecordingState",
    "Room",
    "Sample",
    "add_years",
    "answer_by",
    "call_back_at",
    "contact_of",
    "denied",
    "facts_mac",
    "forward",
    "harmless",
    "most_of_an_hour",
    "move_inbound",
    "objection",
    "points_elsewhere",
    "read_inbound",
    "ring_order",
    "room_for",
    "sample",
    "score",
    "state_of",
    "values",
    "with_flights",
    "with_neighbours",
]

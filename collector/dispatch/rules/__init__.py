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
from collector.dispatch.rules.progress import ORDER, Progress, forward
from collector.dispatch.rules.reading import ACTS_ALONE, Reach, Read, Reading, read_inbound
from collector.dispatch.rules.recorded import Criterion, Heard, RecordingState, add_years, sample, score
from collector.dispatch.rules.wording import Book, approved_references, objection, values

__all__ = [
    "ACTS_ALONE",
    "CHOSEN",
    "LIMITS",
    "ORDER",
    "AgentState",
    "Book",
    "BrakeKind",
    "BrakeState",
    "CallInHand",
    "Choice",
    "Criterion",
    "Heard",
    "InFlight",
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
    "approved_references",
    "contact_of",
    "denied",
    "facts_mac",
    "forward",
    "most_of_an_hour",
    "objection",
    "read_inbound",
    "room_for",
    "sample",
    "score",
    "state_of",
    "values",
    "with_flights",
    "with_neighbours",
]

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
from collector.dispatch.rules.progress import ORDER, Progress, forward
from collector.dispatch.rules.reading import ACTS_ALONE, Reach, Read, Reading, read_inbound
from collector.dispatch.rules.recorded import Criterion, Heard, RecordingState, add_years, sample, score
from collector.dispatch.rules.wording import Book, harmless, objection, points_elsewhere, values

__all__ = [
    "ACTS_ALONE",
    "CHOSEN",
    "ORDER",
    "AgentState",
    "Book",
    "CallInHand",
    "Choice",
    "Criterion",
    "Heard",
    "InFlight",
    "Judged",
    "Progress",
    "Reach",
    "Read",
    "Reading",
    "RecordingState",
    "add_years",
    "contact_of",
    "denied",
    "facts_mac",
    "forward",
    "harmless",
    "objection",
    "points_elsewhere",
    "read_inbound",
    "sample",
    "score",
    "state_of",
    "values",
    "with_flights",
    "with_neighbours",
]

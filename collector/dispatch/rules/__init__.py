"""Pure rules of dispatch: what the gate is asked, how a submission moves, what a message says and how one reads."""

from collector.dispatch.rules.ask import InFlight, Judged, contact_of, denied, facts_mac, with_flights
from collector.dispatch.rules.progress import ORDER, Progress, forward
from collector.dispatch.rules.reading import ACTS_ALONE, Read, Reading, read_inbound
from collector.dispatch.rules.wording import Book, approved_references, values

__all__ = [
    "ACTS_ALONE",
    "ORDER",
    "Book",
    "InFlight",
    "Judged",
    "Progress",
    "Read",
    "Reading",
    "approved_references",
    "contact_of",
    "denied",
    "facts_mac",
    "forward",
    "read_inbound",
    "values",
    "with_flights",
]

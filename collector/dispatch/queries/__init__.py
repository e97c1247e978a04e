"""What a claim needs to know: people held under lock, their facts, their portfolios, and what is in flight."""

from collector.dispatch.queries.agents import InHand, calls_in_hand, choice_of, choices_of, is_on_break
from collector.dispatch.queries.ground import Ground, book_of, flights_of, ground_of, judged_facts, subject_of
from collector.dispatch.queries.holding import (
    calls_of,
    held_submission,
    held_task,
    lock_people,
    not_held,
    to_lock,
    was_claimed,
)
from collector.dispatch.queries.line import (
    SILENT,
    WITHHELD,
    inbound_waiting,
    is_line_down,
    numbers_waited_for,
    unanswered,
)

__all__ = [
    "SILENT",
    "WITHHELD",
    "Ground",
    "InHand",
    "book_of",
    "calls_in_hand",
    "calls_of",
    "choice_of",
    "choices_of",
    "flights_of",
    "ground_of",
    "held_submission",
    "held_task",
    "inbound_waiting",
    "is_line_down",
    "is_on_break",
    "judged_facts",
    "lock_people",
    "not_held",
    "numbers_waited_for",
    "subject_of",
    "to_lock",
    "unanswered",
    "was_claimed",
]

"""What a claim needs to know: people held under lock, their facts, their portfolios, and what is in flight."""

from collector.dispatch.queries.agents import (
    InHand,
    calls_in_hand,
    choice_of,
    choices_of,
    is_on_break,
    outbound_in_hand,
)
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
from collector.dispatch.queries.inbound import (
    at_desks,
    desk_phones,
    held_inbound,
    inbound_in_hand,
    left_behind,
    signed_in,
    users_of,
)
from collector.dispatch.queries.line import (
    SILENT,
    WITHHELD,
    inbound_waiting,
    is_line_down,
    numbers_waited_for,
    unanswered,
)
from collector.dispatch.queries.recordings import recordings_of

__all__ = [
    "SILENT",
    "WITHHELD",
    "Ground",
    "InHand",
    "at_desks",
    "book_of",
    "calls_in_hand",
    "calls_of",
    "choice_of",
    "choices_of",
    "desk_phones",
    "flights_of",
    "ground_of",
    "held_inbound",
    "held_submission",
    "held_task",
    "inbound_in_hand",
    "inbound_waiting",
    "is_line_down",
    "is_on_break",
    "judged_facts",
    "left_behind",
    "lock_people",
    "not_held",
    "numbers_waited_for",
    "outbound_in_hand",
    "recordings_of",
    "signed_in",
    "subject_of",
    "to_lock",
    "unanswered",
    "users_of",
    "was_claimed",
]

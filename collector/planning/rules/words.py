"""The words of a plan."""

from __future__ import annotations

from enum import StrEnum


class TaskState(StrEnum):
    """planned → claimed → sending → sent → done | failed | unknown; cancelled | expired only from planned or
    claimed; a lease that runs out only claimed → planned (design section 3)."""

    planned = "planned"
    claimed = "claimed"
    sending = "sending"
    sent = "sent"
    done = "done"
    failed = "failed"
    unknown = "unknown"
    cancelled = "cancelled"
    expired = "expired"


TASK_MOVES: dict[TaskState, frozenset[TaskState]] = {
    TaskState.planned: frozenset({TaskState.claimed, TaskState.cancelled, TaskState.expired}),
    TaskState.claimed: frozenset(
        {TaskState.planned, TaskState.sending, TaskState.done, TaskState.cancelled, TaskState.expired}
    ),
    TaskState.sending: frozenset({TaskState.sent, TaskState.done, TaskState.failed, TaskState.unknown}),
    TaskState.sent: frozenset({TaskState.done, TaskState.failed, TaskState.unknown}),
    TaskState.unknown: frozenset({TaskState.sent, TaskState.done, TaskState.failed}),
    TaskState.done: frozenset(),
    TaskState.failed: frozenset({TaskState.done}),
    TaskState.cancelled: frozenset(),
    TaskState.expired: frozenset(),
}
"""Failed → done only when the carrier corrects itself: "delivered" after "undelivered"."""

IN_FLIGHT = frozenset({TaskState.claimed, TaskState.sending, TaskState.sent, TaskState.unknown})
"""States that the gate counts as placed while no attempt is recorded yet."""


class Purpose(StrEnum):
    """Why a contact is made. The gate and the texts read it."""

    reminder = "reminder"
    collect = "collect"
    closing = "closing"
    callback = "callback"
    promise_reminder = "promise_reminder"
    broken_promise = "broken_promise"
    notice = "notice"
    location = "location"
    campaign = "campaign"
    """Somebody chose this person, among others, for one contact."""
    how_to_pay = "how_to_pay"
    """Asked for in a talk: no plan decides it, and none takes it off."""


ASKED_RANK = 0
"""Of a message that somebody waits for on the phone: before all that was planned."""
CAPACITY = "capacity"
"""State reason of a call that did not fit into the agents' day."""


class Shortfall(StrEnum):
    """Rules of this house that refuse a contact before the gate is asked: there is nothing to make it with."""

    no_caller = "PLAN-CALLER"
    no_phone = "PLAN-PHONE"
    no_text_phone = "PLAN-NO-TEXT"
    no_template = "PLAN-TEMPLATE"


SHORTFALL_REASON: dict[Shortfall, str] = {
    Shortfall.no_caller: "the portfolio has no registered number for this channel that does not rest",
    Shortfall.no_phone: "no phone of the person's own is active and may be called",
    Shortfall.no_text_phone: "no phone of the person's own takes text messages",
    Shortfall.no_template: "the strategy names no template for this message",
}


class RunState(StrEnum):
    building = "building"
    current = "current"
    superseded = "superseded"
    abandoned = "abandoned"


class Moment(StrEnum):
    """When the gate was asked."""

    plan = "plan"
    claim = "claim"
    dial = "dial"
